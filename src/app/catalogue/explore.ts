// What the explorer asks and what its plots show, as data: a choice of model, GPU, TP and batch becomes one resolved setup
// per latency model, sweeps of batches, operating points and the parts that fill the memory.

import { resolveBlisOptions } from '../../adapters/blis/resolve-options';
import type { Catalog } from '../../catalog/catalog';
import { kvCapacity, type KvCapacity } from '../../catalog/kv-capacity';
import { LATENCY_MODELS, type LatencyModel, type LatencyModelName, type Mode } from '../../domain/latency';
import type { BatchMember } from '../../engine/step-times';

export interface Choice {
  readonly model: string;
  readonly gpu: string;
  readonly tp: number;
  readonly mode: Mode;
  /** New prompt tokens of the step; 0 = decode only. */
  readonly prefillTokens: number;
  readonly decodeBatch: number;
  /** Tokens that each decoding request has in the cache. */
  readonly contextTokens: number;
}

export const DEFAULT_CHOICE: Choice = {
  model: 'meta-llama/llama-3.1-8b-instruct',
  gpu: 'H100',
  tp: 1,
  mode: 'reference',
  prefillTokens: 0,
  decodeBatch: 32,
  contextTokens: 1024,
};

export const TP_DEGREES: readonly number[] = [1, 2, 4, 8, 16];
const LIMITS = {
  prefillTokens: [0, 131_072],
  decodeBatch: [0, 1024],
  contextTokens: [1, 1_048_576],
} as const;
export type BatchField = keyof typeof LIMITS;

/** A whole number within the field's limits, or undefined. */
export function batchNumber(field: BatchField, text: string): number | undefined {
  const [least, most] = LIMITS[field];
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
export const limitsOf = (field: BatchField): readonly [number, number] => LIMITS[field];

/** Reads the choice from the address; unknown or wrong values fall back to the default. */
export function choiceOf(query: Readonly<Record<string, string>>, catalog: Catalog): Choice {
  const known = (name: string | undefined, has: (name: string) => boolean, otherwise: string): string =>
    name !== undefined && has(name) ? name : otherwise;
  const tp = Number(query['tp']);
  return {
    model: known(query['model'], (id) => catalog.models.has(id), DEFAULT_CHOICE.model),
    gpu: known(query['gpu'], (name) => catalog.gpus.has(name), DEFAULT_CHOICE.gpu),
    tp: TP_DEGREES.includes(tp) ? tp : DEFAULT_CHOICE.tp,
    mode: query['mode'] === 'corrected' ? 'corrected' : 'reference',
    prefillTokens: batchNumber('prefillTokens', query['prefill'] ?? '') ?? DEFAULT_CHOICE.prefillTokens,
    decodeBatch: batchNumber('decodeBatch', query['decode'] ?? '') ?? DEFAULT_CHOICE.decodeBatch,
    contextTokens: batchNumber('contextTokens', query['context'] ?? '') ?? DEFAULT_CHOICE.contextTokens,
  };
}

export type Setup =
  | { readonly name: LatencyModelName; readonly latency: LatencyModel; readonly warnings: readonly string[] }
  | { readonly name: LatencyModelName; readonly latency?: undefined; readonly reason: string };

/** Every latency model at this place, or the sentence that says why it cannot run there. */
export function setupsOf(choice: Choice, catalog: Catalog): readonly Setup[] {
  const facts = catalog.models.get(choice.model);
  const gpu = catalog.gpus.get(choice.gpu);
  const vllmVersion = catalog.modelDefaults.get(choice.model)?.vllmVersion;
  return LATENCY_MODELS.map((name) => {
    const resolved = resolveBlisOptions(
      {
        model: choice.model,
        hardware: choice.gpu,
        tp: choice.tp,
        mode: choice.mode,
        latencyModel: name,
        ...(vllmVersion === undefined ? {} : { vllmVersion }),
        // Capacity has its own card; here a model that does not fit can still be timed.
        totalKvBlocks: 1_000_000,
        maxModelLen: 0,
        ...(facts === undefined ? {} : { modelFacts: facts }),
        ...(gpu === undefined ? {} : { gpu }),
      },
      catalog,
    );
    return resolved.ok
      ? { name, latency: resolved.value.config.latency, warnings: resolved.value.warnings }
      : { name, reason: resolved.error.message };
  });
}

const OUTPUT_TOKENS = 2;
const prefillOf = (tokens: number): BatchMember[] =>
  tokens > 0
    ? [{ promptTokens: tokens, outputTokens: OUTPUT_TOKENS, computedTokens: 0, newTokens: tokens }]
    : [];
const decodesOf = (count: number, context: number): BatchMember[] =>
  Array.from({ length: count }, () => ({
    promptTokens: context,
    outputTokens: OUTPUT_TOKENS,
    computedTokens: context,
    newTokens: 1,
  }));

/** One prefill of all its tokens beside equal decodes. */
export const membersOf = (
  prefillTokens: number,
  decodeBatch: number,
  contextTokens: number,
): BatchMember[] => [...prefillOf(prefillTokens), ...decodesOf(decodeBatch, contextTokens)];

/** Decode batch sizes of the step-time plot: 1 to 512, about five an octave at the low end where numbers are whole. */
export const DECODE_SWEEP: readonly number[] = [
  1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512,
];

/** Operating points of the roofline plot. */
export const DECODE_POINTS: readonly number[] = [1, 4, 16, 64, 256];
export const PREFILL_POINTS: readonly number[] = [16, 128, 1024, 8192];

export interface OperatingPoint {
  readonly kind: 'prefill' | 'decode';
  /** Tokens of a prefill, requests of a decode batch. */
  readonly size: number;
  /** FLOP per byte. */
  readonly intensity: number;
  /** FLOP/s of all TP GPUs together. */
  readonly flopRate: number;
  readonly stepUs: number;
}

export const operatingBatches = (
  contextTokens: number,
): readonly { kind: OperatingPoint['kind']; size: number; members: BatchMember[] }[] => [
  ...PREFILL_POINTS.map((size) => ({ kind: 'prefill' as const, size, members: prefillOf(size) })),
  ...DECODE_POINTS.map((size) => ({
    kind: 'decode' as const,
    size,
    members: decodesOf(size, contextTokens),
  })),
];

/** What the plot's lines are: FLOP/s of all GPUs under each ceiling, byte/s of all GPUs. */
export interface Roofs {
  readonly peak: number;
  readonly prefill: number;
  readonly decode: number;
  readonly bandwidth: number;
}

export function roofsOf(latency: LatencyModel, peakTflops: number): Roofs | undefined {
  const { gpu, tp } = latency;
  if (gpu === undefined) return undefined;
  const peak = peakTflops * 1e12 * tp;
  return {
    peak,
    prefill: peak * gpu.mfuPrefill,
    decode: peak * gpu.mfuDecode,
    bandwidth: gpu.memoryBandwidthTbs * 1e12 * tp,
  };
}

export interface MemoryPart {
  readonly id: 'weights' | 'activations' | 'other' | 'cache' | 'reserved';
  readonly label: string;
  readonly gib: number;
}

export type MemoryAnswer =
  | {
      readonly kind: 'fits';
      readonly capacity: KvCapacity;
      readonly parts: readonly MemoryPart[];
      readonly tokens: number;
      /** Requests of the chosen context that the cache holds at once. */
      readonly requests: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export const BLOCK_TOKENS = 16;
export const UTILISATION = 0.9;

/** What fills the memory: of all GPUs in the reference's rule, of one GPU in the corrected one. */
export function memoryOf(choice: Choice, catalog: Catalog, tp = choice.tp): MemoryAnswer {
  const model = catalog.models.get(choice.model);
  const gpu = catalog.gpus.get(choice.gpu);
  if (model === undefined || gpu === undefined)
    return { kind: 'refused', reason: 'Choose a model and a GPU.' };
  const answer = kvCapacity({
    architecture: model.architecture,
    shape: model.capacity,
    gpu,
    tp,
    blockSizeTokens: BLOCK_TOKENS,
    gpuMemoryUtilization: UTILISATION,
    mode: choice.mode,
  });
  if (!answer.ok) return { kind: 'refused', reason: answer.error.message };
  const capacity = answer.value;
  const total = capacity.availableGib / UTILISATION;
  return {
    kind: 'fits',
    capacity,
    tokens: capacity.blocks * BLOCK_TOKENS,
    requests: Math.floor((capacity.blocks * BLOCK_TOKENS) / choice.contextTokens),
    parts: [
      { id: 'weights', label: 'Weights', gib: capacity.weightGib },
      { id: 'activations', label: 'Activations', gib: capacity.activationGib },
      { id: 'other', label: 'CUDA graphs and libraries', gib: capacity.nonTorchGib },
      { id: 'cache', label: 'KV cache', gib: capacity.freeBytes / 2 ** 30 },
      { id: 'reserved', label: 'Kept free', gib: total - capacity.availableGib },
    ],
  };
}
