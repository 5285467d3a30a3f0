// llm-optimizer's analytical estimate (bentoml/llm-optimizer bb82d22, performance.py): one prefill and one decode pass under a
// roofline, no scheduling. Seconds and bytes inside, ms in the result where the name says so.
// Kept as the program has it: an MLP of two matrices of width 4·hidden, no causal halving of attention, one layer's activations
// and score matrix also in decode, decode evaluated at the first output token only, tensor parallelism without any
// communication, and the bandwidth and VRAM columns scaled by 2^30.

import { fail, ok, type Result } from '../../../base/result';
import { findOptimizerGpu } from './gpus';
import type { OptimizerModel } from './model-facts';

export const OPTIMIZER_PRECISIONS = ['fp16', 'bf16', 'fp8'] as const;
export type OptimizerPrecision = (typeof OPTIMIZER_PRECISIONS)[number];

export interface OptimizerInput {
  readonly gpu: string;
  readonly numGpus: number;
  readonly precision: string;
  /** Requests in flight = batch size. */
  readonly concurrency: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Share of peak FLOP/s reached by a compute-bound prefill. */
  readonly mfuPrefill?: number;
  readonly mfuDecode?: number;
  /** Share of VRAM that may be used. */
  readonly vramUtilisation?: number;
}

export interface OptimizerEstimate {
  /** False: weights and KV cache exceed the usable VRAM; then latencies are infinite and throughputs 0. */
  readonly fits: boolean;
  readonly ttftMs: number;
  readonly itlMs: number;
  readonly e2eS: number;
  readonly requestsPerSec: number;
  readonly outputTokensPerSec: number;
  readonly inputTokensPerSec: number;
  readonly memoryNeededGib: number;
  readonly usableVramGib: number;
  /** FLOP per byte at which compute and memory balance. */
  readonly ridgeFlopsPerByte: number;
  readonly prefillIntensity: number;
  readonly decodeIntensity: number;
  readonly prefillIsMemoryBound: boolean;
  readonly decodeIsMemoryBound: boolean;
}

const GIB = 2 ** 30;
const BYTES_PER_PARAMETER: Readonly<Record<OptimizerPrecision, number>> = { fp16: 2, bf16: 2, fp8: 1 };

const isPrecision = (name: string): name is OptimizerPrecision =>
  OPTIMIZER_PRECISIONS.some((known) => known === name);

/** Estimates latency and throughput of `concurrency` equal requests served together. */
export function estimateWithOptimizer(
  model: OptimizerModel,
  input: OptimizerInput,
): Result<OptimizerEstimate> {
  const gpu = findOptimizerGpu(input.gpu);
  if (!gpu.ok) return gpu;
  const { precision } = input;
  if (!isPrecision(precision)) {
    return fail({
      code: 'unknown-name',
      field: 'precision',
      message: `llm-optimizer does not support the precision "${precision}"; it supports ${OPTIMIZER_PRECISIONS.join(', ')}.`,
    });
  }
  const tflops = precision === 'fp8' ? gpu.value.fp8Tflops : gpu.value.fp16Tflops;
  if (tflops === undefined) {
    return fail({
      code: 'not-supported',
      field: 'precision',
      message: `${gpu.value.name} has no native FP8; choose fp16 or bf16.`,
    });
  }

  const bytes = BYTES_PER_PARAMETER[precision];
  const flopsPerSec = input.numGpus * tflops * 1e12;
  const bytesPerSec = input.numGpus * gpu.value.bandwidthColumn * GIB;
  const vramBytes = input.numGpus * gpu.value.vramColumn * GIB;
  const ridge = flopsPerSec / bytesPerSec;
  const batch = input.concurrency;
  const kvWidth = model.kvHeads * model.headDim;

  const kvBytes = 2 * model.layers * kvWidth * bytes * (input.inputTokens + input.outputTokens) * batch;
  const memoryNeededGib = (model.parameterCount * bytes + kvBytes) / GIB;
  const usableVramGib = (vramBytes * (input.vramUtilisation ?? 0.9)) / GIB;
  if (memoryNeededGib > usableVramGib) {
    return ok({
      fits: false,
      ttftMs: Infinity,
      itlMs: Infinity,
      e2eS: Infinity,
      requestsPerSec: 0,
      outputTokensPerSec: 0,
      inputTokensPerSec: 0,
      memoryNeededGib,
      usableVramGib,
      ridgeFlopsPerByte: ridge,
      prefillIntensity: 0,
      decodeIntensity: 0,
      prefillIsMemoryBound: false,
      decodeIsMemoryBound: false,
    });
  }

  const pass = (flops: number, movedBytes: number, mfu: number) => {
    const intensity = flops / movedBytes;
    const isMemoryBound = intensity < ridge;
    const seconds = isMemoryBound ? movedBytes / bytesPerSec : flops / (flopsPerSec * mfu);
    return { intensity, isMemoryBound, seconds };
  };
  const prefill = pass(
    passFlops(model, input.inputTokens) * batch,
    passBytes(model, bytes, input.inputTokens, batch),
    input.mfuPrefill ?? 0.45,
  );
  const context = input.inputTokens + 1;
  const decodeFlops =
    passFlops(model, 1) +
    model.layers * (4 * model.heads * context * model.headDim + 3 * model.heads * context);
  const decode = pass(batch * decodeFlops, passBytes(model, bytes, context, batch), input.mfuDecode ?? 0.3);

  const e2eS = prefill.seconds + input.outputTokens * decode.seconds;
  return ok({
    fits: true,
    ttftMs: prefill.seconds * 1000,
    itlMs: decode.seconds * 1000,
    e2eS,
    requestsPerSec: batch / e2eS,
    outputTokensPerSec: batch / decode.seconds,
    inputTokensPerSec: (input.inputTokens * batch) / prefill.seconds,
    memoryNeededGib,
    usableVramGib,
    ridgeFlopsPerByte: ridge,
    prefillIntensity: prefill.intensity,
    decodeIntensity: decode.intensity,
    prefillIsMemoryBound: prefill.isMemoryBound,
    decodeIsMemoryBound: decode.isMemoryBound,
  });
}

/** FLOPs of a pass over `tokens` tokens of one sequence: QKV, scores and values, softmax, output projection, MLP. */
function passFlops(model: OptimizerModel, tokens: number): number {
  const d = model.hidden;
  const kvWidth = model.kvHeads * model.headDim;
  const perLayer =
    2 * tokens * (d ** 2 + 2 * d * kvWidth) +
    4 * model.heads * tokens ** 2 * model.headDim +
    3 * model.heads * tokens ** 2 +
    2 * tokens * d ** 2 +
    4 * tokens * d * (4 * d);
  return model.layers * perLayer;
}

/** Bytes of a pass at sequence length `length`: weights once, KV, one layer's activations and its score matrix. */
function passBytes(model: OptimizerModel, bytes: number, length: number, batch: number): number {
  const d = model.hidden;
  const kvWidth = model.kvHeads * model.headDim;
  const weights = model.layers * bytes * (d * (d + 2 * kvWidth) + d ** 2 + 2 * d * (4 * d));
  const kv = 2 * model.layers * kvWidth * bytes * length * batch;
  return weights + kv + batch * length * d * bytes + batch * model.heads * length ** 2 * bytes;
}
