// The document's text → settings. Strict: an unknown key, a repeated key or a value of another shape is a problem with its line.

import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { nearestName } from '../../../base/nearest-name';
import type { Problem } from '../../../base/problem';
import { fail, ok, type Result } from '../../../base/result';
import { yamlFault } from '../../../base/yaml-words';
import { DEFAULT_SETTINGS, type FleetSettings, type SettingName } from '../setting-table';
import { BUNDLE_KEY, keyPlaces, PLACES, type Place } from './places';

/** Documents are written by people; a larger load belongs into files of its own. */
export const MAX_DOCUMENT_CHARACTERS = 64 * 1024;

export interface ParsedDocument {
  readonly document: Document;
  lineOf(node: unknown): number;
}

class Wrong extends Error {
  constructor(
    message: string,
    readonly node: unknown,
  ) {
    super(message);
  }
}

/** The parsed YAML, or its first mistake. */
export function parseText(text: string): Result<ParsedDocument> {
  if (text.length > MAX_DOCUMENT_CHARACTERS) {
    const message = `The document has ${text.length} characters; up to ${MAX_DOCUMENT_CHARACTERS} are edited here. Hand a longer workload in as a file.`;
    return fail({ code: 'too-large', message });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined) {
    return fail({
      code: 'malformed',
      message: `The text cannot be read: ${yamlFault(error.message)}.`,
      line: lineAt(error.pos[0]),
    });
  }
  const lineOf = (node: unknown): number => {
    const range = (node as Node | undefined)?.range;
    return range ? lineAt(range[0]) : 1;
  };
  return ok({ document, lineOf });
}

/** The settings that a document describes; what it does not name has the reference's default. */
export function readDocument(text: string): Result<FleetSettings> {
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  const { document, lineOf } = parsed.value;
  try {
    return ok({ ...DEFAULT_SETTINGS, ...Object.fromEntries(entriesOf(document, text)) });
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const problem: Problem = { code: 'bad-value', message: error.message, line: lineOf(error.node) };
    return fail(problem);
  }
}

function entriesOf(document: Document, text: string): Map<SettingName, string> {
  const entries = new Map<SettingName, string>();
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return entries;
  if (!isMap(contents)) throw new Wrong('Expected keys with values, for example `tp: 2`.', contents);
  let bundle: unknown;
  for (const { key, value } of contents.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (name === BUNDLE_KEY) {
      bundle = value;
      continue;
    }
    const place = keyPlaces.get(name);
    if (place === undefined) {
      const nearest = nearestName(name, [...keyPlaces.keys(), BUNDLE_KEY]);
      throw new Wrong(`Unknown key \`${name}\`. Did you mean \`${nearest}\`?`, key);
    }
    entries.set(place.name, textOf(place, value, text));
  }
  readBundle(bundle, [], text, entries);
  return entries;
}

function readBundle(
  node: unknown,
  path: readonly string[],
  text: string,
  entries: Map<SettingName, string>,
): void {
  if (node === undefined || node === null || (isScalar(node) && node.value === null)) return;
  if (!isMap(node)) {
    const where = [BUNDLE_KEY, ...path].join('.');
    throw new Wrong(`\`${where}\` takes keys with values, as in a policy bundle.`, node);
  }
  for (const { key, value } of node.items) {
    const here = [...path, isScalar(key) ? String(key.value) : ''];
    const dotted = here.join('.');
    const place = PLACES.find((one) => one.bundlePath?.join('.') === dotted);
    if (place !== undefined) {
      if (!entries.has(place.name)) entries.set(place.name, bundleText(place, value, text));
    } else if (PLACES.some((one) => one.bundlePath?.join('.').startsWith(`${dotted}.`))) {
      readBundle(value, here, text, entries);
    } else {
      const known = PLACES.flatMap(({ bundlePath }) => (bundlePath ? [bundlePath.join('.')] : []));
      throw new Wrong(
        `A policy bundle has no key \`${dotted}\`. Did you mean \`${nearestName(dotted, known)}\`?`,
        key,
      );
    }
  }
  // A bundle that asks for tier-shed protects everything below `standard` unless it says otherwise.
  const isTop = path.length === 0;
  const asksShedding = node.getIn(['admission', 'policy']) === 'tier-shed';
  if (isTop && asksShedding && !entries.has('tierShedMinPriority')) entries.set('tierShedMinPriority', '3');
}

function bundleText(place: Place, node: unknown, text: string): string {
  if (place.name !== 'routingScorers' || !isSeq(node)) return textOf(place, node, text);
  return node.items
    .map((item) => {
      if (!isMap(item)) throw new Wrong('A scorer takes `name` and `weight`.', item);
      return `${String(item.get('name'))}:${String(item.get('weight'))}`;
    })
    .join(', ');
}

/** As the form shows it: numbers as they were written. */
function textOf({ shape, key, bundlePath }: Place, node: unknown, text: string): string {
  const name = key ?? bundlePath?.join('.') ?? '';
  if (node === null || node === undefined) return '';
  if (isScalar(node)) {
    if (node.value === null) return '';
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }
  if (shape === 'numbers' && isSeq(node)) {
    return node.items.map((item) => scalarText(item, name)).join(', ');
  }
  if (shape === 'pairs' && isMap(node)) {
    return node.items
      .map((pair) => `${scalarText(pair.key, name)}:${scalarText(pair.value, name)}`)
      .join(', ');
  }
  if (shape === 'block' && (isMap(node) || isSeq(node))) return sourceOf(node, text);
  throw new Wrong(`\`${name}\` takes one value, not a list or a map.`, node);
}

function scalarText(node: unknown, name: string): string {
  if (isScalar(node))
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  throw new Wrong(`\`${name}\` takes single values inside.`, node);
}

/** The lines of a nested node, without the indentation they share. */
function sourceOf(node: Node, text: string): string {
  const [start = 0, end = 0] = node.range ?? [];
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  if (before.trim() !== '') return text.slice(start, end).trimEnd();
  const indent = before.length;
  return text
    .slice(lineStart, end)
    .split('\n')
    .map((line) => (line.slice(0, indent).trim() === '' ? line.slice(indent) : line))
    .join('\n')
    .trimEnd();
}
