// An imported run as an experiment folder in the layout of our own measurements (validator spec 2 and 3), for tools that read such
// folders. What the run does not say about the server must be answered by the user; nothing is guessed.

import { fail, ok, type Result } from '../../base/result';
import type { LatencyDistribution, MeasuredRequests, StageMetrics } from '../../domain/experiment';
import { assumedFacts, missingFactsMessage } from './as-experiment';
import { measurementOf, type Measurement } from './measurement';
import type { ImportedRun } from './run-record';
import { factsOf, missingFacts, type ServerFacts } from './server-facts';

export interface FolderFile {
  /** Relative to the folder that holds experiments. */
  readonly path: string;
  readonly text: string;
}

/** The files of one experiment, its `experiments.json` included. `stated` wins over what the run says. */
export function experimentFolder(run: ImportedRun, stated: ServerFacts): Result<readonly FolderFile[]> {
  const facts = { ...factsOf(run.facts), ...stated };
  // A folder is found by its number, and its exp-config.yaml names the context.
  const needed = ['id', 'max_model_len'] as const;
  const missing = [...missingFacts(facts), ...needed.filter((name) => facts[name] === undefined)];
  if (missing.length > 0) {
    return fail({ code: 'missing-key', field: missing.join(', '), message: missingFactsMessage(missing) });
  }
  const measured = measurementOf(run);
  if (!measured.ok) return measured;
  const measurement = measured.value;
  const workload = facts.workload ?? 'imported';
  const folder = `${String(facts.id ?? 0)}-${(facts.model ?? 'model').split('/').at(-1)?.toLowerCase() ?? ''}-tp${String(facts.tensor_parallelism ?? 1)}-${workload}`;
  const manifest = [
    {
      id: facts.id,
      model: facts.model,
      hw: facts.hw,
      workload,
      mbt: facts.max_num_batched_tokens,
      cpu_offload: facts.cpu_offload ?? (facts.cpu_kv_blocks ?? 0) > 0,
      ...assumedFacts(facts),
      ...(facts.precision === undefined ? {} : { precision: facts.precision }),
      ...(facts.gpu_mem === undefined ? {} : { gpu_mem: facts.gpu_mem }),
      tp: facts.tensor_parallelism,
      dp: facts.dp ?? null,
      safe: 'safe',
      done: true,
      total_kv_blocks: facts.total_kv_blocks,
      ...(facts.cpu_kv_blocks === undefined ? {} : { cpu_kv_blocks: facts.cpu_kv_blocks }),
      notes: [`imported from ${run.facts.tool}`, ...measurement.lacks].join('; '),
    },
  ];
  const config = {
    model: facts.model,
    tensor_parallelism: facts.tensor_parallelism,
    max_model_len: facts.max_model_len,
    max_num_batched_tokens: facts.max_num_batched_tokens,
    max_num_seqs: facts.max_num_seqs,
  };
  const file = (path: string, text: string): FolderFile => ({ path: `${folder}/${path}`, text });
  const { stages, summary, requests } = measurement;
  return ok([
    { path: 'experiments.json', text: json(manifest) },
    file('exp-config.yaml', json(config)),
    file('profile.yaml', json(profileOf(measurement))),
    ...stages.map((stage, index) =>
      file(`results/stage_${String(index)}_lifecycle_metrics.json`, json(lifecycleOf(stage, measurement))),
    ),
    file('results/summary_lifecycle_metrics.json', json(lifecycleOf(summary, measurement))),
    ...(requests?.startS === undefined ? [] : [file('results/per_request.csv', requestsCsv(requests))]),
  ]);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

function lifecycleOf(stage: StageMetrics, { profile, requests }: Measurement) {
  const { e2e, ttft, throughput } = stage;
  const seconds = ({ mean, p90, p99 }: LatencyDistribution) => ({
    mean: inSeconds(mean),
    p90: inSeconds(p90),
    p99: inSeconds(p99),
  });
  const perRequest = (tokensPerSec: number): number => tokensPerSec / throughput.requestsPerSec;
  return {
    load_summary: {
      count: requests?.count ?? stage.numRequests,
      requested_rate: stage.rateRps,
      send_duration: stage.durationS,
    },
    successes: {
      count: stage.numRequests,
      latency: { request_latency: seconds(e2e), time_to_first_token: seconds(ttft) },
      throughput: {
        input_tokens_per_sec: throughput.inputTokensPerSec,
        output_tokens_per_sec: throughput.outputTokensPerSec,
        requests_per_sec: throughput.requestsPerSec,
      },
      prompt_len: { mean: perRequest(throughput.inputTokensPerSec) || profile.questionLen },
      output_len: { mean: perRequest(throughput.outputTokensPerSec) || profile.outputLen },
    },
    failures: { count: (requests?.count ?? stage.numRequests) - stage.numRequests },
  };
}

const inSeconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

function profileOf({ profile }: Measurement) {
  return {
    load: {
      type: profile.rebuilt?.kind === 'measured' ? 'trace_replay' : 'constant',
      stages: profile.stages.map(({ rateRps, durationS }) => ({ rate: rateRps, duration: durationS })),
    },
    data: {
      type: profile.dataType,
      shared_prefix: {
        num_unique_system_prompts: profile.numUniqueSystemPrompts,
        num_users_per_system_prompt: profile.numUsersPerSystemPrompt,
        system_prompt_len: profile.systemPromptLen,
        question_len: profile.questionLen,
        output_len: profile.outputLen,
        enable_multi_turn_chat: profile.enableMultiTurnChat,
      },
    },
  };
}

/** Only with recorded start times: arrivals are not invented. */
function requestsCsv(requests: MeasuredRequests): string {
  const whole = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : String(Math.round(value));
  const lines = Array.from({ length: requests.count }, (_, row) =>
    [
      row,
      whole(requests.arrivalUs[row]),
      requests.inputTokens[row],
      requests.outputTokens[row],
      whole(requests.ttftUs[row]),
      whole(requests.e2eUs[row]) || '0',
      requests.failed[row],
    ].join(','),
  );
  return ['index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error', ...lines, ''].join('\n');
}
