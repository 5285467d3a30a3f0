// An imported run as an experiment folder in the layout of our own ground truth (validator spec 2 and 3), so that it is validated
// by the same code as any other measurement. What the run does not say about the server must be answered by the user; nothing is
// guessed. The load becomes one stage, and every request of the profile gets the mean lengths: an assumption, stated in the manifest.

import { fail, ok, type Result } from '../../base/result';
import { mean, percentilesInPlace } from '../../base/selection';
import type { ImportedRun, RequestRows, RunFacts } from './run-record';

/** Facts about the server under the names of `exp-config.yaml` and `experiments.json`. */
export interface ServerFacts {
  readonly id?: number;
  readonly model?: string;
  readonly hw?: string;
  readonly tensor_parallelism?: number;
  readonly max_model_len?: number;
  readonly max_num_batched_tokens?: number;
  readonly max_num_seqs?: number;
  readonly precision?: string;
  readonly gpu_mem?: number;
  readonly total_kv_blocks?: number;
  readonly cpu_kv_blocks?: number;
  readonly dp?: number;
  readonly cpu_offload?: boolean;
  readonly workload?: string;
}

const REQUIRED = [
  'id',
  'model',
  'hw',
  'tensor_parallelism',
  'max_model_len',
  'max_num_batched_tokens',
  'max_num_seqs',
  'precision',
  'gpu_mem',
  'total_kv_blocks',
] as const satisfies readonly (keyof ServerFacts)[];

export interface FolderFile {
  /** Relative to the folder that holds experiments. */
  readonly path: string;
  readonly text: string;
}

const HARDWARE: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/H100/i, 'H100'],
  [/A100/i, 'A100-80GB'],
  [/L40S/i, 'L40S'],
];

/** What the run itself says about its server. */
export function knownFacts({ facts }: ImportedRun): ServerFacts {
  const hardware = HARDWARE.find(([pattern]) => pattern.test(facts.gpu ?? ''))?.[1];
  return {
    ...(facts.model === undefined ? {} : { model: facts.model }),
    ...(hardware === undefined ? {} : { hw: hardware }),
    ...(facts.tensorParallel === undefined ? {} : { tensor_parallelism: facts.tensorParallel }),
    ...(facts.maxNumSeqs === undefined ? {} : { max_num_seqs: facts.maxNumSeqs }),
    ...(facts.maxNumBatchedTokens === undefined ? {} : { max_num_batched_tokens: facts.maxNumBatchedTokens }),
    ...(facts.kvBlocks === undefined ? {} : { total_kv_blocks: facts.kvBlocks }),
  };
}

/** The facts that still have to be asked for. */
export const missingFacts = (facts: ServerFacts): readonly string[] =>
  REQUIRED.filter((name) => facts[name] === undefined);

/** The files of one experiment, its `experiments.json` included. `stated` wins over what the run says. */
export function experimentFolder(run: ImportedRun, stated: ServerFacts): Result<readonly FolderFile[]> {
  const facts = { ...knownFacts(run), ...stated };
  const missing = missingFacts(facts);
  if (missing.length > 0) {
    return fail({
      code: 'missing-key',
      field: missing.join(', '),
      message: `To serve as a measurement, the run needs facts about its server that the file does not hold: ${missing.join(', ')}.`,
    });
  }
  const { rows } = run;
  if (rows === undefined || !rows.status.includes('ok')) {
    return fail({
      code: 'not-supported',
      message:
        'The file holds aggregates only, or no successful request: it cannot serve as a measurement here.',
    });
  }
  const load = loadOf(rows, run.facts);
  if (load === undefined) {
    return fail({
      code: 'missing-key',
      field: 'duration',
      message: 'The run has neither start times nor a duration, so its load is unknown.',
    });
  }
  const workload = facts.workload ?? 'imported';
  const folder = `${String(facts.id ?? 0)}-${(facts.model ?? 'model').split('/').at(-1)?.toLowerCase() ?? ''}-tp${String(facts.tensor_parallelism ?? 1)}-${workload}`;
  const manifest = [
    {
      id: facts.id,
      model: facts.model,
      precision: facts.precision,
      hw: facts.hw,
      workload,
      mbt: facts.max_num_batched_tokens,
      cpu_offload: facts.cpu_offload ?? false,
      gpu_mem: facts.gpu_mem,
      tp: facts.tensor_parallelism,
      dp: facts.dp ?? null,
      safe: 'safe',
      done: true,
      total_kv_blocks: facts.total_kv_blocks,
      ...(facts.cpu_kv_blocks === undefined ? {} : { cpu_kv_blocks: facts.cpu_kv_blocks }),
      notes: `imported from ${run.facts.tool}; one stage, mean lengths in the profile`,
    },
  ];
  const config = {
    model: facts.model,
    tensor_parallelism: facts.tensor_parallelism,
    max_model_len: facts.max_model_len,
    max_num_batched_tokens: facts.max_num_batched_tokens,
    max_num_seqs: facts.max_num_seqs,
  };
  const lifecycle = json(lifecycleOf(rows, load));
  const file = (path: string, text: string): FolderFile => ({ path: `${folder}/${path}`, text });
  const requests = requestsCsv(rows);
  return ok([
    { path: 'experiments.json', text: json(manifest) },
    file('exp-config.yaml', json(config)),
    file('profile.yaml', json(profileOf(rows, load))),
    file('results/stage_0_lifecycle_metrics.json', lifecycle),
    file('results/summary_lifecycle_metrics.json', lifecycle),
    ...(requests === undefined ? [] : [file('results/per_request.csv', requests)]),
  ]);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

interface Load {
  readonly rateRps: number;
  readonly durationS: number;
}

/** The requested rate where there is one, else the achieved one; so long that the profile sends every request. */
function loadOf(rows: RequestRows, facts: RunFacts): Load | undefined {
  const asked = facts.requestRateRps;
  const lastStart = rows.startS.reduce((most, value) => (value > most ? value : most), 0);
  const seconds = facts.durationS ?? (lastStart > 0 ? lastStart : undefined);
  const rateRps =
    asked !== undefined && Number.isFinite(asked) && asked > 0
      ? asked
      : seconds === undefined
        ? undefined
        : rows.count / seconds;
  return rateRps === undefined ? undefined : { rateRps, durationS: rows.count / rateRps };
}

const okRows = (rows: RequestRows): number[] =>
  Array.from({ length: rows.count }, (_, row) => row).filter((row) => rows.status[row] === 'ok');

const pick = (column: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows.map((row) => column[row] ?? NaN).filter((value) => !Number.isNaN(value)));

function lifecycleOf(rows: RequestRows, load: Load) {
  const used = okRows(rows);
  const distribution = (column: Float64Array) => {
    const values = pick(column, used);
    const average = mean(values);
    const [p90, p99] = percentilesInPlace(values, [0.9, 0.99]);
    return { mean: average, p90, p99 };
  };
  const sum = (column: Float64Array): number => pick(column, used).reduce((total, value) => total + value, 0);
  const span = runSeconds(rows, load);
  return {
    load_summary: { count: rows.count, requested_rate: load.rateRps, send_duration: load.durationS },
    successes: {
      count: used.length,
      latency: { request_latency: distribution(rows.e2eS), time_to_first_token: distribution(rows.ttftS) },
      throughput: {
        input_tokens_per_sec: sum(rows.inputTokens) / span,
        output_tokens_per_sec: sum(rows.outputTokens) / span,
        requests_per_sec: used.length / span,
      },
      prompt_len: distribution(rows.inputTokens),
      output_len: distribution(rows.outputTokens),
    },
    failures: { count: rows.count - used.length },
  };
}

/** From first send to last token; the sending time without start times. */
function runSeconds(rows: RequestRows, load: Load): number {
  const last = okRows(rows).reduce((most, row) => {
    const end = (rows.startS[row] ?? NaN) + (rows.e2eS[row] ?? NaN);
    return end > most ? end : most;
  }, 0);
  return last > 0 ? last : load.durationS;
}

function profileOf(rows: RequestRows, load: Load) {
  const used = okRows(rows);
  const average = (column: Float64Array): number => Math.max(1, Math.round(mean(pick(column, used)) || 1));
  return {
    load: { type: 'constant', stages: [{ rate: load.rateRps, duration: load.durationS }] },
    data: {
      type: 'shared_prefix',
      shared_prefix: {
        num_unique_system_prompts: 1,
        num_users_per_system_prompt: 1,
        system_prompt_len: 0,
        question_len: average(rows.inputTokens),
        output_len: average(rows.outputTokens),
        enable_multi_turn_chat: false,
      },
    },
  };
}

const US_PER_S = 1e6;

/** Absent when the file has no start times or no token counts: arrivals are not invented. */
function requestsCsv(rows: RequestRows): string | undefined {
  const isKnown = (column: Float64Array): boolean => column.every((value) => !Number.isNaN(value));
  if (!isKnown(rows.startS) || !isKnown(rows.inputTokens)) return undefined;
  const whole = (value: number | undefined, scale: number): string =>
    String(Math.round((value ?? 0) * scale));
  const lines = Array.from({ length: rows.count }, (_, row) => {
    const isOk = rows.status[row] === 'ok';
    return [
      row,
      whole(rows.startS[row], US_PER_S),
      whole(rows.inputTokens[row], 1),
      whole(Number.isNaN(rows.outputTokens[row]) ? 0 : rows.outputTokens[row], 1),
      isOk ? whole(rows.ttftS[row], US_PER_S) : '',
      isOk ? whole(rows.e2eS[row], US_PER_S) : '0',
      isOk ? 0 : 1,
    ].join(',');
  });
  return ['index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error', ...lines, ''].join('\n');
}
