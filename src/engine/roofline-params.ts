// Blocks of the roofline models; slots as assembly/latency/roofline.ts and roofline-early.ts name them.

import type { EarlyRooflineFacts, GpuFacts, LatencyModel, ModelArchitecture } from '../domain/latency';
import { isCorrected } from '../domain/corrections';
import { kvHeads, layerSplit, peakTflops, requireFacts, weightElementBytes } from './latency-facts';

const OWN = 8;
const TERA = 1e12;

interface Shape {
  readonly headDim: number;
  /** Width of the concatenated query heads. */
  readonly headsWidth: number;
  /** Width of the concatenated key (or value) heads. */
  readonly kvWidth: number;
}

function shapeOf(architecture: ModelArchitecture, usesStated: boolean): Shape {
  const { hidden, heads, statedHeadDim } = architecture;
  const stated = usesStated ? statedHeadDim : undefined;
  const headDim = stated ?? hidden / heads;
  return {
    headDim,
    headsWidth: stated === undefined ? hidden : heads * stated,
    kvWidth: kvHeads(architecture) * headDim,
  };
}

export function writeRoofline(block: Float64Array, model: LatencyModel): void {
  const { architecture, gpu } = requireFacts(model);
  if (model.version === 'b05154c') {
    writeEarly(block, model.tp, architecture, gpu);
    return;
  }
  const isOlder = model.version === '0074c8c1';
  const { layers, hidden: d, heads, experts, expertsPerToken } = architecture;
  const shape = shapeOf(architecture, isCorrected(model, 'stated-head-size'));
  const q = shape.kvWidth;
  const split = isOlder && experts > 1 ? { moe: layers, dense: 0 } : layerSplit(architecture);
  const ffn = architecture.ffn > 0 ? architecture.ffn : 4 * d;
  const expertFfn = architecture.expertFfn > 0 ? architecture.expertFfn : ffn;
  const denseFfn = !isOlder && architecture.denseFfn > 0 ? architecture.denseFfn : ffn;
  // The reference counts two FFN matrices for every activation; gated ones have three, and shared experts exist.
  const matrices = isCorrected(model, 'three-ffn-matrices') ? 3 : 2;
  const sharedFfn = isCorrected(model, 'shared-experts') ? architecture.sharedExpertFfn : 0;
  const peak =
    (isOlder ? gpu.peakTflops : peakTflops(architecture, gpu, isCorrected(model, 'dense-fp8-peak'))) * TERA;
  const weightElement = isOlder ? architecture.dtypeBytes : weightElementBytes(architecture);

  const projectionIn = d * shape.headsWidth + 2 * d * q;
  const attentionWeights = (d * (shape.headsWidth + 2 * q) + shape.headsWidth * d) * layers;
  const expertWeights = matrices * d * expertFfn;
  const denseWeights = matrices * d * denseFfn;
  const denseAll = split.dense > 0 ? denseWeights * split.dense : 0;
  const kvBytes = 2 * layers * kvHeads(architecture) * shape.headDim * architecture.dtypeBytes;
  const sharedWeights = matrices * d * sharedFfn;
  const readsAll = isOlder && experts > 1;
  // The weights that one token touches, as weightBytes of the module forms them.
  const touched = readsAll ? experts : experts * (1 - (experts - expertsPerToken) / experts);
  const moeOne = split.moe > 0 ? expertWeights * touched * split.moe + sharedWeights * split.moe : 0;
  const oneTokenWeights = (attentionWeights + (moeOne + denseAll)) * weightElement;

  block.set(
    [
      layers,
      d,
      heads,
      shape.headDim,
      projectionIn,
      shape.headsWidth,
      split.moe,
      split.dense,
      expertWeights,
      denseWeights,
      sharedWeights,
      experts,
      expertsPerToken,
      attentionWeights,
      denseAll,
      weightElement,
      kvBytes,
      layers * d * architecture.dtypeBytes,
      model.tp,
      peak * gpu.mfuPrefill,
      peak * gpu.mfuDecode,
      gpu.memoryBandwidthTbs * TERA,
      readsAll ? 1 : 0,
    ],
    OWN,
  );
  const decode = decodeFlops(block);
  block[OWN + 23] = decode.base;
  block[OWN + 24] = decode.slope;
  block[OWN + 25] = oneTokenWeights;
  block[OWN + 26] = sharedWeights * split.moe;
}

/**
 * FLOPs of a decode member as base + slope · context. Equal to the long form wherever all its terms are whole numbers
 * below 2^53 (then every order of operations gives the same double); slope −1 where they are not whole.
 */
function decodeFlops(block: Float64Array): { base: number; slope: number } {
  const at = (index: number): number => block[OWN + index] ?? NaN;
  const layers = at(0);
  const slope = 4 * at(2) * at(3) * layers + 5 * at(2) * layers;
  const base =
    (2 * at(4) + 2 * at(5) * at(1)) * layers +
    2 * at(8) * at(12) * at(6) +
    2 * at(10) * at(6) +
    2 * at(9) * at(7) +
    2 * at(1) * layers;
  const isWhole =
    Number.isInteger(at(3)) &&
    Number.isInteger(at(4)) &&
    Number.isSafeInteger(base) &&
    Number.isSafeInteger(slope);
  return isWhole && base >= 0 && slope >= 0 ? { base, slope } : { base: 0, slope: -1 };
}

/** Share of the matrix rate that the vector unit reaches, b05154c. */
const VECTOR_SHARE = 0.1;

function writeEarly(block: Float64Array, tp: number, architecture: ModelArchitecture, gpu: GpuFacts): void {
  const early: EarlyRooflineFacts | undefined = gpu.early;
  if (early === undefined) throw new Error(`${gpu.name} has no facts for the roofline of b05154c`);
  const { layers, hidden: d, heads, dtypeBytes } = architecture;
  const { headDim, kvWidth: q } = shapeOf(architecture, false);
  const ffn = architecture.ffn > 0 ? architecture.ffn : 4 * d;
  const peak = gpu.peakTflops * TERA;
  const weights = (d * (d + 2 * q) + d * d + 3 * d * ffn) * layers * dtypeBytes;
  const kvBytes = 2 * layers * kvHeads(architecture) * headDim * dtypeBytes;
  block.set(
    [layers, d, heads, headDim, d * d + 2 * d * q, d, 0, layers, 0, 3 * d * ffn, 0, 0, 0, 0, 0, dtypeBytes],
    OWN,
  );
  block.set(
    [
      kvBytes,
      layers * d * dtypeBytes,
      tp,
      peak * gpu.mfuPrefill,
      peak * gpu.mfuDecode,
      gpu.memoryBandwidthTbs * TERA * early.bandwidthEfficiency,
    ],
    OWN + 16,
  );
  block.set(
    [
      VECTOR_SHARE * peak,
      weights,
      ((layers * early.layerOverheadUs) / 1e6) * 1e6,
      tp > 1 ? ((layers * 2 * early.allReduceUs) / 1e6) * 1e6 : 0,
      early.stepOverheadUs,
    ],
    OWN + 27,
  );
}
