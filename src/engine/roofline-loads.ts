// FLOPs and bytes of batches in roofline's terms, for the plot of arithmetic intensity against attainable FLOP/s.

import type { LatencyModel } from '../domain/latency';
import { encodeLatencyModel, LATENCY_BLOCK_SLOTS } from './latency-params';
import type { BatchColumns } from './step-times';

/** Per batch, of the whole model: TP divides both. */
export interface RooflineLoads {
  readonly flops: Float64Array;
  readonly bytes: Float64Array;
}

interface LoadExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  rooflineLoads(
    block: number,
    tp: number,
    batches: number,
    offsets: number,
    prompt: number,
    computed: number,
    granted: number,
    flops: number,
    bytes: number,
  ): void;
}

/** `model` is a valid roofline model of 87cc70ed, 0074c8c1 or f90a1e3a. */
export function evaluateRooflineLoads(
  module: WebAssembly.Module,
  model: LatencyModel,
  batches: BatchColumns,
): RooflineLoads {
  if (model.name !== 'roofline' || model.version === 'b05154c') {
    throw new Error(`loads are defined for the roofline model, not for ${model.name} of ${model.version}`);
  }
  const { exports } = new WebAssembly.Instance(module, {});
  // The module's interface is fixed by assembly/index.ts; nothing but this folder calls it.
  const wasm = exports as unknown as LoadExports;
  const count = batches.model.length;
  const members = batches.promptTokens.length;
  const block = wasm.allocate(LATENCY_BLOCK_SLOTS * 8);
  const offsets = wasm.allocate((count + 1) * 4);
  const prompt = wasm.allocate(members * 8);
  const computed = wasm.allocate(members * 8);
  const granted = wasm.allocate(members * 8);
  const flops = wasm.allocate(count * 8);
  const bytes = wasm.allocate(count * 8);
  const { buffer } = wasm.memory;
  new Float64Array(buffer, block, LATENCY_BLOCK_SLOTS).set(encodeLatencyModel(model));
  new Uint32Array(buffer, offsets, count + 1).set(batches.offsets);
  new Float64Array(buffer, prompt, members).set(batches.promptTokens);
  new Float64Array(buffer, computed, members).set(batches.computedTokens);
  new Float64Array(buffer, granted, members).set(batches.newTokens);
  wasm.rooflineLoads(block, model.tp, count, offsets, prompt, computed, granted, flops, bytes);
  return {
    flops: new Float64Array(buffer, flops, count).slice(),
    bytes: new Float64Array(buffer, bytes, count).slice(),
  };
}
