// YAML as the reference tools read it (Go's yaml.v3 with strict keys): only the first document counts, keys are unique,
// anchors, aliases and merge keys work, and the type of a plain scalar follows yaml.v3's resolution (1_000, 0x1f, 0o17,
// 010 = 8, .inf). The tree keeps every line, so that a problem can point at it. Bounded against hostile input: text size,
// depth, and the number of nodes after alias expansion.
// Go-typed decoding of the tree into records is in go-yaml-schema.ts.

import { Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Problem } from './problem';
import type { Result } from './result';
import { fail, ok } from './result';
import { isExhausted, yamlFault } from './yaml-words';

/** Specifications are written by people: larger files are something else. */
export const MAX_YAML_CHARACTERS = 4 * 1024 * 1024;
const MAX_DEPTH = 100;
const MAX_NODES = 1_000_000;
/** Of these, values that aliases repeat. */
const MAX_REPEATED = 100_000;

export interface Place {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export type ScalarType = 'null' | 'bool' | 'int' | 'float' | 'string';

/** A scalar with the type that its spelling gives it. `number` is NaN unless int or float. */
export class YamlScalar {
  constructor(
    readonly type: ScalarType,
    readonly text: string,
    readonly number: number,
    readonly place: Place,
    /** Exact value of an int. */
    readonly integer: bigint = 0n,
  ) {}
}

/** Maps become objects without prototype, so that a key like `__proto__` is only a key; lists become arrays. */
export type YamlTree = YamlScalar | readonly YamlTree[] | YamlObject;
export interface YamlObject {
  readonly [key: string]: YamlTree;
}

export interface YamlDocument {
  readonly file: string;
  readonly tree: YamlTree;
  /** Where the value at a path of keys stands, or the deepest part of the path that exists. */
  place(path: readonly PropertyKey[], key?: string): Place;
}

/** Parses the first document. An empty text or document is a problem. */
export function parseGoYaml(text: string, file: string): Result<YamlDocument> {
  if (text.length > MAX_YAML_CHARACTERS) {
    return fail({
      code: 'too-large',
      message:
        `${file} holds ${text.length} characters; a YAML file here may hold at most ${MAX_YAML_CHARACTERS}. ` +
        'Check that it is the right file.',
      file,
    });
  }
  const lines = new LineCounter();
  const composed = compose(text, file, lines);
  if (!composed.ok) return composed;
  const document = composed.value;
  const error = document?.errors[0];
  if (error !== undefined) {
    const at = lines.linePos(error.pos[0]);
    if (isExhausted(error.message)) return fail(tooDeep(file, { line: at.line, column: at.col }));
    return fail(malformed(file, { line: at.line, column: at.col }, yamlFault(error.message)));
  }
  if (document === undefined || document.contents === null || isNullNode(document.contents)) {
    return fail({ code: 'malformed', message: `${file} is empty; it should hold a YAML mapping.`, file });
  }
  return new Walk(file, document, lines).run();
}

function compose(text: string, file: string, lines: LineCounter): Result<Document | undefined> {
  const composer = new Composer({ schema: 'failsafe', strict: true, uniqueKeys: false });
  try {
    const tokens = new Parser(lines.addNewLine).parse(text);
    for (const document of composer.compose(tokens, true, text.length)) return ok(document);
  } catch (error) {
    // The composer recurses; only depth can exhaust the stack.
    if (error instanceof RangeError) return fail(tooDeep(file, { line: 1, column: 1 }));
    throw error;
  }
  return ok(undefined);
}

class Walk {
  private nodes = 0;
  private repeated = 0;
  private readonly places = new WeakMap<object, { own: Place; keys: Map<string, Place> }>();
  private readonly open = new Set<Node>();
  /** The latest anchor of each name before the point reached; inside an alias nothing is new. */
  private readonly anchors = new Map<string, Node>();
  private expanding = 0;

  constructor(
    private readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  run(): Result<YamlDocument> {
    const tree = this.node(this.document.contents, 0);
    if (!tree.ok) return tree;
    const { places, file } = this;
    return ok({
      file,
      tree: tree.value,
      place: (path, key) => {
        let at: YamlTree | undefined = tree.value;
        let known: Place = { line: 1, column: 1 };
        for (const step of path) {
          if (at === undefined) break;
          const here: { own: Place; keys: Map<string, Place> } | undefined = places.get(at);
          if (at instanceof YamlScalar) break;
          known = here?.keys.get(String(step)) ?? here?.own ?? known;
          at = Array.isArray(at)
            ? (at as readonly YamlTree[])[Number(step)]
            : (at as YamlObject)[String(step)];
        }
        if (at === undefined) return known;
        if (at instanceof YamlScalar) return at.place;
        const here = places.get(at);
        return (key === undefined ? undefined : here?.keys.get(key)) ?? here?.own ?? known;
      },
    });
  }

  private node(node: unknown, depth: number): Result<YamlTree> {
    this.nodes++;
    if (this.expanding > 0) this.repeated++;
    if (this.nodes > MAX_NODES || this.repeated > MAX_REPEATED) {
      const what =
        this.repeated > MAX_REPEATED
          ? `repeats more than ${MAX_REPEATED} values by aliases; write them out or use fewer`
          : `holds more than ${MAX_NODES} values`;
      return fail({ code: 'too-large', message: `${this.file} ${what}.`, file: this.file });
    }
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (target === undefined) {
        return fail(malformed(this.file, this.at(node), `the alias *${node.source} names no anchor`));
      }
      if (this.open.has(target)) {
        return fail(malformed(this.file, this.at(node), `the anchor ${node.source} contains itself`));
      }
      this.expanding++;
      const expanded = this.node(target, depth);
      this.expanding--;
      return expanded;
    }
    this.note(node);
    if (depth > MAX_DEPTH) return fail(tooDeep(this.file, this.at(node)));
    if (isSeq(node)) {
      this.open.add(node);
      const list: YamlTree[] = [];
      for (const item of node.items) {
        const value = this.node(item, depth + 1);
        if (!value.ok) return value;
        list.push(value.value);
      }
      this.open.delete(node);
      this.places.set(list, { own: this.at(node), keys: new Map() });
      return ok(list);
    }
    if (isMap(node)) {
      this.open.add(node);
      const map = this.map(node, depth);
      this.open.delete(node);
      return map;
    }
    return ok(this.scalar(node));
  }

  private note(node: unknown): void {
    if (this.expanding > 0 || !(isScalar(node) || isMap(node) || isSeq(node))) return;
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
  }

  private map(node: YAMLMap, depth: number): Result<YamlTree> {
    const entries: Record<string, YamlTree> = Object.create(null) as Record<string, YamlTree>;
    const keys = new Map<string, Place>();
    const merges: Pair[] = [];
    for (const pair of node.items) {
      const key = isAlias(pair.key) ? this.anchors.get(pair.key.source) : pair.key;
      this.note(key);
      if (!isScalar(key)) {
        return fail(malformed(this.file, this.at(node), 'a mapping key must be a plain text'));
      }
      const name = String(key.value ?? '');
      if (name === '<<' && key.type === 'PLAIN') {
        merges.push(pair);
        continue;
      }
      const place = this.at(pair.key);
      if (keys.has(name)) {
        return fail(
          malformed(this.file, place, `the key "${name}" appears twice in one mapping; keep one`, name),
        );
      }
      const value = this.node(pair.value, depth + 1);
      if (!value.ok) return value;
      keys.set(name, place);
      entries[name] = value.value;
    }
    for (const pair of merges) {
      const merged = this.node(pair.value, depth + 1);
      if (!merged.ok) return merged;
      const sources: readonly YamlTree[] = Array.isArray(merged.value)
        ? (merged.value as readonly YamlTree[])
        : [merged.value];
      for (const source of sources) {
        if (source instanceof YamlScalar || Array.isArray(source)) {
          return fail(
            malformed(this.file, this.at(pair.key), 'a merge key << needs a mapping or a list of mappings'),
          );
        }
        for (const [name, value] of Object.entries(source as YamlObject)) {
          if (keys.has(name)) continue;
          keys.set(name, this.places.get(source)?.keys.get(name) ?? this.at(pair.key));
          entries[name] = value;
        }
      }
    }
    this.places.set(entries, { own: this.at(node), keys });
    return ok(entries);
  }

  private scalar(node: unknown): YamlScalar {
    const place = this.at(node);
    if (!isScalar(node)) return new YamlScalar('null', '', NaN, place);
    const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
    const isPlain = node.type === 'PLAIN' || node.type === undefined;
    const tag = node.tag?.replace('tag:yaml.org,2002:', '');
    if (tag === 'str' || tag === 'binary' || (!isPlain && tag === undefined)) {
      return new YamlScalar('string', text, NaN, place);
    }
    return resolvePlain(text, place, tag === 'float');
  }

  private at(node: unknown): Place {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    if (range === undefined || range === null) return { line: 1, column: 1 };
    const { line, col } = this.lines.linePos(range[0]);
    return { line, column: col };
  }
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const BOOLS = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE']);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INFINITIES = /^[-+]?\.(inf|Inf|INF)$/;
const NANS = new Set(['.nan', '.NaN', '.NAN']);

/** What a plain spelling means to a reader. */
export const plainScalarType = (text: string): ScalarType =>
  resolvePlain(text, { line: 1, column: 1 }, false).type;

function resolvePlain(text: string, place: Place, wantsFloat: boolean): YamlScalar {
  if (NULLS.has(text)) return new YamlScalar('null', text, NaN, place);
  if (BOOLS.has(text)) return new YamlScalar('bool', text, NaN, place);
  if (INFINITIES.test(text)) {
    return new YamlScalar('float', text, text.startsWith('-') ? -Infinity : Infinity, place);
  }
  if (NANS.has(text)) return new YamlScalar('float', text, NaN, place);
  if (!/^[-+.0-9]/.test(text)) return new YamlScalar('string', text, NaN, place);
  const digits = text.replaceAll('_', '');
  const integer = wantsFloat ? undefined : goInteger(digits);
  if (integer !== undefined) return new YamlScalar('int', text, Number(integer), place, integer);
  if (FLOAT.test(digits)) return new YamlScalar('float', text, Number(digits), place);
  return new YamlScalar('string', text, NaN, place);
}

/** Go's ParseInt with base 0: decimal, 0x, 0o, 0b, and a leading 0 for octal; up to the unsigned 64-bit range. */
function goInteger(digits: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/.exec(digits);
  const body = match?.[2];
  if (match === null || body === undefined || body.length > 70) return undefined;
  const magnitude = BigInt(/^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body);
  const value = match[1] === '-' ? -magnitude : magnitude;
  return BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value ? value : undefined;
}

function isNullNode(node: unknown): boolean {
  return isScalar(node) && node.type === 'PLAIN' && NULLS.has(String(node.value ?? ''));
}

function malformed(file: string, place: Place, what: string, field?: string): Problem {
  return {
    code: 'malformed',
    message: `${file}, line ${place.line}: ${what}.`,
    file,
    line: place.line,
    column: place.column,
    ...(field === undefined ? {} : { field }),
  };
}

function tooDeep(file: string, place: Place): Problem {
  return {
    code: 'too-large',
    message: `${file} nests deeper than ${MAX_DEPTH} levels; no file of this kind does.`,
    file,
    line: place.line,
    column: place.column,
  };
}
