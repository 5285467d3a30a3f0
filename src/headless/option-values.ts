// Values of command-line options, read as Go's flag package reads them, with one clear line for what does not fit.

import { InvalidArgumentError } from 'commander';

const INTEGER = /^[-+]?\d+$/;

/** A 64-bit integer, exact. */
export const int64Option =
  (name: string) =>
  (text: string): bigint => {
    const value = INTEGER.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined;
    if (value === undefined || BigInt.asIntN(64, value) !== value) {
      throw new InvalidArgumentError(`--${name}: found "${text}", expected a whole number of 64 bits.`);
    }
    return value;
  };

/** A whole number at least `least`, as the nearest double. */
export const wholeOption =
  (name: string, least = -Infinity) =>
  (text: string): number => {
    const value = INTEGER.test(text) ? Number(text) : NaN;
    if (!(value >= least)) {
      const bound = least === -Infinity ? '' : ` >= ${least}`;
      throw new InvalidArgumentError(`--${name}: found "${text}", expected a whole number${bound}.`);
    }
    return value;
  };

/** A finite number at least `least` (or above it). */
export const numberOption =
  (name: string, least = -Infinity, isAbove = false) =>
  (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(value) || value < least || (isAbove && value === least)) {
      const bound = least === -Infinity ? '' : ` ${isAbove ? '>' : '>='} ${least}`;
      throw new InvalidArgumentError(`--${name}: found "${text}", expected a finite number${bound}.`);
    }
    return value;
  };

/** A list, comma-joined or given as several values. */
export const listOption = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text.split(',').filter((part) => part !== ''),
];

const NOT_FINITE: Readonly<Record<string, number>> = {
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  nan: NaN,
};

/** Any number, infinities and NaN included: the rule that refuses it says which bound it broke. */
export const anyNumberOption =
  (name: string) =>
  (text: string): number => {
    const lower = text.trim().toLowerCase();
    const value = NOT_FINITE[lower] ?? (lower === '' ? NaN : Number(lower));
    if (Number.isNaN(value) && lower !== 'nan') {
      throw new InvalidArgumentError(`--${name}: found "${text}", expected a number.`);
    }
    return value;
  };

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** `--name`, `--name=true` or `--name=false`. */
export const booleanOption =
  (name: string) =>
  (text: string): boolean => {
    if (TRUE.includes(text)) return true;
    if (FALSE.includes(text)) return false;
    throw new InvalidArgumentError(`--${name}: found "${text}", expected true or false.`);
  };
