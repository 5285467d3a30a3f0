// The values of a swept parameter as typed: a list ("1, 2, 4"), a range ("1..9 by 2", "1..64 x2") or both.

import { fail, ok, type Result } from '../../../base/result';

/** Most values of one parameter. */
const MOST_VALUES = 200;
/** Values of a range are rounded to this many digits, so that 0.1 + 0.2 is 0.3. */
const RANGE_DIGITS = 12;

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})(?:\\s*(by|x)\\s*(${NUMBER}))?$`, 'i');

/**
 * Numbers as texts, in the order written, each once. Parts stand between commas; a part is a number or a range `a..b`, in steps
 * of 1, `by` a step, or `x` a factor. Whether each number suits its parameter is the caller's question.
 */
export function parseNumbers(text: string): Result<readonly string[]> {
  const values = new Set<string>();
  for (const part of text
    .split(/[,;\n]/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')) {
    const range = RANGE.exec(part);
    if (range === null) {
      if (!new RegExp(`^${NUMBER}$`, 'i').test(part)) return wrong(part);
      values.add(String(Number(part)));
    } else {
      const expanded = expandRange(part, Number(range[1]), Number(range[2]), range[3], range[4]);
      if (!expanded.ok) return expanded;
      for (const value of expanded.value) values.add(value);
    }
    if (values.size > MOST_VALUES) return tooMany();
  }
  return values.size === 0 ? fail({ code: 'bad-value', message: NOTHING }) : ok([...values]);
}

/** One text a line, each once. */
export function parseLines(text: string): Result<readonly string[]> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return fail({ code: 'bad-value', message: NOTHING });
  return lines.length > MOST_VALUES ? tooMany() : ok([...new Set(lines)]);
}

const NOTHING = 'No values yet.';

const wrong = (part: string): Result<never> =>
  fail({
    code: 'bad-value',
    message: `Found “${part}”, expected a number or a range like 1..8, 1..9 by 2 or 1..64 x2.`,
  });

const tooMany = (): Result<never> =>
  fail({ code: 'too-large', message: `More than ${MOST_VALUES} values. Take larger steps.` });

function expandRange(
  part: string,
  from: number,
  to: number,
  how: string | undefined,
  amount: string | undefined,
): Result<readonly string[]> {
  const isFactor = how?.toLowerCase() === 'x';
  const step = amount === undefined ? 1 : Number(amount);
  if (to < from) return fail({ code: 'bad-value', message: `“${part}” ends before it starts.` });
  if (isFactor ? step <= 1 || from <= 0 : step <= 0) {
    const message = isFactor
      ? `“${part}”: a factor must be greater than 1, and the start greater than 0.`
      : `“${part}”: the step must be greater than 0.`;
    return fail({ code: 'bad-value', message });
  }
  const values: string[] = [];
  // Rounding may carry the last value a little over the end.
  const end = to * (1 + 1e-12);
  for (let index = 0; ; index++) {
    const value = Number((isFactor ? from * step ** index : from + step * index).toPrecision(RANGE_DIGITS));
    if (value > end) return ok(values);
    values.push(String(value));
    if (values.length > MOST_VALUES) return tooMany();
  }
}
