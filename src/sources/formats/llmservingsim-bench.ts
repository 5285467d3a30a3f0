// LLMServingSim's `bench run` requests.jsonl (LLMServingSim 5daddb21): engine timestamps of a real server, monotonic seconds. `arrival_time`
// is of another clock and is not subtracted from them. The simulator's own output CSV is read here too, as simulated requests.

import { ok, type Result } from '../../base/result';
import { readLlmServingSim } from '../pre-run/llmservingsim-requests';
import { asNumber, asText, at, objectsIn, type Json, type JsonFile } from './lenient-json';
import { optional, text } from './present';
import { buildRows, okOrEmpty, type ImportedRun, type RequestInput, type RunFacts } from './run-record';

export function importLlmServingSimBench(file: JsonFile): readonly ImportedRun[] {
  const records = objectsIn(file).filter((record) => !file.isCut(record));
  const requests = records.map((record): RequestInput => {
    const stamp = (key: string): number | undefined => asNumber(record[key]);
    const [queued, scheduled, first, last] = [
      stamp('queued_ts'),
      stamp('scheduled_ts'),
      stamp('first_token_ts'),
      stamp('last_token_ts'),
    ];
    const since = (time: number | undefined): number | undefined =>
      time === undefined || queued === undefined ? undefined : time - queued;
    const outputTokens = asNumber(at(record, 'output_toks'));
    const hasEnd = first !== undefined && last !== undefined;
    return {
      status: hasEnd ? okOrEmpty(outputTokens) : 'incomplete',
      ...optional('startS', queued),
      ...optional('inputTokens', asNumber(at(record, 'input_toks'))),
      ...optional('outputTokens', outputTokens),
      ...optional('ttftS', since(first)),
      ...optional('e2eS', since(last)),
      ...optional('queueS', since(scheduled)),
      ...optional(
        'meanGapS',
        hasEnd && outputTokens !== undefined && outputTokens > 1
          ? (last - first) / (outputTokens - 1)
          : undefined,
      ),
    };
  });
  return [
    {
      format: 'llmservingsim-bench',
      label: '',
      facts: {
        tool: 'LLMServingSim bench',
        clock: 'monotonic',
        tokenCounts: 'server',
        gaps: 'request-means',
      },
      rows: buildRows(requests),
      reported: [],
      findings: [],
    },
  ];
}

/** What meta.json says about the server that was measured. */
export function benchFacts(meta: Json | undefined): Partial<RunFacts> {
  return {
    ...text('model', asText(at(meta, 'model'))),
    backend: 'vLLM',
    ...text('backendVersion', asText(at(meta, 'vllm_version'))),
    ...optional('tensorParallel', asNumber(at(meta, 'engine_kwargs', 'tensor_parallel_size'))),
    ...optional('maxNumSeqs', asNumber(at(meta, 'engine_kwargs', 'max_num_seqs'))),
    ...optional('maxNumBatchedTokens', asNumber(at(meta, 'engine_kwargs', 'max_num_batched_tokens'))),
    ...optional('maxModelLen', asNumber(at(meta, 'engine_kwargs', 'max_model_len'))),
    ...optional('kvBlocks', asNumber(at(meta, 'kv_cache', 'num_gpu_blocks'))),
    ...optional('blockSizeTokens', asNumber(at(meta, 'kv_cache', 'block_size'))),
    ...text('gpu', asText(at(meta, 'hardware', 'device_name'))),
    ...optional('seed', asNumber(at(meta, 'engine_kwargs', 'seed'))),
  };
}

const NS_PER_S = 1e9;
const SIMULATED = 'A simulator wrote this: a prediction, not a measurement.';

export function importLlmServingSimOutput(source: string, file: string): Result<readonly ImportedRun[]> {
  const read = readLlmServingSim(source, file);
  if (!read.ok) return read;
  const {
    count,
    generatedTokens,
    inputTokens,
    arrivalNs,
    latencyNs,
    ttftNs,
    tpotNs,
    queuingNs,
    warnings,
    model,
  } = read.value;
  const seconds = (column: Float64Array, row: number): number => (column[row] ?? NaN) / NS_PER_S;
  const requests = Array.from({ length: count }, (_, row): RequestInput => ({
    status: okOrEmpty(generatedTokens[row]),
    startS: seconds(arrivalNs, row),
    ...optional('inputTokens', inputTokens[row]),
    ...optional('outputTokens', generatedTokens[row]),
    ttftS: seconds(ttftNs, row),
    e2eS: seconds(latencyNs, row),
    meanGapS: seconds(tpotNs, row),
    queueS: seconds(queuingNs, row),
  }));
  return ok([
    {
      format: 'llmservingsim-output',
      label: '',
      facts: {
        tool: 'LLMServingSim',
        model,
        clock: 'relative',
        tokenCounts: 'server',
        gaps: 'request-means',
      },
      rows: buildRows(requests),
      reported: [],
      notMeasured: SIMULATED,
      findings: [
        { message: SIMULATED, count, rows: [] },
        ...warnings.map((message) => ({ message, count: 1, rows: [] })),
      ],
    },
  ]);
}
