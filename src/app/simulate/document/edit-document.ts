// Changes of the form written into the document's text. A value that is there is replaced where it stands; a new key goes behind
// the key that precedes it in the form; everything else, comments and order included, stays as it was typed.

import { isMap, isPair, isScalar, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { pairsOf } from '../bundle-yaml';
import { FIELD_GROUPS } from '../fields';
import { isGiven } from '../relevance';
import { DEFAULT_SETTINGS, FLAG_SETTINGS, type FleetSettings, type SettingName } from '../setting-table';
import { BUNDLE_KEY, order, placeOf, PLACES, type Place } from './places';

/** Long lines of people stay long. */
const WRITING = { lineWidth: 0, flowCollectionPadding: false } as const;

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const PLAIN = /^[A-Za-z][\w./@+-]*$/;
const RESERVED = /^(true|false|yes|no|on|off|null|y|n)$/i;

/** A scalar's text as YAML. */
function scalarYaml(text: string): string {
  if (NUMBER.test(text) || text === 'true' || text === 'false') return text;
  return PLAIN.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}

/** A value that fits on a line. */
function inlineYaml({ shape }: Place, text: string): string {
  if (shape === 'numbers') {
    const numbers = text.split(',').map((part) => part.trim());
    if (numbers.every((number) => NUMBER.test(number))) return `[${numbers.join(', ')}]`;
  }
  const pairs = shape === 'pairs' ? pairsOf(text) : undefined;
  if (pairs !== undefined) {
    const inside = Object.entries(pairs).map(([name, value]) => `${scalarYaml(name)}: ${value}`);
    return `{${inside.join(', ')}}`;
  }
  return scalarYaml(text);
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');

/** `key: value`, or the key above lines of YAML. */
function entryYaml(place: Place, key: string, text: string): string {
  if (place.shape !== 'block') return `${key}: ${inlineYaml(place, text)}`;
  // What cannot stand as YAML of its own would break the whole document: it is kept as a text.
  return parseDocument(text).errors.length === 0
    ? `${key}:\n${indented(text)}`
    : `${key}: |-\n${indented(text)}`;
}

function pairAt(document: Document, path: readonly string[]): Pair | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const found = parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
  return isPair(found) ? found : undefined;
}

const pathsOf = ({ key, bundlePath }: Place): (readonly string[])[] => [
  ...(key === undefined ? [] : [[key]]),
  ...(bundlePath === undefined ? [] : [[BUNDLE_KEY, ...bundlePath]]),
];

/**
 * The text with one setting changed. '' takes its key out; a default that no key states needs none.
 * @param text YAML without mistakes.
 */
export function changeDocument(text: string, name: SettingName, value: string): string {
  const place = placeOf(name);
  const document = parseDocument(text);
  const stated = pathsOf(place).find((path) => pairAt(document, path) !== undefined);
  if (value.trim() === '') return stated === undefined ? text : removed(text, place);
  if (stated === undefined) return value === DEFAULT_SETTINGS[name] ? text : inserted(text, place, value);
  const pair = pairAt(document, stated);
  const node = pair?.value as Node | null | undefined;
  const isSimple = isScalar(node) && node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED';
  const range = node?.range;
  if (isSimple && range && range[1] > range[0] && place.shape !== 'block') {
    return text.slice(0, range[0]) + inlineYaml(place, value) + text.slice(range[1]);
  }
  document.setIn(stated, nodeOf(document, place, stated, value));
  return document.toString(WRITING);
}

function nodeOf(document: Document, place: Place, path: readonly string[], value: string): unknown {
  if (place.name === 'routingScorers' && path[0] === BUNDLE_KEY) {
    const pairs = pairsOf(value);
    if (pairs !== undefined) {
      return document.createNode(
        Object.entries(pairs).map(([name, weight]) => ({ name, weight })),
        { flow: false },
      );
    }
  }
  const yaml = place.shape === 'block' ? value : inlineYaml(place, value);
  const parsed = parseDocument(yaml);
  return parsed.errors.length === 0 ? parsed.contents : document.createNode(value);
}

function removed(text: string, place: Place): string {
  const document = parseDocument(text);
  for (const path of pathsOf(place)) {
    if (pairAt(document, path) === undefined) continue;
    document.deleteIn(path);
    // A map that is left empty says nothing.
    for (let length = path.length - 1; length > 0; length--) {
      const parent: unknown = document.getIn(path.slice(0, length), true);
      if (!isMap(parent) || parent.items.length > 0) break;
      document.deleteIn(path.slice(0, length));
    }
  }
  const isEmpty = isMap(document.contents) && document.contents.items.length === 0;
  if (isEmpty) document.contents = null;
  return isEmpty ? (document.commentBefore ?? '') && document.toString(WRITING) : document.toString(WRITING);
}

function inserted(text: string, place: Place, value: string): string {
  const { key, bundlePath } = place;
  const document = parseDocument(text);
  if (key === undefined && bundlePath !== undefined) {
    const path = [BUNDLE_KEY, ...bundlePath];
    document.setIn(path, nodeOf(document, place, path, value));
    return document.toString(WRITING);
  }
  const entry = entryYaml(place, key ?? '', value);
  const { contents } = document;
  if (!isMap(contents) || contents.flow === true) {
    if (isMap(contents)) {
      document.setIn([key ?? ''], nodeOf(document, place, [key ?? ''], value));
      return document.toString(WRITING);
    }
    return `${text.trimEnd()}${text.trim() === '' ? '' : '\n'}${entry}\n`;
  }
  const at = endOfPredecessor(text, contents.items, place.name);
  return at === 0
    ? `${entry}\n${text}`
    : `${text.slice(0, at)}${text[at - 1] === '\n' ? '' : '\n'}${entry}\n${text.slice(at)}`;
}

/** Where the lines of the last key end that stands before this one in the form; 0 when there is none. */
function endOfPredecessor(text: string, pairs: readonly Pair[], name: SettingName): number {
  let at = 0;
  for (const { key, value } of pairs) {
    const own = isScalar(key) ? PLACES.find((place) => place.key === String(key.value)) : undefined;
    if (own === undefined || order(own.name) > order(name)) continue;
    const range = (value as Node | null)?.range ?? (key as Node).range;
    if (!range) continue;
    const last = text.slice(0, range[1]).trimEnd().length;
    const lineEnd = text.indexOf('\n', last);
    at = Math.max(at, lineEnd < 0 ? text.length : lineEnd + 1);
  }
  return at;
}

const GROUP_OF = new Map(
  FIELD_GROUPS.flatMap(({ title, fields, sections }) =>
    [...fields, ...sections.flatMap((section) => section.fields)].map(({ name }) => [name, title] as const),
  ),
);

/** A document of its own: the keys that differ from the defaults, in groups. */
export function documentOf(settings: FleetSettings): string {
  const groups = new Map<string, string[]>();
  let bundle = '';
  for (const place of PLACES) {
    const { name, key } = place;
    const isStated = settings[name].trim() !== '' && settings[name] !== DEFAULT_SETTINGS[name];
    if (!isStated || !isGiven(name, settings)) continue;
    if (key === undefined) {
      bundle = changeDocument(bundle, name, settings[name]);
      continue;
    }
    const title = GROUP_OF.get(name) ?? 'Workload';
    groups.set(title, [...(groups.get(title) ?? []), entryYaml(place, key, settings[name])]);
  }
  const order = FIELD_GROUPS.map(({ title }) => title);
  const blocks = [...groups]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([title, entries]) => `# ${title}\n${entries.join('\n')}\n`);
  return [...blocks, ...(bundle === '' ? [] : [bundle])].join('\n');
}

/** The text with a policy bundle in it; flags that state the same are taken out, since they would win. */
export function withBundle(text: string, bundle: string): string {
  const document = parseDocument(text);
  const parsed = parseDocument(bundle);
  document.set(BUNDLE_KEY, parsed.contents);
  for (const [, key, , bundlePath] of FLAG_SETTINGS.map((row) => [row[0], row[1], row[2], row[3]] as const)) {
    if (bundlePath !== undefined && parsed.hasIn(bundlePath)) document.delete(key);
  }
  return document.toString(WRITING);
}
