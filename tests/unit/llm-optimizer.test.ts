// llm-optimizer's formulas on the worked example, its limits, and the throughput match that both estimator adapters use.

import { describe, expect, it } from 'vitest';
import { estimateWithOptimizer } from '../../src/adapters/estimators/llm-optimizer/estimate';
import { climbLadder } from '../../src/adapters/estimators/llm-optimizer/ladder';
import { parseOptimizerModel } from '../../src/adapters/estimators/llm-optimizer/model-facts';
import { matchThroughput } from '../../src/adapters/estimators/match-throughput';

function value<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const config = {
  hidden_size: 4096,
  num_hidden_layers: 32,
  intermediate_size: 14336,
  vocab_size: 128256,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  tie_word_embeddings: false,
};
const model = value(parseOptimizerModel(config, 'llama'));
const input = { gpu: 'H100', numGpus: 1, precision: 'fp16', inputTokens: 547, outputTokens: 248 };

describe('the worked example', () => {
  it('counts parameters, memory, TTFT, ITL and E2E of eight requests', () => {
    expect(model.parameterCount).toBe(8_029_995_008);
    const estimate = value(estimateWithOptimizer(model, { ...input, concurrency: 8 }));
    expect(estimate.memoryNeededGib).toBe(15.7333984375);
    expect(estimate.usableVramGib).toBe(72);
    expect(estimate.ridgeFlopsPerByte).toBeCloseTo(275.0876679, 7);
    expect(estimate.prefillIsMemoryBound).toBe(false);
    expect(estimate.decodeIsMemoryBound).toBe(true);
    expect(estimate.ttftMs).toBeCloseTo(113.63453190741, 10);
    expect(estimate.itlMs).toBeCloseTo(3.346805857188666, 12);
    expect(estimate.e2eS).toBeCloseTo(0.9436423844901992, 13);
    expect(estimate.requestsPerSec).toBeCloseTo(8.477787911489354, 12);
  });
});

describe('limits', () => {
  it('names keys that only a nested config has', () => {
    expect(parseOptimizerModel({}, 'Scout')).toMatchObject({
      ok: false,
      error: { code: 'missing-key', field: 'hidden_size' },
    });
    const { intermediate_size: _, ...withoutFfn } = config;
    expect(value(parseOptimizerModel(withoutFfn, 'x')).parameterCount).toBe(0);
    const tied = value(parseOptimizerModel({ ...config, tie_word_embeddings: true }, 'x'));
    expect(model.parameterCount - tied.parameterCount).toBe(128256 * 4096);
  });

  it('refuses unknown GPUs and precisions, and FP8 where there is none', () => {
    const ask = (more: object) => estimateWithOptimizer(model, { ...input, concurrency: 1, ...more });
    expect(ask({ gpu: 'V100' })).toMatchObject({ ok: false, error: { code: 'unknown-name', field: 'gpu' } });
    expect(ask({ precision: 'int4' })).toMatchObject({ ok: false, error: { field: 'precision' } });
    expect(ask({ gpu: 'a100', precision: 'fp8' })).toMatchObject({
      ok: false,
      error: { code: 'not-supported' },
    });
    expect(ask({ gpu: 'a100' }).ok).toBe(true);
  });

  it('answers infinity where memory does not suffice, and ends the ladder before it', () => {
    const wide = { ...input, inputTokens: 30_000 };
    const full = value(estimateWithOptimizer(model, { ...wide, concurrency: 64 }));
    expect(full).toMatchObject({ fits: false, ttftMs: Infinity, requestsPerSec: 0 });
    const ladder = value(climbLadder(model, wide, 1024));
    expect(ladder.map((step) => step.concurrency)).toEqual([1, 2, 4, 8]);
    expect(value(climbLadder(model, input, 100)).map((step) => step.concurrency)).toEqual([
      1, 2, 4, 8, 16, 32, 64,
    ]);
  });
});

describe('matching a stage rate', () => {
  const ladder = [0.44, 0.86, 1.63, 2.98, 5.3, 9.1, 11.4];

  it('takes the first candidate within 15 %, even if a later one is closer', () => {
    expect(value(matchThroughput(ladder, 5))).toBe(4);
    expect(value(matchThroughput(ladder, 10))).toBe(5);
    expect(value(matchThroughput([114, 101, 100], 100))).toBe(0);
  });

  it('takes the closest when none is within 15 %, the earlier of two equals, and passes over impossible rates', () => {
    expect(value(matchThroughput([1, 3], 2))).toBe(0);
    expect(value(matchThroughput([0, Infinity, NaN, 50], 2))).toBe(3);
    expect(matchThroughput([0, Infinity], 2)).toMatchObject({ ok: false });
    expect(matchThroughput(ladder, 0)).toMatchObject({ ok: false, error: { code: 'bad-value' } });
  });
});
