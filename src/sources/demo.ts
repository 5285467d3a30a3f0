// The bundled demonstration: measured experiments as one compact JSON document of our own, read into the same domain types as a
// folder. Tables are columns plus rows, so that a reader can check a figure without a program.

import { z } from 'zod';
import { checkJson, jsonCount, jsonNumber } from '../base/json-schema';
import { parseJson } from '../base/json';
import { fail, ok, type Result } from '../base/result';
import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../domain/experiment';

export const DEMO_FORMAT = 'plumbline-measurements';
const DEMO_VERSION = 1;

export interface DemoSource {
  readonly title: string;
  readonly origin: string;
  readonly remarks: readonly string[];
}

export interface Demo {
  readonly source: DemoSource;
  readonly experiments: readonly Experiment[];
}

const STAGE_COLUMNS = [
  'exp_id',
  'stage',
  'rate_rps',
  'duration_s',
  'requests',
  'e2e_mean_ms',
  'e2e_p90_ms',
  'e2e_p99_ms',
  'ttft_mean_ms',
  'ttft_p90_ms',
  'ttft_p99_ms',
  'itl_mean_ms',
  'input_tokens_per_s',
  'output_tokens_per_s',
  'requests_per_s',
] as const;

const experimentSchema = z.strictObject({
  exp_id: jsonCount(),
  folder: z.string(),
  model: z.string(),
  workload: z.string(),
  hardware: z.string(),
  precision: z.string(),
  tp: jsonCount(),
  dp: z.number().nullable(),
  max_model_len: jsonCount(),
  max_num_batched_tokens: jsonCount(),
  max_num_seqs: jsonCount(),
  total_kv_blocks: jsonCount(),
  cpu_kv_blocks: jsonCount(),
  cpu_offload: z.boolean(),
  gpu_mem_util: jsonNumber(0),
  safe: z.string(),
  data_type: z.string(),
  question_len: jsonCount(),
  system_prompt_len: jsonCount(),
  output_len: jsonCount(),
  num_unique_system_prompts: jsonCount(),
  num_users_per_system_prompt: jsonCount(),
  enable_multi_turn_chat: z.boolean(),
  ignore_eos: z.boolean(),
  warnings: z.array(z.string()),
});

const schema = z.strictObject({
  format: z.literal(DEMO_FORMAT),
  formatVersion: jsonCount(),
  source: z.strictObject({ title: z.string(), origin: z.string(), remarks: z.array(z.string()) }),
  experiments: z.array(experimentSchema),
  stages: z.strictObject({
    columns: z.array(z.enum(STAGE_COLUMNS)).length(STAGE_COLUMNS.length),
    rows: z.array(z.array(z.number()).length(STAGE_COLUMNS.length)),
  }),
});

type DemoExperiment = z.infer<typeof experimentSchema>;

export function readDemo(text: string, file: string): Result<Demo> {
  const value = parseJson(text, file);
  if (!value.ok) return value;
  const checked = checkJson(schema, { file, text, value: value.value });
  if (!checked.ok) return checked;
  const { formatVersion, source, experiments, stages } = checked.value;
  if (formatVersion > DEMO_VERSION) {
    return fail({
      code: 'not-supported',
      file,
      field: 'formatVersion',
      message: `${file} has format version ${formatVersion}; this Plumbline reads up to ${DEMO_VERSION}. Reload the page.`,
    });
  }
  const metrics = stages.rows.map((row) => stageOf(stages.columns, row));
  const read: Experiment[] = [];
  for (const experiment of experiments) {
    const own = metrics.filter(({ expId }) => expId === experiment.exp_id).map(({ stage }) => stage);
    const summary = own.find(({ stageIndex }) => stageIndex === SUMMARY_STAGE);
    if (summary === undefined) {
      return fail({
        code: 'missing-key',
        file,
        field: 'stages.rows',
        message: `${file}: experiment ${experiment.exp_id} has no summary row (stage ${SUMMARY_STAGE}).`,
      });
    }
    read.push(
      experimentOf(
        experiment,
        own.filter((stage) => stage !== summary),
        summary,
      ),
    );
  }
  return ok({ source, experiments: read });
}

function stageOf(
  columns: readonly (typeof STAGE_COLUMNS)[number][],
  row: readonly number[],
): { readonly expId: number; readonly stage: StageMetrics } {
  const cell = (name: (typeof STAGE_COLUMNS)[number]): number => row[columns.indexOf(name)] ?? NaN;
  return {
    expId: cell('exp_id'),
    stage: {
      stageIndex: cell('stage'),
      rateRps: cell('rate_rps'),
      durationS: cell('duration_s'),
      numRequests: cell('requests'),
      e2e: { mean: cell('e2e_mean_ms'), p90: cell('e2e_p90_ms'), p99: cell('e2e_p99_ms') },
      ttft: { mean: cell('ttft_mean_ms'), p90: cell('ttft_p90_ms'), p99: cell('ttft_p99_ms') },
      itl: { mean: cell('itl_mean_ms') },
      throughput: {
        inputTokensPerSec: cell('input_tokens_per_s'),
        outputTokensPerSec: cell('output_tokens_per_s'),
        requestsPerSec: cell('requests_per_s'),
      },
    },
  };
}

const experimentOf = (
  row: DemoExperiment,
  stages: readonly StageMetrics[],
  summary: StageMetrics,
): Experiment => ({
  expId: row.exp_id,
  folder: row.folder,
  model: row.model,
  tp: row.tp,
  workload: row.workload,
  maxModelLen: row.max_model_len,
  maxNumBatchedTokens: row.max_num_batched_tokens,
  maxNumSeqs: row.max_num_seqs,
  totalKvBlocks: row.total_kv_blocks,
  cpuKvBlocks: row.cpu_kv_blocks,
  kvSource: 'manifest',
  hardware: row.hardware,
  ...(row.dp === null ? {} : { dp: row.dp }),
  cpuOffload: row.cpu_offload,
  gpuMemUtil: row.gpu_mem_util,
  precision: row.precision,
  safe: row.safe,
  profile: {
    stages: stages.map(({ rateRps, durationS }) => ({ rateRps, durationS })),
    dataType: row.data_type,
    hasSharedPrefixObject: true,
    questionLen: row.question_len,
    systemPromptLen: row.system_prompt_len,
    outputLen: row.output_len,
    numUniqueSystemPrompts: row.num_unique_system_prompts,
    numUsersPerSystemPrompt: row.num_users_per_system_prompt,
    enableMultiTurnChat: row.enable_multi_turn_chat,
    ignoreEos: row.ignore_eos,
  },
  stages,
  summary,
  warnings: row.warnings,
});

/** The document for parsed experiments: one line an experiment, one line a stage. */
export function writeDemo({ source, experiments }: Demo): string {
  const lines = (rows: readonly unknown[]): string =>
    rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  const stages = experiments.flatMap((experiment) =>
    [...experiment.stages, experiment.summary].map((stage) => stageRow(experiment.expId, stage)),
  );
  return [
    '{',
    `  "format": ${JSON.stringify(DEMO_FORMAT)},`,
    `  "formatVersion": ${DEMO_VERSION},`,
    `  "source": ${JSON.stringify(source)},`,
    '  "experiments": [',
    lines(experiments.map(experimentRow)),
    '  ],',
    '  "stages": {',
    `    "columns": ${JSON.stringify(STAGE_COLUMNS)},`,
    '    "rows": [',
    lines(stages),
    '    ]',
    '  }',
    '}',
    '',
  ].join('\n');
}

function stageRow(expId: number, stage: StageMetrics): number[] {
  const { e2e, ttft, itl, throughput } = stage;
  const latencies = [e2e.mean, e2e.p90, e2e.p99, ttft.mean, ttft.p90, ttft.p99, itl.mean].map(
    (value) => value ?? NaN,
  );
  return [
    expId,
    stage.stageIndex,
    stage.rateRps,
    stage.durationS,
    stage.numRequests,
    ...latencies,
    throughput.inputTokensPerSec,
    throughput.outputTokensPerSec,
    throughput.requestsPerSec,
  ];
}

const experimentRow = (experiment: Experiment): DemoExperiment => ({
  exp_id: experiment.expId,
  folder: experiment.folder,
  model: experiment.model,
  workload: experiment.workload,
  hardware: experiment.hardware,
  precision: experiment.precision,
  tp: experiment.tp,
  dp: experiment.dp ?? null,
  max_model_len: experiment.maxModelLen,
  max_num_batched_tokens: experiment.maxNumBatchedTokens,
  max_num_seqs: experiment.maxNumSeqs,
  total_kv_blocks: experiment.totalKvBlocks,
  cpu_kv_blocks: experiment.cpuKvBlocks,
  cpu_offload: experiment.cpuOffload,
  gpu_mem_util: experiment.gpuMemUtil,
  safe: experiment.safe,
  data_type: experiment.profile.dataType ?? '',
  question_len: experiment.profile.questionLen ?? 0,
  system_prompt_len: experiment.profile.systemPromptLen ?? 0,
  output_len: experiment.profile.outputLen ?? 0,
  num_unique_system_prompts: experiment.profile.numUniqueSystemPrompts ?? 1,
  num_users_per_system_prompt: experiment.profile.numUsersPerSystemPrompt ?? 1,
  enable_multi_turn_chat: experiment.profile.enableMultiTurnChat ?? false,
  ignore_eos: experiment.profile.ignoreEos ?? false,
  warnings: [...experiment.warnings],
});
