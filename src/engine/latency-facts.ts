// Facts that several step-time models derive from architecture and GPU alike (BLIS 87cc70ed `sim/latency`), and where the
// corrected mode departs from them. Everything is evaluated in the reference's operation order.

import type { GpuFacts, LatencyModel, ModelArchitecture } from '../domain/latency';

export interface LayerSplit {
  readonly moe: number;
  readonly dense: number;
}

/** MoE layers among all layers: every layer, or one in (step + 1) of an interleaved model. */
export function layerSplit(architecture: ModelArchitecture): LayerSplit {
  const { layers, experts, interleaveStep } = architecture;
  if (experts <= 1) return { moe: 0, dense: layers };
  if (interleaveStep <= 0) return { moe: layers, dense: 0 };
  const moe = Math.trunc(layers / (interleaveStep + 1));
  return { moe, dense: layers - moe };
}

/** Bytes per weight parameter: quantised where known, else those of the compute type. */
export const weightElementBytes = (architecture: ModelArchitecture): number =>
  architecture.weightBytes > 0 ? architecture.weightBytes : architecture.dtypeBytes;

/**
 * FLOP peak in 10^12/s: the FP8 rate when weights take exactly one byte and the GPU has one. `usesDensePeak` prefers a
 * dense figure over the stated one.
 */
export function peakTflops(architecture: ModelArchitecture, gpu: GpuFacts, usesDensePeak: boolean): number {
  if (weightElementBytes(architecture) !== 1 || gpu.peakTflopsFp8 <= 0) return gpu.peakTflops;
  return usesDensePeak ? (gpu.peakTflopsFp8Dense ?? gpu.peakTflopsFp8) : gpu.peakTflopsFp8;
}

/** KV heads, H where none are stated. */
export const kvHeads = (architecture: ModelArchitecture): number =>
  architecture.kvHeads === 0 ? architecture.heads : architecture.kvHeads;

/** Architecture and GPU of a model that cannot do without them; their absence is a defect of the caller. */
export function requireFacts(model: LatencyModel): { architecture: ModelArchitecture; gpu: GpuFacts } {
  const { architecture, gpu } = model;
  if (architecture === undefined || gpu === undefined) {
    throw new Error(`a ${model.name} model needs the architecture and the GPU`);
  }
  return { architecture, gpu };
}
