// A measurement and the facts about its server make an experiment like any other.

import { fail, ok, type Result } from '../../base/result';
import type { Experiment, KvSource } from '../../domain/experiment';
import type { Measurement } from './measurement';
import { missingFacts, type ServerFacts } from './server-facts';

/** What the measurement is called and where it came from. */
export interface MeasurementName {
  readonly folder: string;
  readonly file: string;
  readonly format: string;
}

/** Usual values of facts that decide no prediction; each that is used is said among the warnings. */
export function assumedFacts(facts: ServerFacts): Required<Pick<ServerFacts, 'precision' | 'gpu_mem'>> {
  return { precision: /fp8/i.test(facts.model ?? '') ? 'FP8' : 'FP16', gpu_mem: 0.9 };
}

export const missingFactsMessage = (missing: readonly string[]): string =>
  `To serve as a measurement, the run needs facts about its server that the file does not hold: ${missing.join(', ')}.`;

export function experimentOf(
  measurement: Measurement,
  facts: ServerFacts,
  name: MeasurementName,
  kvSource: KvSource,
): Result<Experiment> {
  const missing = missingFacts(facts);
  const { model, hw, tensor_parallelism: tp, max_num_seqs: seqs, max_num_batched_tokens: batched } = facts;
  const { total_kv_blocks: blocks } = facts;
  if (
    model === undefined ||
    hw === undefined ||
    tp === undefined ||
    seqs === undefined ||
    batched === undefined ||
    blocks === undefined
  ) {
    return fail({
      code: 'missing-key',
      file: name.file,
      field: missing.join(', '),
      message: missingFactsMessage(missing),
    });
  }
  const assumed = assumedFacts(facts);
  const { lacks, ...measured } = measurement;
  return ok({
    expId: facts.id ?? 0,
    folder: name.folder,
    model,
    tp,
    workload: facts.workload ?? 'imported',
    maxModelLen: facts.max_model_len ?? 0,
    maxNumBatchedTokens: batched,
    maxNumSeqs: seqs,
    totalKvBlocks: blocks,
    cpuKvBlocks: facts.cpu_kv_blocks ?? 0,
    kvSource,
    hardware: hw,
    ...(facts.dp === undefined ? {} : { dp: facts.dp }),
    cpuOffload: facts.cpu_offload ?? (facts.cpu_kv_blocks ?? 0) > 0,
    gpuMemUtil: facts.gpu_mem ?? assumed.gpu_mem,
    precision: facts.precision ?? assumed.precision,
    safe: 'safe',
    ...measured,
    source: {
      format: name.format,
      file: name.file,
      ...(facts.vllm_version === undefined ? {} : { serverVersion: facts.vllm_version }),
      lacks,
    },
    warnings: [
      ...lacks,
      ...(facts.precision === undefined ? [`Precision is taken to be ${assumed.precision}.`] : []),
    ],
  });
}
