import { describe, expect, it } from 'vitest';
import { parseFitnessWeights } from '../../../src/adapters/blis/fitness-weights';
import { evaluateFitness, type FitnessInput } from '../../../src/report/fitness';

const run: FitnessInput = {
  requestsPerSec: 7.743467591381242,
  tokensPerSec: 0,
  ttft: { meanUs: 1000, p50Us: 0, p99Us: 38_076.68 },
  e2e: { meanUs: 3000, p50Us: 1000, p99Us: 9000 },
};

describe('fitness of a run', () => {
  it('adds weighted components: the worked example of two halves', () => {
    const fitness = evaluateFitness(
      [
        { key: 'throughput', weight: 0.5 },
        { key: 'p99_ttft', weight: 0.5 },
      ],
      run,
    );
    expect(fitness.ok && fitness.value.components.map(({ key }) => key)).toEqual(['p99_ttft', 'throughput']);
    expect(fitness.ok && fitness.value.components[1]?.value).toBeCloseTo(0.071869, 6);
    expect(fitness.ok && fitness.value.components[0]?.value).toBeCloseTo(0.025591, 6);
    expect(fitness.ok && fitness.value.score).toBeCloseTo(0.04873, 6);
  });

  it('gives one half at 1 ms and one at nothing observed', () => {
    const fitness = evaluateFitness(
      [
        { key: 'mean_ttft', weight: 1 },
        { key: 'p50_ttft', weight: 1 },
      ],
      run,
    );
    expect(fitness.ok && fitness.value.components.map(({ value }) => value)).toEqual([0.5, 1]);
  });

  it('keeps the last weight of a repeated key', () => {
    const weights = parseFitnessWeights(' throughput:1, throughput: 2 ');
    const fitness = weights.ok ? evaluateFitness(weights.value, run) : weights;
    expect(fitness.ok && fitness.value.score).toBe(2 * (run.requestsPerSec / (run.requestsPerSec + 100)));
  });

  it.each([
    ['throughput', 'invalid fitness weight "throughput": expected key:value'],
    [
      'throughput:abc',
      'invalid fitness weight value for "throughput": strconv.ParseFloat: parsing "abc": invalid syntax',
    ],
    ['throughput:-1', 'invalid weight for "throughput": must be a finite non-negative number, got -1'],
    ['throughput:NaN', 'invalid weight for "throughput": must be a finite non-negative number, got NaN'],
  ])('refuses %s', (source, reason) => {
    const weights = parseFitnessWeights(source);
    expect(!weights.ok && weights.error.message).toBe(`Invalid fitness weights: ${reason}`);
  });

  it('names the valid keys when a key is unknown', () => {
    const fitness = evaluateFitness([{ key: 'latency', weight: 1 }], run);
    expect(!fitness.ok && fitness.error.message).toContain(
      'unknown fitness metric key "latency"; valid keys: throughput,',
    );
  });

  it('has no components without weights', () => {
    const weights = parseFitnessWeights('');
    expect(weights.ok && weights.value).toEqual([]);
  });
});
