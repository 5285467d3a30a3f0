// Zod schemas that decode a Go-read YAML tree the way yaml.v3 fills Go fields: null or absent leaves the default, any scalar
// serves as text, a fraction given for an integer is cut off, text never serves as a number, yes/no/on/off serve as
// booleans. Unknown keys are problems. Issues come back with the key's path and its line.

import { z } from 'zod';
import type { YamlDocument, YamlObject, YamlTree } from './go-yaml';
import { YamlScalar } from './go-yaml';
import type { Problem } from './problem';

const TRUE = new Set(['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE = new Set(['false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);

const isAbsent = (value: unknown): boolean =>
  value === undefined || (value instanceof YamlScalar && value.type === 'null');

const found = (value: unknown): string =>
  value instanceof YamlScalar
    ? `"${value.text.slice(0, 60)}"`
    : Array.isArray(value)
      ? 'a list'
      : 'a mapping';

/** One scalar field: `decode` gives undefined for a value of the wrong kind. */
function scalar<T, D>(wanted: string, absent: D, decode: (value: YamlScalar) => T | undefined) {
  return z
    .unknown()
    .optional()
    .transform((value, context): T | D => {
      if (isAbsent(value)) return absent;
      const decoded = value instanceof YamlScalar ? decode(value) : undefined;
      if (decoded !== undefined) return decoded;
      context.addIssue({ code: 'custom', message: `found ${found(value)}, expected ${wanted}` });
      return z.NEVER;
    });
}

const decodeText = (value: YamlScalar): string => value.text;

function decodeInteger(value: YamlScalar): bigint | undefined {
  if (value.type === 'int')
    return BigInt.asIntN(64, value.integer) === value.integer ? value.integer : undefined;
  // NaN is refused; so is what exceeds 64 bits.
  if (value.type === 'float' && Math.abs(value.number) < 2 ** 63) return BigInt(Math.trunc(value.number));
  return undefined;
}

const decodeNumber = (value: YamlScalar): number | undefined =>
  value.type === 'int' || value.type === 'float' ? value.number : undefined;

function decodeBoolean(value: YamlScalar): boolean | undefined {
  if (TRUE.has(value.text)) return true;
  if (FALSE.has(value.text)) return false;
  return undefined;
}

/** A 64-bit integer as the nearest double; exact below 2^53. */
const decodeCount = (value: YamlScalar): number | undefined => {
  const integer = decodeInteger(value);
  return integer === undefined ? undefined : Number(integer);
};

export const goText = () => scalar('a text', '', decodeText);
export const goInteger = () => scalar('a whole number', 0, decodeCount);
export const goBigInteger = () => scalar('a whole number', 0n, decodeInteger);
export const goNumber = () => scalar('a number', 0, decodeNumber);
export const goBoolean = () => scalar('true or false', false, decodeBoolean);
export const goOptionalInteger = () => scalar('a whole number', undefined, decodeCount);
export const goOptionalBigInteger = () => scalar('a whole number', undefined, decodeInteger);
export const goOptionalNumber = () => scalar('a number', undefined, decodeNumber);
export const goOptionalBoolean = () => scalar('true or false', undefined, decodeBoolean);

/** A mapping with exactly these keys allowed; absent or null gives undefined. */
export function goMap<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess(mapping, z.strictObject(shape).optional());
}

/** A mapping whose unknown keys are ignored (yaml.v3 without strict keys); absent or null gives undefined. */
export function goLooseMap<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess(mapping, z.object(shape).optional());
}

/** A scalar is an object of ours, whose fields must not be taken for the keys of a mapping. */
function mapping(value: unknown): unknown {
  if (isAbsent(value)) return undefined;
  return value instanceof YamlScalar ? value.text : value;
}

/** A mapping that must be there: the document itself, or an item of a list. */
export function goDocument<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess((value) => (value instanceof YamlScalar ? value.text : value), z.strictObject(shape));
}

/** A list; absent or null gives an empty one. A null item is the item's zero value. */
export function goList<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (isAbsent(value) ? [] : value), z.array(item));
}

/** A mapping from text to number in file order; absent or null gives an empty one. */
export function goNumberMap() {
  return z
    .unknown()
    .optional()
    .transform((value, context): ReadonlyMap<string, number> => {
      const map = new Map<string, number>();
      if (isAbsent(value)) return map;
      if (
        value instanceof YamlScalar ||
        Array.isArray(value) ||
        typeof value !== 'object' ||
        value === null
      ) {
        context.addIssue({ code: 'custom', message: `found ${found(value)}, expected a mapping of numbers` });
        return z.NEVER;
      }
      for (const [key, entry] of Object.entries(value)) {
        if (isAbsent(entry)) {
          map.set(key, 0);
          continue;
        }
        const number = entry instanceof YamlScalar ? decodeNumber(entry) : undefined;
        if (number === undefined) {
          context.addIssue({
            code: 'custom',
            message: `found ${found(entry)}, expected a number`,
            path: [key],
          });
        } else {
          map.set(key, number);
        }
      }
      return map;
    });
}

/** A file of another kind has as many faults as keys; nobody reads more of them than this. */
const MAX_PROBLEMS = 50;

/** The first issues as problems with line and dotted path, in file order of the schema, and how many more there are. */
export function yamlProblems(document: YamlDocument, error: z.ZodError): Problem[] {
  const all = issueProblems(document, error);
  const others = all.length - MAX_PROBLEMS;
  if (others <= 0) return all;
  const { file } = document;
  const rest: Problem = {
    code: 'bad-value',
    message: `${file}: ${others} more keys or values are wrong.`,
    file,
  };
  return [...all.slice(0, MAX_PROBLEMS), rest];
}

function issueProblems(document: YamlDocument, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const place = document.place(path, key);
        const where = path.length === 0 ? 'at the top level' : `in ${dotted(path)}`;
        return problemAt(
          document.file,
          place,
          dotted([...path, key]),
          `the key "${key}" is not known ${where}`,
        );
      });
    }
    const text =
      issue.code === 'invalid_type'
        ? `expected ${issue.expected === 'array' ? 'a list' : 'a mapping'}, found ${found(valueAt(document.tree, path))}`
        : issue.message;
    return [
      problemAt(
        document.file,
        document.place(path),
        dotted(path),
        path.length === 0 ? text : `${dotted(path)}: ${text}`,
      ),
    ];
  });
}

function valueAt(tree: YamlTree, path: readonly PropertyKey[]): YamlTree | undefined {
  let at: YamlTree | undefined = tree;
  for (const step of path) {
    if (at === undefined || at instanceof YamlScalar) return undefined;
    at = Array.isArray(at) ? (at as readonly YamlTree[])[Number(step)] : (at as YamlObject)[String(step)];
  }
  return at;
}

function problemAt(
  file: string,
  place: { readonly line: number; readonly column: number },
  field: string,
  text: string,
): Problem {
  return {
    code: 'bad-value',
    message: `${file}, line ${place.line}: ${text}.`,
    file,
    line: place.line,
    column: place.column,
    ...(field === '' ? {} : { field }),
  };
}

/** `clients[0].arrival.cv` */
export const dotted = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
