// Invariants of step times and KV capacity over random architectures, GPUs and batches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvCapacity } from '../../src/catalog/kv-capacity';
import { modelFactsOf } from '../../src/catalog/model-config';
import type { LatencyModel, LatencyModelName, ModelArchitecture } from '../../src/domain/latency';
import { latencyErrors } from '../../src/engine/latency-errors';
import { batchColumns, evaluateStepTimes, type BatchMember } from '../../src/engine/step-times';
import { shippedCatalog } from '../support/catalog';
import { releaseModule } from '../support/wasm';

const SEED = { seed: 20261125, numRuns: 150 };
const catalog = shippedCatalog();
const module = releaseModule();

const model = fc.constantFrom(...catalog.models.values());
const gpu = fc.constantFrom(...catalog.eras['87cc70ed'].gpus.values());
const tp = fc.constantFrom(1, 2, 4, 8);
const member: fc.Arbitrary<BatchMember> = fc
  .tuple(
    fc.integer({ min: 1, max: 8000 }),
    fc.integer({ min: 0, max: 500 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.boolean(),
  )
  .map(([promptTokens, outputTokens, share, isPrefill]) => {
    const computed = isPrefill
      ? Math.floor(share * (promptTokens - 1))
      : promptTokens + Math.floor(share * outputTokens);
    const newTokens = isPrefill ? Math.max(1, promptTokens - computed) : 1;
    return { promptTokens, outputTokens, computedTokens: computed, newTokens };
  });
const batch = fc.array(member, { maxLength: 24 });

const VECTORS: Readonly<Record<string, { alpha: readonly number[]; beta: readonly number[] }>> = {
  roofline: { alpha: [0, 0, 0], beta: [] },
  crossmodel: catalog.crossmodel,
  'trained-roofline': catalog.trainedRoofline,
  'trained-physics': catalog.trainedPhysics,
};
const latencyOf = (
  name: string,
  place: { architecture: ModelArchitecture; gpu: LatencyModel['gpu']; tp: number },
): LatencyModel => ({
  name: name as LatencyModelName,
  version: '87cc70ed',
  mode: 'reference',
  coefficients: VECTORS[name]!,
  tp: place.tp,
  architecture: place.architecture,
  ...(place.gpu === undefined ? {} : { gpu: place.gpu }),
});
const stepOf = (latency: LatencyModel, members: readonly BatchMember[]): number =>
  evaluateStepTimes(module, [latency], batchColumns([{ model: 0, members }])).stepUs[0]!;

/** Roofline member by member in the long form, for decodes only; all FLOPs as whole numbers where they are. */
function decodeRoofline(latency: LatencyModel, contexts: readonly number[]): number {
  const a = latency.architecture!;
  const g = latency.gpu!;
  const [L, d, H] = [a.layers, a.hidden, a.heads];
  const h = d / H;
  const q = a.kvHeads * h;
  const isMoe = a.experts > 1;
  const moe = isMoe ? (a.interleaveStep > 0 ? Math.floor(L / (a.interleaveStep + 1)) : L) : 0;
  const expert = 2 * d * (a.expertFfn || a.ffn);
  const dense = 2 * d * (a.denseFfn || a.ffn);
  const wb = a.weightBytes || a.dtypeBytes;
  const peak = (wb === 1 && g.peakTflopsFp8 > 0 ? g.peakTflopsFp8 : g.peakTflops) * 1e12;
  const weights = (n: number): number => {
    const read = isMoe
      ? expert * (a.experts * (1 - ((a.experts - a.expertsPerToken) / a.experts) ** n)) * moe
      : 0;
    return ((d * (d + 2 * q) + d * d) * L + (read + (L - moe > 0 ? dense * (L - moe) : 0))) * wb;
  };
  const kv = 2 * L * a.kvHeads * h * a.dtypeBytes;
  let seconds = 0;
  let bytes = 0;
  for (const c of contexts) {
    const g1 = (2 * (d * d + 2 * d * q) + 2 * d * d) * L;
    const g2 = 4 * H * c * h * L;
    const g3 = moe > 0 ? 2 * expert * a.expertsPerToken * moe : 0;
    const g4 = L - moe > 0 ? 2 * dense * (L - moe) : 0;
    const s = (5 * H * c + 2 * d) * L;
    seconds += (g1 + g2 + g3 + g4 + s) / latency.tp / (peak * g.mfuDecode);
    bytes += (weights(1) + kv + kv * c + L * d * a.dtypeBytes - weights(1)) / latency.tp;
  }
  const memory = (weights(contexts.length) / latency.tp + bytes) / (g.memoryBandwidthTbs * 1e12);
  return Math.max(1, Math.trunc(Math.max(seconds, memory) * 1e6));
}

describe('step times', () => {
  it('are whole, at least 1 µs, and reached by every model that can be built', () => {
    fc.assert(
      fc.property(
        model,
        gpu,
        tp,
        batch,
        fc.constantFrom(...Object.keys(VECTORS)),
        (facts, device, degree, members, name) => {
          const latency = latencyOf(name, { architecture: facts.architecture, gpu: device, tp: degree });
          fc.pre(latencyErrors(latency).length === 0);
          const step = stepOf(latency, members);
          expect(Number.isInteger(step) && step >= 1).toBe(true);
        },
      ),
      SEED,
    );
  });

  it('the short form of a decode member equals the long form', () => {
    const contexts = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(model, gpu, tp, contexts, (facts, device, degree, lengths) => {
        const latency = latencyOf('roofline', { architecture: facts.architecture, gpu: device, tp: degree });
        fc.pre(latencyErrors(latency).length === 0);
        const members = lengths.map((c) => ({
          promptTokens: c,
          outputTokens: 2,
          computedTokens: c,
          newTokens: 1,
        }));
        expect(stepOf(latency, members)).toBe(decodeRoofline(latency, lengths));
      }),
      SEED,
    );
  });

  it('the order of decodes changes nothing where sums are whole', () => {
    fc.assert(
      fc.property(
        model,
        tp,
        batch,
        fc.constantFrom('crossmodel', 'trained-roofline', 'trained-physics'),
        (facts, degree, members, name) => {
          const decodes = members.filter(
            ({ computedTokens, promptTokens }) => computedTokens >= promptTokens,
          );
          const latency = latencyOf(name, {
            architecture: facts.architecture,
            gpu: catalog.gpus.get('H100')!,
            tp: degree,
          });
          fc.pre(latencyErrors(latency).length === 0);
          expect(stepOf(latency, [...decodes].reverse())).toBe(stepOf(latency, decodes));
        },
      ),
      SEED,
    );
  });

  it('more context never makes a decode step shorter', () => {
    fc.assert(
      fc.property(
        model,
        tp,
        fc.integer({ min: 1, max: 100_000 }),
        fc.constantFrom(...Object.keys(VECTORS)),
        (facts, degree, context, name) => {
          const latency = latencyOf(name, {
            architecture: facts.architecture,
            gpu: catalog.gpus.get('H100')!,
            tp: degree,
          });
          fc.pre(latencyErrors(latency).length === 0);
          const at = (c: number): number =>
            stepOf(latency, [{ promptTokens: c, outputTokens: 2, computedTokens: c, newTokens: 1 }]);
          expect(at(context * 2)).toBeGreaterThanOrEqual(at(context));
        },
      ),
      SEED,
    );
  });
});

describe('KV capacity', () => {
  it('grows with memory and utilisation, and the parts never exceed what is available', () => {
    fc.assert(
      fc.property(
        model,
        tp,
        fc.double({ min: 0.5, max: 0.9, noNaN: true }),
        fc.constantFrom('reference', 'corrected'),
        (facts, degree, utilisation, mode) => {
          const ask = (memoryGib: number, share: number) =>
            kvCapacity({
              architecture: facts.architecture,
              shape: facts.capacity,
              gpu: { name: 'any', memoryGib },
              tp: degree,
              blockSizeTokens: 16,
              gpuMemoryUtilization: share,
              mode: mode as 'reference' | 'corrected',
            });
          const small = ask(80, utilisation);
          fc.pre(small.ok);
          if (!small.ok) return;
          const larger = ask(96, utilisation);
          const fuller = ask(80, 0.95);
          expect(larger.ok && larger.value.blocks >= small.value.blocks).toBe(true);
          expect(fuller.ok && fuller.value.blocks >= small.value.blocks).toBe(true);
          const { availableGib, weightGib, activationGib, nonTorchGib, freeBytes, blocks, blockBytes } =
            small.value;
          expect(weightGib + activationGib + nonTorchGib + freeBytes / 2 ** 30).toBeLessThanOrEqual(
            availableGib + 1e-9,
          );
          expect(blocks * blockBytes).toBeLessThanOrEqual(freeBytes);
        },
      ),
      SEED,
    );
  });
});

describe('config.json', () => {
  it('never throws and never yields a number that is not one', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'num_hidden_layers',
            'hidden_size',
            'num_attention_heads',
            'quantization_config',
            'text_config',
            'torch_dtype',
            'rope_scaling',
            'num_experts',
            'n_shared_experts',
            '__proto__',
          ),
          fc.jsonValue(),
        ),
        fc.string(),
        (config, name) => {
          const { architecture } = modelFactsOf(config as Record<string, unknown>, name);
          for (const value of Object.values(architecture))
            if (typeof value === 'number') expect(Number.isNaN(value)).toBe(false);
        },
      ),
      { ...SEED, numRuns: 500 },
    );
  });
});
