// From architecture, GPU, TP and the 13 parameters to the block of numbers that the step-time model runs on, and the model
// itself in TypeScript for the direct inversion, which needs no simulation. assembly/latency/physics.ts is its twin: same
// slots, same formulas; a test holds the two together.
//
// Weights and matrix products overlap under a smooth maximum; KV reads, attention, all-reduce payload and fixed times add up.
// The output head counts as weight traffic but not as arithmetic: it runs for one token per request only. Padding of the batch
// to captured graph sizes is left out: up to 128 sequences decode is bound by bandwidth.

import { fail, ok, type Result } from '../base/result';
import type { GpuFacts, LatencyModel, ModelArchitecture } from '../domain/latency';
import { kvHeads, layerSplit, peakTflops, weightElementBytes } from './latency-facts';
import { physicsVectorOf, type PhysicsVector } from '../domain/physics';

/** Elements of activations and KV cache are 2 bytes in every run that the defaults rest on. */
const ELEMENT_BYTES = 2;
/** Link rate of one H100 SXM GPU, 10^9 byte/s and direction; stands in where the GPU's own is not known. */
export const H100_LINK_GBS = 450;

/** Times in µs; see the slot table of assembly/latency/physics.ts. */
export interface PhysicsBlock {
  readonly denseUs: number;
  readonly expertUs: number;
  /** 0 for a dense model. */
  readonly experts: number;
  /** Chance that one token does not use a given expert. */
  readonly missRatio: number;
  readonly gemmUsPerToken: number;
  readonly kvUsPerToken: number;
  readonly attentionUs: number;
  readonly commUsPerToken: number;
  readonly fixedUs: number;
  readonly sequenceUs: number;
  readonly mixedUs: number;
  readonly delayUs: number;
  readonly streamUs: number;
}

/** What the model runs on. `tp` ≥ 1. */
export interface PhysicsSystem {
  readonly architecture: ModelArchitecture;
  readonly gpu: GpuFacts;
  readonly tp: number;
}

/** True where queries share keys and values, which decides whether eKg or eK applies. */
export const isGroupedQuery = (architecture: ModelArchitecture): boolean =>
  architecture.heads > kvHeads(architecture);

export const isMixtureOfExperts = (architecture: ModelArchitecture): boolean => architecture.experts > 1;

/** FFN parameters: of one routed expert over all expert layers, and of everything that every token passes. */
function ffnParameters(a: ModelArchitecture): { expert: number; shared: number } {
  const perLayer = (width: number): number => 3 * a.hidden * width;
  const { moe, dense } = layerSplit(a);
  return {
    expert: moe * perLayer(a.expertFfn || a.ffn),
    shared: moe * perLayer(a.sharedExpertFfn) + dense * perLayer((moe > 0 ? a.denseFfn : 0) || a.ffn),
  };
}

export function physicsBlock(system: PhysicsSystem, v: PhysicsVector): PhysicsBlock {
  const { architecture: a, gpu, tp } = system;
  const isMoe = isMixtureOfExperts(a);
  const bandwidth = gpu.memoryBandwidthTbs * 1e12;
  const flops = peakTflops(a, gpu, true) * 1e12;
  const link = (gpu.linkGbs ?? H100_LINK_GBS) * 1e9;
  const weightBytes = weightElementBytes(a) || ELEMENT_BYTES;
  const headDim = a.statedHeadDim ?? a.hidden / a.heads;
  const kvWidth = kvHeads(a) * headDim;
  const queryWidth = a.heads * headDim;
  const attention = a.layers * a.hidden * (2 * queryWidth + 2 * kvWidth);
  const head = a.vocab * a.hidden;
  const { expert, shared } = ffnParameters(a);
  const usPerParameter = (1e6 * weightBytes) / (tp * bandwidth);
  const perToken = isMoe ? Math.max(a.expertsPerToken, 1) : 1;
  return {
    denseUs: (usPerParameter * (attention + head + shared)) / v.eW,
    expertUs: (usPerParameter * expert) / v.eX,
    experts: isMoe ? a.experts : 0,
    missRatio: isMoe ? 1 - perToken / a.experts : 0,
    gemmUsPerToken: (1e6 * 2 * (attention + shared + expert * perToken)) / (tp * v.eC * flops),
    kvUsPerToken:
      (1e6 * ((2 * a.layers * kvWidth * ELEMENT_BYTES) / tp)) /
      (bandwidth * (isGroupedQuery(a) ? v.eKg : v.eK)),
    attentionUs: (1e6 * 4 * queryWidth * a.layers) / (tp * v.eC * flops),
    commUsPerToken: tp > 1 ? (1e6 * 2 * a.layers * a.hidden * ELEMENT_BYTES * (tp - 1)) / (v.eN * link) : 0,
    fixedUs: v.t0 + v.tL * a.layers + v.tAR * 2 * a.layers * (tp - 1),
    sequenceUs: v.tS,
    mixedUs: v.tM,
    delayUs: v.q,
    streamUs: v.pD,
  };
}

/** The block as f64 slots 1 … 13; slot 0 (kind of model in the full engine) is the caller's. */
export function physicsSlots(block: PhysicsBlock): readonly number[] {
  return [
    block.denseUs,
    block.expertUs,
    block.experts,
    block.missRatio,
    block.gemmUsPerToken,
    block.kvUsPerToken,
    block.attentionUs,
    block.commUsPerToken,
    block.fixedUs,
    block.sequenceUs,
    block.mixedUs,
    block.delayUs,
    block.streamUs,
  ];
}

/** Weight traffic of a step that carries `tokens` tokens, µs. */
export const weightsUs = (block: PhysicsBlock, tokens: number): number =>
  block.denseUs + block.expertUs * block.experts * (1 - block.missRatio ** tokens);

/** Weights and matrix products under the smooth maximum (m⁴ + l⁴)^¼, µs. `tokens` may be fractional (a mean). */
export function gemmUs(block: PhysicsBlock, tokens: number): number {
  const weights = weightsUs(block, tokens);
  const products = block.gemmUsPerToken * tokens;
  const most = Math.max(weights, products);
  if (most <= 0) return 0;
  const ratio = Math.min(weights, products) / most;
  return most * Math.sqrt(Math.sqrt(1 + ratio ** 4));
}

/** One prefilling member: prompt tokens present, and new in this step. */
export interface PrefillMember {
  readonly computed: number;
  readonly newTokens: number;
}

/** Length of one step, µs. `context` = Σ context lengths of the `decodes` decoding requests. */
export function physicsStepUs(
  block: PhysicsBlock,
  decodes: number,
  context: number,
  prefills: readonly PrefillMember[] = [],
): number {
  let tokens = 0;
  let reads = context;
  let pairs = 0;
  for (const { computed, newTokens } of prefills) {
    tokens += newTokens;
    reads += computed + newTokens;
    pairs += newTokens * (computed + newTokens / 2);
  }
  return (
    block.fixedUs +
    gemmUs(block, decodes + tokens) +
    block.kvUsPerToken * reads +
    block.attentionUs * pairs +
    block.sequenceUs * decodes +
    block.commUsPerToken * (decodes + tokens) +
    (tokens > 0 ? block.mixedUs : 0)
  );
}

/** The block of a resolved `physics` latency model. */
export function physicsBlockOf(model: LatencyModel): Result<PhysicsBlock> {
  const { architecture, gpu, tp } = model;
  const missing = (what: string): Result<PhysicsBlock> =>
    fail({ code: 'missing-key', message: `The physics latency model needs ${what}.` });
  if (architecture === undefined) return missing('the architecture of the model');
  if (gpu === undefined) return missing('the figures of the GPU');
  if (!(gpu.memoryBandwidthTbs > 0)) return missing(`a memory bandwidth for GPU ${gpu.name} (TB/s, > 0)`);
  if (!(gpu.peakTflops > 0)) return missing(`a peak FLOP rate for GPU ${gpu.name} (TFLOP/s, > 0)`);
  if (!(tp >= 1)) return missing('a tensor-parallel degree of at least 1');
  for (const field of ['layers', 'hidden', 'heads', 'vocab', 'ffn'] as const) {
    if (!(architecture[field] > 0)) return missing(`\`${field}\` of the model's architecture (> 0)`);
  }
  return ok(physicsBlock({ architecture, gpu, tp }, physicsVectorOf(model.coefficients)));
}
