// `estimate --estimator llm-optimizer`: one entry of the document → the estimator's figures under the document's names.
// An entry with `max_num_seqs` and no `concurrency` asks for the step of the study's ladder that matches `stage_rate_rps`; where the
// rate was never published, the entry's recorded `matched_concurrency` names the step.

import { ok, type Result } from '../../base/result';
import {
  estimateWithOptimizer,
  type OptimizerEstimate,
  type OptimizerInput,
} from '../../adapters/estimators/llm-optimizer/estimate';
import { climbLadder } from '../../adapters/estimators/llm-optimizer/ladder';
import { parseOptimizerModel } from '../../adapters/estimators/llm-optimizer/model-facts';
import { matchThroughput } from '../../adapters/estimators/match-throughput';
import { Fields, modelConfig, type EstimateDocument, type EstimateEntry, type Json } from './entries';

export function optimizerEntry(document: EstimateDocument, entry: EstimateEntry): Result<Json> {
  const fields = new Fields(entry.input);
  const config = modelConfig(document, fields.text('model'));
  if (!config.ok) return config;
  const model = parseOptimizerModel(config.value, fields.text('model'));
  if (!model.ok) return model;
  const input: Omit<OptimizerInput, 'concurrency'> = {
    gpu: fields.text('gpu'),
    numGpus: fields.number('num_gpus', 1),
    precision: fields.text('precision', 'fp16'),
    inputTokens: fields.number('input_length'),
    outputTokens: fields.number('output_length'),
    mfuPrefill: fields.number('mfu_prefill', 0.45),
    mfuDecode: fields.number('mfu_decode', 0.3),
    vramUtilisation: fields.number('vram_util_factor', 0.9),
  };
  const isMatch = !fields.has('concurrency') && fields.has('max_num_seqs');
  const recorded = entry.output?.['matched_concurrency'];
  if (isMatch && !fields.has('stage_rate_rps') && typeof recorded === 'number') {
    const estimate = estimateWithOptimizer(model.value, { ...input, concurrency: recorded });
    return estimate.ok ? fields.finish(matched(recorded, estimate.value)) : estimate;
  }
  if (isMatch) {
    const rate = fields.number('stage_rate_rps');
    const checked = fields.finish(undefined);
    if (!checked.ok) return checked;
    const ladder = climbLadder(model.value, input, fields.number('max_num_seqs'));
    if (!ladder.ok) return ladder;
    const index = matchThroughput(
      ladder.value.map((step) => step.estimate.requestsPerSec),
      rate,
    );
    if (!index.ok) return index;
    const step = ladder.value[index.value];
    if (step !== undefined) return ok(matched(step.concurrency, step.estimate));
  }
  const concurrency = fields.number('concurrency');
  const checked = fields.finish(undefined);
  if (!checked.ok) return checked;
  const estimate = estimateWithOptimizer(model.value, { ...input, concurrency });
  return estimate.ok ? ok(figures(estimate.value)) : estimate;
}

const matched = (concurrency: number, estimate: OptimizerEstimate): Json => ({
  matched_concurrency: concurrency,
  ttft_ms: estimate.ttftMs,
  itl_ms: estimate.itlMs,
  e2e_ms: estimate.e2eS * 1000,
});

/** Infinite latencies become null in JSON. */
const figures = (estimate: OptimizerEstimate): Json => ({
  oom: !estimate.fits,
  ttft_ms: estimate.ttftMs,
  itl_ms: estimate.itlMs,
  e2e_s: estimate.e2eS,
  requests_per_sec: estimate.requestsPerSec,
  output_tokens_per_sec: estimate.outputTokensPerSec,
  input_tokens_per_sec: estimate.inputTokensPerSec,
  memory_needed_gib: estimate.memoryNeededGib,
  usable_vram_gib: estimate.usableVramGib,
  ridge_flops_per_byte: estimate.ridgeFlopsPerByte,
  prefill_arithmetic_intensity: estimate.prefillIntensity,
  decode_arithmetic_intensity: estimate.decodeIntensity,
  prefill_memory_bound: estimate.prefillIsMemoryBound,
  decode_memory_bound: estimate.decodeIsMemoryBound,
});
