// YAML text as Go's yaml.v3 writes it: four blanks a level, lists indented under their key, a text quoted only where its
// plain spelling would mean something else, numbers in Go's shortest %g form.

import { plainScalarType } from './go-yaml';

export type YamlValue = string | number | bigint | boolean | YamlList | YamlEntries;
export type YamlList = readonly YamlValue[];
/** Keys in the order in which they are written. */
export type YamlEntries = ReadonlyMap<string, YamlValue>;

const LEVEL = 4;

export function writeGoYaml(root: YamlEntries): string {
  return mapLines(root, 0, LEVEL).join('');
}

/** Lines of a mapping whose keys stand in `column`; what they hold starts in column `nested`. */
function mapLines(map: YamlEntries, column: number, nested: number): string[] {
  const lines: string[] = [];
  for (const [key, value] of map) {
    const head = `${' '.repeat(column)}${scalarText(key)}:`;
    if (value instanceof Map) {
      if (value.size === 0) lines.push(`${head} {}\n`);
      else lines.push(`${head}\n`, ...mapLines(value, nested, nested + LEVEL));
    } else if (isList(value)) {
      if (value.length === 0) lines.push(`${head} []\n`);
      else lines.push(`${head}\n`, ...listLines(value, nested));
    } else if (typeof value === 'string' && value.includes('\n')) {
      lines.push(`${head} ${blockText(value, nested)}`);
    } else {
      lines.push(`${head} ${plainText(value)}\n`);
    }
  }
  return lines;
}

function listLines(list: YamlList, column: number): string[] {
  const dash = `${' '.repeat(column)}- `;
  return list.flatMap((item) => {
    if (item instanceof Map) {
      if (item.size === 0) return [`${dash}{}\n`];
      const [first = '', ...rest] = mapLines(item, column + 2, column + LEVEL);
      return [dash + first.slice(column + 2), ...rest];
    }
    if (isList(item)) return [`${dash}[]\n`];
    return [`${dash}${plainText(item)}\n`];
  });
}

const isList = (value: YamlValue): value is YamlList => Array.isArray(value);

function plainText(value: YamlValue): string {
  if (typeof value === 'number') return goFloat(value);
  if (typeof value === 'string') return scalarText(value);
  return String(value);
}

/** Go's FormatFloat(x, 'g', -1, 64) with YAML's infinities: exponent form below 1e-4 and from 1e6 on. */
export function goFloat(x: number): string {
  if (Number.isNaN(x)) return '.nan';
  if (!Number.isFinite(x)) return x > 0 ? '.inf' : '-.inf';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const [mantissa = '', power = '0'] = x.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(x);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Spellings that YAML 1.1 readers take for a boolean, and base-60 numbers: quoted out of caution. */
const OLD_BOOLEANS = /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;
const TIMESTAMP = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ]|$)/;

/** A text as a scalar on one line. */
function scalarText(text: string): string {
  const isText = plainScalarType(text) === 'string' && text !== '<<' && !TIMESTAMP.test(text);
  if (!isText || OLD_BOOLEANS.test(text) || BASE_60.test(text) || !isPrintable(text))
    return doubleQuoted(text);
  return isPlainAllowed(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

const isPrintable = (text: string): boolean => !/[\p{Cc}\ufeff\ufffe\uffff]/u.test(text);

/** Block-style plain scalars may not look like the start of something else, nor hold ": " or " #". */
function isPlainAllowed(text: string): boolean {
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text) || /^(---|\.\.\.)/.test(text)) return false;
  if (/^[-?:]( |$)/.test(text)) return false;
  return !/^ | $|: |:$| #/.test(text);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['\x85', '\\N'],
]);

function doubleQuoted(text: string): string {
  const body = Array.from(text, (character) => {
    const escape = ESCAPES.get(character);
    if (escape !== undefined) return escape;
    if (isPrintable(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    return code < 256
      ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
      : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return `"${body.join('')}"`;
}

/** A text of several lines as a literal block. */
function blockText(text: string, column: number): string {
  const keep = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-';
  const hint = /^[ \n]/.test(text) ? String(LEVEL) : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(column) + line));
  return `|${hint}${keep}\n${lines.join('\n')}\n`;
}

/** yaml.v3's order of mapping keys: by character, but runs of digits by their value, and letters after anything else. */
export function compareKeys(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const isDigit = (character: string | undefined): boolean =>
    character !== undefined && /\p{Nd}/u.test(character);
  const isLetter = (character: string): boolean => /\p{L}/u.test(character);
  let afterDigit = false;
  for (let at = 0; at < left.length && at < right.length; at++) {
    const l = left[at] ?? '';
    const r = right[at] ?? '';
    if (l === r) {
      afterDigit = isDigit(l);
      continue;
    }
    const leftLetter = isLetter(l);
    const rightLetter = isLetter(r);
    if (leftLetter && rightLetter) return l < r ? -1 : 1;
    if (leftLetter || rightLetter) return (afterDigit ? leftLetter : rightLetter) ? -1 : 1;
    const numberFrom = (characters: readonly string[]): { value: bigint; length: number } => {
      let end = at;
      while (isDigit(characters[end])) end++;
      const digits = characters.slice(at, end).join('');
      // Where zeros differ inside a longer number, both sides count the digits before them.
      let lead = '';
      if (l === '0' || r === '0') {
        for (let before = at - 1; isDigit(characters[before]); before--)
          if (characters[before] !== '0') lead = '1';
      }
      const text = lead + digits;
      return { value: text === '' ? 0n : BigInt(text), length: end };
    };
    const leftNumber = numberFrom(left);
    const rightNumber = numberFrom(right);
    if (leftNumber.value !== rightNumber.value) return leftNumber.value < rightNumber.value ? -1 : 1;
    if (leftNumber.length !== rightNumber.length) return leftNumber.length < rightNumber.length ? -1 : 1;
    return l < r ? -1 : 1;
  }
  return left.length - right.length;
}
