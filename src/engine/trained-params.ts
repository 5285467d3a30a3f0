// Blocks of the two trained models; slots as assembly/latency/trained-roofline.ts and trained-physics.ts name them.

import type { LatencyModel, ModelArchitecture } from '../domain/latency';
import { isCorrected } from '../domain/corrections';
import { kvHeads, layerSplit, peakTflops, requireFacts, weightElementBytes } from './latency-facts';

const OWN = 8;
/** From 10^12 per second to per µs. */
const TERA_PER_US = 1e6;

/** Communication backends that send every token to its experts one by one; the others gather whole batches. */
export const ALL_TO_ALL_BACKENDS: readonly string[] = [
  'pplx',
  'deepep_high_throughput',
  'deepep_low_latency',
  'mori',
  'flashinfer_all2allv',
];
export const ALL_GATHER_BACKENDS: readonly string[] = ['naive', 'allgather_reducescatter'];

/** The trained models divide whole numbers and drop the remainder. */
function headDim(architecture: ModelArchitecture, usesStated: boolean): number {
  const stated = usesStated ? architecture.statedHeadDim : undefined;
  return stated ?? Math.trunc(architecture.hidden / architecture.heads);
}

/**
 * Weights of the four projections of a layer over d: 2·d + 2·q, where 2·d stands for query and output projection.
 * A stated head size makes those two H·h wide.
 */
function projectionWidth(architecture: ModelArchitecture, h: number, q: number, usesStated: boolean): number {
  const isStated = usesStated && architecture.statedHeadDim !== undefined;
  const heads = isStated ? architecture.heads * h : architecture.hidden;
  return 2 * heads + 2 * q;
}

export function writeTrainedRoofline(block: Float64Array, model: LatencyModel): void {
  const { architecture, gpu } = requireFacts(model);
  const usesStated = isCorrected(model, 'stated-head-size');
  const ownElements = isCorrected(model, 'element-size');
  const beta = (index: number): number => model.coefficients.beta[index] ?? 0;
  const { layers, hidden: d } = architecture;
  const { tp } = model;
  const h = headDim(architecture, usesStated);
  const q = kvHeads(architecture) * h;
  const projection = projectionWidth(architecture, h, q, usesStated);
  const weightElement = ownElements ? weightElementBytes(architecture) : 2;
  const bandwidth = gpu.memoryBandwidthTbs * TERA_PER_US;
  const ownExperts = isCorrected(model, 'expert-size') && architecture.expertFfn > 0;
  const ffn = ownExperts ? architecture.expertFfn : architecture.ffn;
  block.set(
    [
      layers,
      d,
      architecture.heads / tp,
      h,
      projection,
      q / tp,
      ffn,
      architecture.experts,
      Math.max(1, architecture.expertsPerToken),
      tp,
      gpu.peakTflops * TERA_PER_US,
      bandwidth,
      (layers * d * projection * weightElement) / tp,
      beta(0),
      beta(1),
      beta(2),
      beta(3),
      beta(4) * layers,
      beta(5),
      beta(6),
      isCorrected(model, 'chunk-attention') ? 1 : 0,
      weightElement,
      ownElements ? architecture.dtypeBytes : 2,
    ],
    OWN,
  );
}

export function writeTrainedPhysics(block: Float64Array, model: LatencyModel): void {
  const { architecture, gpu } = requireFacts(model);
  const isDp = model.version === 'f90a1e3a';
  const usesStated = isCorrected(model, 'stated-head-size');
  const ownElements = isCorrected(model, 'element-size');
  const { beta } = model.coefficients;
  const betaAt = (index: number): number => beta[index] ?? 0;
  const { layers, hidden: d, experts } = architecture;
  const { tp } = model;
  const isMoe = experts > 1;
  const dp = isDp ? (model.dp ?? 1) : 1;
  const group = isMoe ? tp * dp : tp;
  const h = headDim(architecture, usesStated);
  const q = kvHeads(architecture) * h;
  const projection = projectionWidth(architecture, h, q, usesStated);
  const split = layerSplit(architecture);
  const expertFfn = architecture.expertFfn > 0 ? architecture.expertFfn : architecture.ffn;
  const denseFfn = architecture.denseFfn > 0 ? architecture.denseFfn : architecture.ffn;
  const sharedFfn = isDp || isCorrected(model, 'shared-experts') ? architecture.sharedExpertFfn : 0;
  const wb = weightElementBytes(architecture);

  let fixedFfnBytes = 0;
  if (split.moe > 0) {
    if (isDp) fixedFfnBytes += split.moe * (experts / group) * 3 * d * expertFfn * wb;
    fixedFfnBytes += (split.moe * 3 * d * sharedFfn * wb) / tp;
  }
  if (split.dense > 0) fixedFfnBytes += (split.dense * 3 * d * denseFfn * wb) / tp;

  const activation = isDp || ownElements ? architecture.dtypeBytes : 2;
  const isInterleaved = architecture.interleaveStep > 0 && isMoe;
  block.set(
    [
      layers,
      d,
      architecture.heads / tp,
      h,
      projection,
      q / (tp * dp),
      split.moe,
      split.dense,
      expertFfn,
      denseFfn,
      sharedFfn,
      experts,
      Math.max(1, architecture.expertsPerToken),
      tp,
      peakTflops(architecture, gpu, isCorrected(model, 'dense-fp8-peak')) * TERA_PER_US,
      gpu.memoryBandwidthTbs * TERA_PER_US,
      (layers * d * projection * wb) / tp,
      fixedFfnBytes,
      wb,
      ownElements ? architecture.dtypeBytes : 2,
      activation,
      2 * split.dense + split.moe,
      tp > 1 ? (tp - 1) / tp : 0,
      isCorrected(model, 'chunk-attention') ? 1 : 0,
      beta.length >= 9 ? 1 : 0,
      beta.length >= 10 ? 1 : 0,
      betaAt(0),
      betaAt(1),
      betaAt(2),
      betaAt(3),
      betaAt(4) * layers,
      betaAt(5),
      betaAt(6),
      betaAt(7) * (isInterleaved ? 1 : 0) * split.moe,
      betaAt(8),
      betaAt(9),
      beta[10] ?? betaAt(3),
      dp,
      group,
      ALL_TO_ALL_BACKENDS.includes(model.moeCommBackend ?? '') ? 1 : 0,
    ],
    OWN,
  );
}
