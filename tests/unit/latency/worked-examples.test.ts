// The smallest worked example: one prefill of 512 tokens beside four decodes at 1,000 tokens, figures by hand.
import { describe, expect, it } from 'vitest';
import { resolveBlisOptions } from '../../../src/adapters/blis/resolve-options';
import { evaluateRooflineLoads } from '../../../src/engine/roofline-loads';
import { batchColumns, evaluateStepTimes } from '../../../src/engine/step-times';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

const LLAMA = { model: 'meta-llama/llama-3.1-8b-instruct', hardware: 'H100', tp: 1 };
const MIXTRAL = { model: 'mistralai/mixtral-8x7b-v0.1', hardware: 'H100', tp: 2 };
const SCOUT = { model: 'redhatai/llama-4-scout-17b-16e-instruct-fp8-dynamic', hardware: 'H100', tp: 4 };

const prefill = { promptTokens: 512, outputTokens: 8, computedTokens: 0, newTokens: 512 };
const decode = { promptTokens: 900, outputTokens: 200, computedTokens: 1000, newTokens: 1 };
const batch = batchColumns([{ model: 0, members: [prefill, decode, decode, decode, decode] }]);

function latencyOf(place: typeof LLAMA, latencyModel: string) {
  const resolved = resolveBlisOptions({ ...place, latencyModel }, shippedCatalog());
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value.config.latency;
}

describe('the worked batch', () => {
  it.each([
    ['roofline', 12029, 10386, 3014],
    ['crossmodel', 3876, 23531, 25369],
    ['trained-roofline', 11954, 21487, 19991],
    ['trained-physics', 8287, 21255, 19575],
  ])('%s', (name, llama, mixtral, scout) => {
    const models = [LLAMA, MIXTRAL, SCOUT].map((place) => latencyOf(place, name));
    const times = models.map((model) => evaluateStepTimes(releaseModule(), [model], batch).stepUs[0]);
    expect(times).toEqual([llama, mixtral, scout]);
  });

  it('blackbox, and its overheads', () => {
    const times = evaluateStepTimes(releaseModule(), [latencyOf(LLAMA, 'blackbox')], batch);
    expect([times.stepUs[0], times.queueingUs[0], times.outputTokenUs[0], times.postDecodeUs[0]]).toEqual([
      17825, 10326, 0, 0,
    ]);
  });

  it('roofline loads: FLOPs and bytes that make the step time', () => {
    const model = latencyOf(LLAMA, 'roofline');
    const loads = evaluateRooflineLoads(releaseModule(), model, batch);
    expect(loads.flops[0]).toBe(5_292_069_486_592 + 4 * 10_730_217_472);
    expect(loads.bytes[0]).toBe(10_200_547_328 + 201_326_592 + 4 * 131_465_216);
    expect(() => evaluateRooflineLoads(releaseModule(), latencyOf(LLAMA, 'crossmodel'), batch)).toThrow();
  });
});

describe('edges of the number rules', () => {
  it('an empty batch takes 1 µs, or the constant terms of the regressions', () => {
    const empty = batchColumns([{ model: 0, members: [] }]);
    const time = (name: string) =>
      evaluateStepTimes(releaseModule(), [latencyOf(LLAMA, name)], empty).stepUs[0];
    expect(['roofline', 'trained-roofline', 'trained-physics', 'blackbox', 'crossmodel'].map(time)).toEqual([
      1, 1, 1, 6472, 3715,
    ]);
  });

  it('a time that no tick can hold is the largest tick', () => {
    const model = {
      ...latencyOf(LLAMA, 'blackbox'),
      coefficients: { alpha: [1e300, 0, 0], beta: [1e300, 0, 0] },
    };
    const times = evaluateStepTimes(releaseModule(), [model], batch);
    expect([times.stepUs[0], times.queueingUs[0]]).toEqual([2 ** 63, 2 ** 63]);
  });
});
