// Checks parsed JSON against a Zod schema and turns what is wrong into problems that name file, line, column and key, what
// was found and what was expected.

import { z } from 'zod';
import { describe } from './describe';
import { dotted } from './go-yaml-schema';
import { jsonPlace, type JsonPlaces } from './json';
import type { Problem } from './problem';
import { fail, ok, type Result } from './result';

export interface JsonDocument {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Given where many problems of one text are to be placed. */
  readonly places?: JsonPlaces;
}

/** A finite number, at least `min` where given. */
export const jsonNumber = (min?: number) =>
  z.unknown().transform((value, context): number => {
    if (typeof value === 'number' && Number.isFinite(value) && (min === undefined || value >= min))
      return value;
    context.addIssue({
      code: 'custom',
      message: `expected a number${min === undefined ? '' : ` of at least ${min}`}, found ${describe(value)}`,
      params: { isAbsent: value === undefined },
    });
    return z.NEVER;
  });

/** A whole number from 0 to `max`: within what a double holds exactly. */
export const jsonCount = (max = Number.MAX_SAFE_INTEGER) =>
  z.unknown().transform((value, context): number => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? 'of at least 0' : `from 0 to ${max}`;
    context.addIssue({
      code: 'custom',
      message: `expected a whole number ${range}, found ${describe(value)}`,
      params: { isAbsent: value === undefined },
    });
    return z.NEVER;
  });

/** The value in the schema's type, or the first thing that is wrong with it. */
export function checkJson<T>(schema: z.ZodType<T>, document: JsonDocument): Result<T> {
  const checked = schema.safeParse(document.value);
  if (checked.success) return ok(checked.data);
  const [first] = checked.error.issues;
  const others = checked.error.issues.length - 1;
  const path = first?.path ?? [];
  const parent = valueAt(document.value, path.slice(0, -1));
  const isAbsent = path.length > 0 && isMapping(parent) && !(String(path.at(-1)) in parent);
  const field = dotted(path);
  const what = isAbsent
    ? `the key ${field} is missing`
    : first?.code === 'invalid_type'
      ? `${field === '' ? '' : `${field}: `}expected ${KINDS[first.expected] ?? first.expected}, found ${describe(valueAt(document.value, path))}`
      : `${field === '' ? '' : `${field}: `}${first?.message ?? 'is not as expected'}`;
  return fail(jsonProblem(document, path, isAbsent ? 'missing-key' : 'bad-value', what + more(others)));
}

/** A problem at a path of the document; the place of a missing key is that of the object that lacks it. */
export function jsonProblem(
  document: JsonDocument,
  path: readonly PropertyKey[],
  code: Problem['code'],
  what: string,
): Problem {
  const { file, text, places } = document;
  const place = places?.at(path) ?? jsonPlace(text, path);
  return {
    code,
    message: `${file}, line ${place.line}: ${what}.`,
    file,
    ...place,
    ...(path.length === 0 ? {} : { field: dotted(path) }),
  };
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
};

const more = (others: number): string =>
  others <= 0
    ? ''
    : `; ${others} more value${others === 1 ? '' : 's'} of the file ${others === 1 ? 'is' : 'are'} wrong too`;

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)] as unknown;
    else if (isMapping(at)) at = at[String(step)];
    else return undefined;
  }
  return at;
}
