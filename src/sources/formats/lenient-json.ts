// JSON as benchmark tools really write it: bare NaN and Infinity, integers beyond 2^53 (kept exact as bigint), several values in one
// file, files cut off in the middle (what is whole is kept), and private texts that must not reach memory that is saved or shown:
// the values of dropped keys are skipped, never built. Objects have no prototype, so no key can touch one.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface JsonFile {
  /** One value, or several of a file that was appended to. */
  readonly values: readonly Json[];
  /** Character offset at which the file was cut off. */
  readonly cutAt?: number;
  /** True for an object that was cut off: some of its keys are missing. */
  readonly isCut: (value: Json) => boolean;
}

/** Keys whose values hold prompts, replies or secrets in one tool or another. */
export const PRIVATE_KEYS: ReadonlySet<string> = new Set([
  'generated_texts',
  'request',
  'response',
  'request_args',
  'output',
  'prompt',
  'reasoning_output',
  'tool_calls',
  'request_inputs',
  'payload',
  'api_key',
  'server_info',
  'response_chunks',
]);

const MAX_DEPTH = 200;
const MAX_PROBLEM_CHARS = 24;

/** `dropped` keys are skipped with their values. */
export function parseLenientJson(
  text: string,
  file: string,
  dropped: ReadonlySet<string> = PRIVATE_KEYS,
): Result<JsonFile> {
  const reader = new Reader(text, dropped);
  const values: Json[] = [];
  for (;;) {
    reader.skipSpace(true);
    if (reader.isAtEnd) break;
    const value = reader.value(0);
    if (reader.fault !== undefined) return fail(problemAt(text, file, reader.fault));
    if (value !== undefined) values.push(value);
    if (reader.isCut) break;
  }
  if (values.length === 0) {
    return fail({ code: 'malformed', file, message: `${file} holds no JSON value.` });
  }
  const { cutObjects } = reader;
  return ok({
    values,
    ...(reader.isCut ? { cutAt: text.length } : {}),
    isCut: (value) => typeof value === 'object' && value !== null && cutObjects.has(value),
  });
}

function problemAt(text: string, file: string, fault: { at: number; what: string }): Problem {
  const before = text.slice(0, fault.at);
  const line = before.split('\n').length;
  const column = fault.at - before.lastIndexOf('\n');
  const found = text.slice(fault.at, fault.at + MAX_PROBLEM_CHARS).split('\n', 1)[0] ?? '';
  return {
    code: 'malformed',
    file,
    line,
    column,
    message: `${file}, line ${String(line)}, column ${String(column)}: ${fault.what}, found ${JSON.stringify(found)}.`,
  };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asObject = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? value : undefined;
export const asArray = (value: Json | undefined): readonly Json[] | undefined =>
  Array.isArray(value) ? (value as readonly Json[]) : undefined;
export const asText = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The top-level objects of a file. */
export const objectsIn = (file: JsonFile): readonly JsonObject[] =>
  file.values.map(asObject).filter((value) => value !== undefined);

/** A number, whole bigints included; NaN stays NaN, everything else is absent. */
export function asNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** The value at a path of keys. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) here = isObject(here) ? here[key] : undefined;
  return here;
}

/** A copy that does not keep the whole file's text alive, as an engine's slice of it would. */
const detached = (slice: string): string => ` ${slice}`.slice(1);

const NUMBER = /-?(?:Infinity|NaN|\d+(\.\d*)?([eE][+-]?\d+)?)/y;
const WORDS = { true: true, false: false, null: null, NaN: NaN } as const;

class Reader {
  fault: { readonly at: number; readonly what: string } | undefined;
  isCut = false;
  readonly cutObjects = new WeakSet<object>();
  private here = 0;

  constructor(
    private readonly text: string,
    private readonly dropped: ReadonlySet<string>,
  ) {
    if (text.startsWith('\uFEFF')) this.here = 1;
  }

  get isAtEnd(): boolean {
    return this.here >= this.text.length;
  }

  /** `withCommas`: between top-level values, commas are let pass too. */
  skipSpace(withCommas = false): void {
    for (; this.here < this.text.length; this.here++) {
      const code = this.text.charCodeAt(this.here);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09 && !(withCommas && code === 0x2c))
        return;
    }
  }

  /** Absent when the file ends before the value is whole, or is at fault. */
  value(depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return this.refuse(`values nest deeper than ${String(MAX_DEPTH)} levels`);
    const letter = this.text[this.here];
    switch (letter) {
      case undefined:
        return this.cut();
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      default:
        return this.scalar();
    }
  }

  private object(depth: number): JsonObject | undefined {
    const made = Object.create(null) as Record<string, Json>;
    this.here++;
    for (let isFirst = true; ; isFirst = false) {
      this.skipSpace();
      if (this.text[this.here] === '}') {
        this.here++;
        return made;
      }
      if (!isFirst && !this.pass(',')) return this.endObject(made, 'expected "," or "}"');
      this.skipSpace();
      if (this.text[this.here] !== '"') return this.endObject(made, 'expected a key in double quotes');
      const key = this.string();
      if (key === undefined) return this.endObject(made, 'expected a key');
      this.skipSpace();
      if (!this.pass(':')) return this.endObject(made, 'expected ":"');
      this.skipSpace();
      const isDropped = this.dropped.has(key);
      const value = isDropped ? this.skipValue(depth + 1) : this.value(depth + 1);
      if (value !== undefined && !isDropped) made[key] = value;
      if (this.isCut || this.fault !== undefined) return this.endObject(made, 'expected a value');
    }
  }

  private array(depth: number): readonly Json[] | undefined {
    const made: Json[] = [];
    this.here++;
    for (let isFirst = true; ; isFirst = false) {
      this.skipSpace();
      if (this.text[this.here] === ']') {
        this.here++;
        return made;
      }
      if (!isFirst && !this.pass(',')) {
        if (this.isAtEnd) this.isCut = true;
        else this.refuse('expected "," or "]"');
        return made;
      }
      this.skipSpace();
      const value = this.value(depth + 1);
      if (value !== undefined) made.push(value);
      if (this.isCut || this.fault !== undefined) return made;
    }
  }

  private endObject(made: Record<string, Json>, expected: string): JsonObject {
    if (this.isAtEnd) this.isCut = true;
    if (this.isCut) this.cutObjects.add(made);
    else this.refuse(expected);
    return made;
  }

  /** Passes over a value without building it. */
  private skipValue(depth: number): null | undefined {
    const letter = this.text[this.here];
    if (letter !== '{' && letter !== '[' && letter !== '"') {
      return this.value(depth) === undefined ? undefined : null;
    }
    let open = 0;
    for (; this.here < this.text.length; this.here++) {
      const code = this.text.charCodeAt(this.here);
      if (code === 0x22) {
        if (!this.passString()) return this.cut();
        this.here--;
      } else if (code === 0x7b || code === 0x5b) open++;
      else if (code === 0x7d || code === 0x5d) open--;
      if (open === 0) {
        this.here++;
        return null;
      }
    }
    return this.cut();
  }

  /** Moves past the string that starts here; false when it does not end. */
  private passString(): boolean {
    let end = this.here;
    for (;;) {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) {
        this.here = this.text.length;
        return false;
      }
      let slashes = 0;
      while (this.text[end - 1 - slashes] === '\\') slashes++;
      if (slashes % 2 === 0) break;
    }
    this.here = end + 1;
    return true;
  }

  private string(): string | undefined {
    const start = this.here;
    if (!this.passString()) return this.cut();
    const inner = this.text.slice(start + 1, this.here - 1);
    if (!inner.includes('\\')) return detached(inner);
    try {
      const decoded: unknown = JSON.parse(`"${inner.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`);
      return typeof decoded === 'string' ? decoded : undefined;
    } catch {
      this.here = start;
      return this.refuse('a text holds an escape that JSON does not know');
    }
  }

  private scalar(): Json | undefined {
    for (const [word, value] of Object.entries(WORDS)) {
      if (!this.text.startsWith(word, this.here)) continue;
      this.here += word.length;
      return value;
    }
    NUMBER.lastIndex = this.here;
    const match = NUMBER.exec(this.text);
    if (match === null) {
      const rest = this.text.slice(this.here);
      const isCutWord =
        rest.length < 9 &&
        [...Object.keys(WORDS), '-Infinity', 'Infinity'].some((word) => word.startsWith(rest));
      return isCutWord ? this.cut() : this.refuse('expected a value');
    }
    this.here = NUMBER.lastIndex;
    // A number that touches the end of the file may be half of one.
    if (this.isAtEnd && this.here - match[0].length > 0) return this.cut();
    const number = Number(match[0]);
    const isWhole = match[1] === undefined && match[2] === undefined;
    return isWhole && Number.isFinite(number) && !Number.isSafeInteger(number) ? BigInt(match[0]) : number;
  }

  private pass(letter: string): boolean {
    if (this.text[this.here] !== letter) return false;
    this.here++;
    return true;
  }

  private cut(): undefined {
    this.here = this.text.length;
    this.isCut = true;
  }

  private refuse(what: string): undefined {
    this.fault ??= { at: this.here, what };
  }
}
