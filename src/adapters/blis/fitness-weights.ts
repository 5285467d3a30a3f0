// The text of `--fitness-weights`: `key:weight,key:weight`. Keys are checked when a run is scored (report/fitness.ts), as in
// the reference, which prints the metrics first.

import { fail, ok, type Result } from '../../base/result';
import { goNumber, parseGoFloat } from './go-numbers';

export interface FitnessWeight {
  readonly key: string;
  /** Finite, >= 0. */
  readonly weight: number;
}

/** Empty text has no weights. */
export function parseFitnessWeights(source: string): Result<readonly FitnessWeight[]> {
  const invalid = (reason: string) =>
    fail({
      code: 'bad-value' as const,
      message: `Invalid fitness weights: ${reason}`,
      field: 'fitness-weights',
    });
  if (source.trim() === '') return ok([]);
  const weights: FitnessWeight[] = [];
  for (const part of source.split(',').map((text) => text.trim())) {
    const colon = part.indexOf(':');
    if (colon < 0) return invalid(`invalid fitness weight ${JSON.stringify(part)}: expected key:value`);
    const key = part.slice(0, colon).trim();
    const text = part.slice(colon + 1).trim();
    const weight = parseGoFloat(text);
    if (weight === undefined) {
      const parse = `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
      return invalid(`invalid fitness weight value for ${JSON.stringify(key)}: ${parse}`);
    }
    if (!(Number.isFinite(weight) && weight >= 0)) {
      const rule = `must be a finite non-negative number, got ${goNumber(weight)}`;
      return invalid(`invalid weight for ${JSON.stringify(key)}: ${rule}`);
    }
    weights.push({ key, weight });
  }
  return ok(weights);
}
