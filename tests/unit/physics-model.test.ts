import { describe, expect, it } from 'vitest';
import { DEFAULT_PHYSICS, physicsCoefficients, physicsVectorOf } from '../../src/domain/physics';
import type { LatencyModel, ModelArchitecture } from '../../src/domain/latency';
import { encodeLatencyModel } from '../../src/engine/latency-params';
import {
  gemmUs,
  physicsBlock,
  physicsBlockOf,
  physicsStepUs,
  weightsUs,
} from '../../src/engine/physics-model';
import { releaseModule } from '../support/wasm';
import { ARCHITECTURES, H100 } from '../support/measured';

const dense = ARCHITECTURES['meta-llama/Llama-2-7b-hf'];
const experts = ARCHITECTURES['mistralai/Mixtral-8x7B-v0.1'];
const model = (architecture: ModelArchitecture, tp: number): LatencyModel => ({
  name: 'physics',
  version: '87cc70ed',
  mode: 'corrected',
  coefficients: physicsCoefficients(DEFAULT_PHYSICS),
  tp,
  architecture,
  gpu: H100,
});

interface Batches {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  evaluateBatches(...pointers: readonly number[]): void;
}

/** Step and queueing time of one batch, from the module. Members: [prompt, computed, new]. */
function moduleTimes(
  latency: LatencyModel,
  members: readonly (readonly [number, number, number])[],
): { step: number; queueing: number } {
  const { memory, allocate, evaluateBatches } = new WebAssembly.Instance(releaseModule())
    .exports as unknown as Batches;
  const doubles = (values: readonly number[]): number => {
    const pointer = allocate(8 * values.length);
    new Float64Array(memory.buffer, pointer, values.length).set(values);
    return pointer;
  };
  const words = (values: readonly number[]): number => {
    const pointer = allocate(4 * values.length);
    new Uint32Array(memory.buffer, pointer, values.length).set(values);
    return pointer;
  };
  const blocks = doubles([...encodeLatencyModel(latency)]);
  const columns = [0, 1, 2].map((k) => doubles(members.map((member) => member[k] ?? 0)));
  const output = doubles(members.map(() => 9));
  const step = doubles([0]);
  const queueing = doubles(members.map(() => 0));
  const [prompt = 0, computed = 0, granted = 0] = columns;
  evaluateBatches(
    blocks,
    1,
    words([0]),
    words([0, members.length]),
    prompt,
    output,
    computed,
    granted,
    step,
    queueing,
    doubles([0]),
    doubles([0]),
  );
  return {
    step: new Float64Array(memory.buffer, step, 1)[0] ?? NaN,
    queueing: new Float64Array(memory.buffer, queueing, 1)[0] ?? NaN,
  };
}

describe('physical step-time model', () => {
  it('reads 13.5 GB of weights at 3.35 TB/s for one token', () => {
    // 6.607 billion parameters behind the embedding, 2 bytes, at full bandwidth: 3945 µs.
    const block = physicsBlock({ architecture: dense, gpu: H100, tp: 1 }, { ...DEFAULT_PHYSICS, eW: 1 });
    expect(weightsUs(block, 1)).toBeCloseTo((6_607_077_376 * 2) / 3.35e6, 6);
  });

  it('touches more experts with more tokens, and all of them in the end', () => {
    const block = physicsBlock({ architecture: experts, gpu: H100, tp: 2 }, DEFAULT_PHYSICS);
    expect(weightsUs(block, 1)).toBeCloseTo(block.denseUs + 2 * block.expertUs, 6);
    expect(weightsUs(block, 2)).toBeCloseTo(block.denseUs + 3.5 * block.expertUs, 6);
    expect(weightsUs(block, 500)).toBeCloseTo(block.denseUs + 8 * block.expertUs, 6);
  });

  it('overlaps traffic and arithmetic: at least the larger, at most their sum', () => {
    const block = physicsBlock({ architecture: dense, gpu: H100, tp: 1 }, DEFAULT_PHYSICS);
    for (const tokens of [1, 100, 217, 1000, 4000]) {
      const weights = weightsUs(block, tokens);
      const products = block.gemmUsPerToken * tokens;
      expect(gemmUs(block, tokens)).toBeGreaterThanOrEqual(Math.max(weights, products));
      expect(gemmUs(block, tokens)).toBeLessThanOrEqual(weights + products);
    }
  });

  it('gives the same times in the module as here, in whole ticks', () => {
    const cases: readonly (readonly (readonly [number, number, number])[])[] = [
      [[600, 600, 1]],
      [
        [600, 640, 1],
        [700, 655, 1],
        [570, 560, 10],
      ],
      [[574, 0, 574]],
      [
        [2000, 512, 1024],
        [800, 900, 1],
        [801, 900, 1],
      ],
    ];
    for (const [architecture, tp] of [
      [dense, 1],
      [experts, 2],
      [ARCHITECTURES['meta-llama/Llama-2-70b-hf'], 4],
    ] as const) {
      const block = physicsBlock({ architecture, gpu: H100, tp }, DEFAULT_PHYSICS);
      for (const members of cases) {
        const decodes = members.filter(([prompt, computed]) => computed >= prompt);
        const prefills = members.filter(([prompt, computed]) => computed < prompt);
        const expected = physicsStepUs(
          block,
          decodes.length,
          decodes.reduce((sum, [, computed]) => sum + computed, 0),
          prefills.map(([, computed, newTokens]) => ({ computed, newTokens })),
        );
        const found = moduleTimes(model(architecture, tp), members);
        // Math.pow may differ in the last bit between the two sides, hence the tolerance before truncation.
        expect(Math.abs(found.step + 0.5 - expected)).toBeLessThanOrEqual(0.5 + 1e-6);
        expect(found.queueing).toBe(Math.trunc(DEFAULT_PHYSICS.q));
      }
    }
  });

  it('keeps parameters through the coefficient lists', () => {
    expect(physicsVectorOf(physicsCoefficients(DEFAULT_PHYSICS))).toEqual(DEFAULT_PHYSICS);
    expect(physicsVectorOf({ alpha: [7000], beta: [] })).toEqual({ ...DEFAULT_PHYSICS, q: 7000 });
  });

  it('names what is missing', () => {
    const { gpu: _gpu, ...without } = model(dense, 1);
    expect(physicsBlockOf(without)).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/GPU/) },
    });
    const blind = { ...model(dense, 1), gpu: { ...H100, memoryBandwidthTbs: 0 } };
    expect(physicsBlockOf(blind)).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/memory bandwidth for GPU H100/) },
    });
  });
});
