// Step times of many batches in one call of the module: for tables, plots and tests. The module's per-batch entry calls
// the same functions as the engine. Columns in, columns out; ticks of 1 µs as doubles.

import type { LatencyModel } from '../domain/latency';
import { LATENCY_BLOCK_SLOTS, encodeLatencyModel } from './latency-params';

/** Batches back to back: batch b owns members [offsets[b], offsets[b + 1]). Token counts are whole numbers. */
export interface BatchColumns {
  /** Per batch: index into the list of models. */
  readonly model: Uint32Array;
  readonly offsets: Uint32Array;
  readonly promptTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** Prompt tokens done plus decode steps done before this step. */
  readonly computedTokens: Float64Array;
  readonly newTokens: Float64Array;
}

export interface StepTimeColumns {
  /** Per batch. 2^63 stands for the largest tick. */
  readonly stepUs: Float64Array;
  readonly outputTokenUs: Float64Array;
  readonly postDecodeUs: Float64Array;
  /** Per member. */
  readonly queueingUs: Float64Array;
}

export interface BatchMember {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly computedTokens: number;
  readonly newTokens: number;
}

interface StepTimeExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  evaluateBatches(
    blocks: number,
    batches: number,
    blockOfBatch: number,
    offsets: number,
    prompt: number,
    output: number,
    computed: number,
    granted: number,
    stepUs: number,
    queueingUs: number,
    outputTokenUs: number,
    postDecodeUs: number,
  ): void;
}

/** Lists of members as columns. */
export function batchColumns(
  batches: readonly { model: number; members: readonly BatchMember[] }[],
): BatchColumns {
  const offsets = new Uint32Array(batches.length + 1);
  batches.forEach(({ members }, b) => (offsets[b + 1] = (offsets[b] ?? 0) + members.length));
  const members = batches.flatMap((batch) => batch.members);
  return {
    model: Uint32Array.from(batches, (batch) => batch.model),
    offsets,
    promptTokens: Float64Array.from(members, (member) => member.promptTokens),
    outputTokens: Float64Array.from(members, (member) => member.outputTokens),
    computedTokens: Float64Array.from(members, (member) => member.computedTokens),
    newTokens: Float64Array.from(members, (member) => member.newTokens),
  };
}

/** All batches in one call. The models must be valid (latency-errors.ts). */
export function evaluateStepTimes(
  module: WebAssembly.Module,
  models: readonly LatencyModel[],
  batches: BatchColumns,
): StepTimeColumns {
  const { exports } = new WebAssembly.Instance(module, {});
  // The module's interface is fixed by assembly/index.ts; nothing but this folder calls it.
  const wasm = exports as unknown as StepTimeExports;
  const count = batches.model.length;
  const memberCount = batches.promptTokens.length;
  const doubles = (length: number): number => wasm.allocate(length * 8);

  const blocks = doubles(models.length * LATENCY_BLOCK_SLOTS);
  const model = wasm.allocate(count * 4);
  const offsets = wasm.allocate((count + 1) * 4);
  const [prompt, output, computed, granted, queueing] = [0, 1, 2, 3, 4].map(() => doubles(memberCount)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [step, outputToken, postDecode] = [0, 1, 2].map(() => doubles(count)) as [number, number, number];

  // Growth detaches views: everything is allocated by now.
  const { buffer } = wasm.memory;
  models.forEach((each, k) =>
    new Float64Array(buffer, blocks + k * LATENCY_BLOCK_SLOTS * 8, LATENCY_BLOCK_SLOTS).set(
      encodeLatencyModel(each),
    ),
  );
  new Uint32Array(buffer, model, count).set(batches.model);
  new Uint32Array(buffer, offsets, count + 1).set(batches.offsets);
  const members = (at: number): Float64Array => new Float64Array(buffer, at, memberCount);
  members(prompt).set(batches.promptTokens);
  members(output).set(batches.outputTokens);
  members(computed).set(batches.computedTokens);
  members(granted).set(batches.newTokens);

  wasm.evaluateBatches(
    blocks,
    count,
    model,
    offsets,
    prompt,
    output,
    computed,
    granted,
    step,
    queueing,
    outputToken,
    postDecode,
  );
  const perBatch = (at: number): Float64Array => new Float64Array(buffer, at, count).slice();
  return {
    stepUs: perBatch(step),
    outputTokenUs: perBatch(outputToken),
    postDecodeUs: perBatch(postDecode),
    queueingUs: members(queueing).slice(),
  };
}
