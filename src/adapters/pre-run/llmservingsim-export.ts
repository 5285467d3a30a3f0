// What LLMServingSim needs to run an experiment: workload, cluster configuration and command (sim-to-real, experiment/adapters/
// llmservingsim.py; 5b12a00 runs version 1.0 by `main.py`, dcec3fd version 1.1 by `-m serving`). Arrivals are spaced 1/rate, the clock
// accumulated in floating point from stage to stage; lengths are the measured ones in file order.

import { fail, ok, type Result } from '../../base/result';
import type { Experiment } from '../../domain/experiment';
import { plannedRequests, plannedTotal, sampledStages } from '../../sources/pre-run/planned-requests';
import { LLMSERVINGSIM_MODELS, LLMSERVINGSIM_MODELS_HEAD } from '../../sources/pre-run/simulator-names';
import type { StudyVersion } from '../adapter';

/** Constant-rate arrival times, seconds. */
export function constantArrivals(
  stages: readonly { rateRps: number; durationS: number }[],
): readonly number[] {
  const arrivals: number[] = [];
  let clock = 0;
  for (const stage of stages) {
    for (let sent = plannedRequests(stage); sent > 0; sent -= 1) {
      arrivals.push(clock);
      clock += 1 / stage.rateRps;
    }
  }
  return arrivals;
}

/** The workload, one JSON object a line; `cap` 0 = every request. Lines come one by one: prompts are spelled out token by token. */
export function llmServingSimWorkload(experiment: Experiment, cap: number): Result<Iterable<string>> {
  const { requests } = experiment;
  if (requests === undefined) {
    return fail({
      code: 'missing-file',
      message: `${experiment.folder} has no per-request measurements; LLMServingSim needs their token counts.`,
    });
  }
  const arrivals = constantArrivals(sampledStages(experiment.stages, cap));
  if (requests.count < arrivals.length) {
    return fail({
      code: 'bad-value',
      message: `Not enough ground-truth requests (${String(requests.count)}) for generated arrivals (${String(arrivals.length)}) in ${experiment.folder}.`,
    });
  }
  return ok(workloadLines(arrivals, requests.inputTokens, requests.outputTokens));
}

function* workloadLines(
  arrivals: readonly number[],
  inputTokens: Uint32Array,
  outputTokens: Uint32Array,
): Generator<string> {
  for (const [row, arrivalS] of arrivals.entries()) {
    const input = inputTokens[row] ?? 0;
    yield JSON.stringify({
      input_toks: input,
      output_toks: outputTokens[row] ?? 0,
      arrival_time_ns: Math.trunc(arrivalS * 1e9),
      input_tok_ids: Array.from({ length: input }, (_, token) => token + 1),
    });
  }
}

const H100_MEMORY_GB = 80;

/** Shape of both versions' example files. Link, CPU and bandwidth figures of the chosen example decide; ours are H100 SXM data-sheet values. */
const EXAMPLE = {
  num_nodes: 1,
  link_bw: 450,
  link_latency: 0,
  cpu_mem: { mem_size: 512, mem_bw: 256, mem_latency: 0 },
  npu_mem: { mem_size: H100_MEMORY_GB, mem_bw: 3350, mem_latency: 0 },
} as const;

/** The cluster file for one experiment. */
export function llmServingSimCluster(experiment: Experiment, study: StudyVersion): Result<string> {
  const isHead = study === 'dcec3fd';
  const model = (isHead ? LLMSERVINGSIM_MODELS_HEAD : LLMSERVINGSIM_MODELS)[experiment.model];
  if (model === undefined) {
    return fail({
      code: 'not-supported',
      field: 'model',
      message: `LLMServingSim has no profile of ${experiment.model} in the study's state ${study}.`,
    });
  }
  const copies = Math.max(1, experiment.dp ?? 1);
  const { cpu_mem, npu_mem, ...top } = EXAMPLE;
  const instance = isHead
    ? {
        model_name: model,
        hardware: experiment.hardware,
        npu_mem,
        num_npus: experiment.tp,
        tp_size: experiment.tp,
        pd_type: null,
        ...(copies > 1 ? { dp_group: 'A' } : {}),
      }
    : { model_name: model, hardware: 'H100', npu_mem, npu_num: experiment.tp, npu_group: 1, pd_type: null };
  const node = { num_instances: copies, cpu_mem, instances: Array.from({ length: copies }, () => instance) };
  return ok(`${JSON.stringify({ ...top, nodes: [node] }, null, 4)}\n`);
}

export interface LlmServingSimFiles {
  readonly cluster: string;
  readonly dataset: string;
  readonly output: string;
}

/** The arguments, from the interpreter on; to be run in an LLMServingSim checkout of the study's version. */
export function llmServingSimCommand(
  experiment: Experiment,
  study: StudyVersion,
  cap: number,
  files: LlmServingSimFiles,
): readonly string[] {
  const total = String(plannedTotal(sampledStages(experiment.stages, cap)));
  const common = ['--cluster-config', files.cluster, '--dataset', files.dataset, '--output', files.output];
  const [seqs, tokens] = [String(experiment.maxNumSeqs), String(experiment.maxNumBatchedTokens)];
  if (study === 'dcec3fd') {
    const dtype = headDtype(experiment);
    return [
      ...['python3', '-m', 'serving', ...common, '--dtype', dtype, '--block-size', '16'],
      ...['--max-num-seqs', seqs, '--max-num-batched-tokens', tokens, '--num-reqs', total],
      ...['--log-level', 'WARNING'],
    ];
  }
  return [
    ...['python', 'main.py', ...common, '--fp', '16', '--block-size', '16', '--max-batch', seqs],
    ...['--max-num-batched-tokens', tokens, '--num-req', total, '--log-level', 'WARNING'],
    ...((experiment.dp ?? 1) > 1 ? ['--request-routing-policy', 'RR'] : []),
  ];
}

/** Profiles are in bfloat16, except those of Llama-2-70b. */
function headDtype({ precision, model }: Experiment): string {
  if (precision === 'FP8') return 'fp8';
  return model === 'meta-llama/Llama-2-70b-hf' ? 'float16' : 'bfloat16';
}
