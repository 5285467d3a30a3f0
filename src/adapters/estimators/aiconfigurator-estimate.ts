// The `aiconfigurator-estimate` adapter (sim-to-real, experiment/adapters/aiconfigurator_est.py): one sweep an experiment over batch
// sizes and context budgets, one row of it a stage. Two states of the study differ in what is eligible and in the cached prefix:
//   5b12a00   H100 only, no mixtures of experts, nothing cached
//   dcec3fd   also A100 and L40S, mixtures of experts (HYBRID mode), the system prompt cached
// Without measured tables the sweep is analytic (EMPIRICAL), and the result says so.

import { fail, ok, type Result } from '../../base/result';
import type { Catalog, CatalogModel } from '../../catalog/catalog';
import type { Experiment } from '../../domain/experiment';
import type { SimulatorResult } from '../../domain/prediction';
import type { Adapter, AdapterContext, AdapterOptions, StudyVersion } from '../adapter';
import { decide, hardwareIn, type Rule } from '../eligibility';
import { measuredTables } from './aiconfigurator/measured-tables';
import { parseAicModel, type AicModel, type ConfigJson } from './aiconfigurator/model-facts';
import { PerfDatabase, type DatabaseMode, type Provenance } from './aiconfigurator/perf-database';
import { QUANTISATION_PROFILES } from './aiconfigurator/quantisation';
import { sweep, type SweepRow } from './aiconfigurator/sweep';
import { findSystem } from './aiconfigurator/systems';
import { noArchitecture } from './llm-optimizer-estimate';
import { needsSharedPrefix, profileLengths } from './profile-lengths';
import { resultFromPoints, type OperatingPoint } from './stage-results';

const NAME = 'aiconfigurator-estimate';
const TTFT_LIMIT_MS = 150_000;

interface StudyRules {
  readonly systems: Readonly<Record<string, string>>;
  /** Models that the state of the study leaves out. */
  readonly excludedModels: readonly string[];
  readonly usesPrefix: boolean;
}

const STUDIES: Readonly<Record<StudyVersion, StudyRules>> = {
  '5b12a00': {
    systems: { H100: 'h100_sxm' },
    excludedModels: [
      'mistralai/Mixtral-8x7B-v0.1',
      'mistralai/Mixtral-8x22B-v0.1',
      'mistralai/Mixtral-8x22B-Instruct-v0.1',
      'RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic',
    ],
    usesPrefix: false,
  },
  dcec3fd: {
    systems: { H100: 'h100_sxm', 'A100-80GB': 'a100_sxm', L40S: 'l40s' },
    excludedModels: [],
    usesPrefix: true,
  },
};

/** Systems that either state of the study estimates. */
export const STUDY_SYSTEMS: readonly string[] = [
  ...new Set(Object.values(STUDIES).flatMap(({ systems }) => Object.values(systems))),
];

const PROFILE_OF: Readonly<Record<string, string>> = { FP16: 'bfloat16', FP8: 'fp8' };

const rulesOf = (study: StudyRules): readonly Rule[] => [
  hardwareIn(Object.keys(study.systems), 'AIConfigurator'),
  {
    cause: 'precision',
    refuses: ({ precision }) =>
      Object.hasOwn(PROFILE_OF, precision)
        ? undefined
        : `AIConfigurator is asked for FP16 or FP8; this experiment served ${precision}.`,
  },
  {
    cause: 'mixture',
    refuses: ({ model }) =>
      study.excludedModels.includes(model)
        ? `The study's state 5b12a00 leaves the mixture of experts ${model} out; its state dcec3fd runs it.`
        : undefined,
  },
  needsSharedPrefix,
];

const RULES: Readonly<Record<StudyVersion, readonly Rule[]>> = {
  '5b12a00': rulesOf(STUDIES['5b12a00']),
  dcec3fd: rulesOf(STUDIES.dcec3fd),
};

const studyOf = (options: AdapterOptions): StudyVersion => options.study ?? '5b12a00';

export const aiconfiguratorEstimate: Adapter = {
  name: NAME,
  label: 'AIConfigurator',
  usesTables: true,
  canRun: (experiment, { options }) => decide(RULES[studyOf(options)], experiment),
  run: estimate,
};

async function estimate(experiment: Experiment, context: AdapterContext): Promise<Result<SimulatorResult>> {
  const study = STUDIES[studyOf(context.options)];
  const lengths = profileLengths(experiment);
  const systemName = study.systems[experiment.hardware];
  const formats = QUANTISATION_PROFILES[PROFILE_OF[experiment.precision] ?? ''];
  if (lengths === undefined || systemName === undefined || formats === undefined) {
    return fail({ code: 'not-supported', message: `${NAME} cannot run ${experiment.folder}.` });
  }
  const system = findSystem(systemName);
  if (!system.ok) return system;
  const model = modelFor(experiment.model, context.catalog);
  if (!model.ok) return model;
  const measured =
    context.systems === undefined
      ? undefined
      : await measuredTables(context.systems, system.value, context.options.borrowVersions === true);
  const mode = modeFor(measured?.tables !== undefined, model.value, context.options);
  const database = new PerfDatabase(system.value, mode, measured?.tables);
  const table = sweep(model.value, experiment.tp, formats, database, {
    inputTokens: lengths.inputTokens,
    outputTokens: lengths.outputTokens,
    prefix: study.usesPrefix ? lengths.systemPromptTokens : 0,
    ttftLimitMs: TTFT_LIMIT_MS,
  });
  if (!table.ok) return table;
  const rows = table.value.rows.filter((row) => row.parallel.tp === experiment.tp);
  if (rows.length === 0) {
    return fail({
      code: 'bad-value',
      field: 'tp',
      message: `AIConfigurator's sweep has no row at tensor parallelism ${String(experiment.tp)} for ${experiment.model}.`,
    });
  }
  const points = rows.map((row) => pointOf(row, lengths));
  const notes = [
    restsOn(mode, measured?.tables?.label, table.value.provenance),
    ...(measured !== undefined && measured.tables === undefined ? [noTablesFor(system.value.name)] : []),
    ...(measured?.isSlice === true ? [SLICE_WARNING] : []),
    ...(measured?.problems.map((problem) => problem.message) ?? []),
  ];
  return resultFromPoints(NAME, experiment, points, notes, {
    mode,
    ...(measured?.tables === undefined ? {} : { tables: measured.tables.label }),
  });
}

/** Mixtures of experts have a router that no table holds, so that the study asks for HYBRID there. */
function modeFor(hasTables: boolean, model: AicModel, { tableGaps }: AdapterOptions): DatabaseMode {
  if (!hasTables) return 'EMPIRICAL';
  return model.moe === undefined && tableGaps !== 'estimate' ? 'SILICON' : 'HYBRID';
}

const noTablesFor = (system: string): string => `The loaded tables hold none of ${system}.`;

const SLICE_WARNING =
  'The tables are loose files: other models, precisions and parallel widths than they were cut for come out wrong without notice.';

function pointOf(row: SweepRow, lengths: { inputTokens: number; outputTokens: number }): OperatingPoint {
  return {
    label: `batch ${String(row.batch)}, ${String(row.contextTokens)} context tokens`,
    e2eMs: row.ttftMs + row.tpotMs * (lengths.outputTokens - 1),
    ttftMs: row.ttftMs,
    itlMs: row.tpotMs,
    throughput: {
      inputTokensPerSec: row.requestsPerSec * lengths.inputTokens,
      outputTokensPerSec: row.tokensPerSec,
      requestsPerSec: row.requestsPerSec,
    },
  };
}

/** Operators that have no tables in any mode, so that their formulas say nothing about the measurement. */
const ALWAYS_FORMULA = /embedding$|add_norm|act_gate|p2p$/;

/** One sentence: the mode, the tables, and the operators that were not measured. */
function restsOn(
  mode: DatabaseMode,
  tables: string | undefined,
  provenance: ReadonlyMap<string, Provenance | 'mixed'>,
): string {
  if (tables === undefined) return `AIConfigurator ${mode}: analytic, no measured tables.`;
  const estimated = [...provenance]
    .filter(([name, source]) => source !== 'silicon' && !ALWAYS_FORMULA.test(name))
    .map(([name, source]) => `${name} (${source})`);
  const rest =
    estimated.length === 0 ? 'every tabulated operator is measured' : `not measured: ${estimated.join(', ')}`;
  return `AIConfigurator ${mode}: measured tables ${tables}; ${rest}.`;
}

function modelFor(id: string, catalog: Catalog): Result<AicModel> {
  const entry = catalog.models.get(id.toLowerCase());
  if (entry === undefined) return fail(noArchitecture(id));
  const model = parseAicModel(configOf(entry), id);
  return model.ok ? ok(model.value) : model;
}

/** config.json names its class; the catalogue keeps `model_type`. */
const CLASS_OF: Readonly<Record<string, string>> = {
  llama: 'LlamaForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
  mimo: 'MiMoForCausalLM',
  mixtral: 'MixtralForCausalLM',
  gpt_oss: 'GptOssForCausalLM',
  qwen2_moe: 'Qwen2MoeForCausalLM',
  qwen3_moe: 'Qwen3MoeForCausalLM',
  minimax_m2: 'MiniMaxM2ForCausalLM',
};

function configOf({ modelType, architecture }: CatalogModel): ConfigJson {
  return {
    architectures: [CLASS_OF[modelType] ?? modelType],
    hidden_size: architecture.hidden,
    num_hidden_layers: architecture.layers,
    num_attention_heads: architecture.heads,
    num_key_value_heads: architecture.kvHeads,
    ...(architecture.statedHeadDim === undefined ? {} : { head_dim: architecture.statedHeadDim }),
    intermediate_size: architecture.ffn,
    vocab_size: architecture.vocab,
    ...(architecture.experts === 0
      ? {}
      : {
          num_local_experts: architecture.experts,
          num_experts_per_tok: architecture.expertsPerToken,
          ...(architecture.expertFfn === 0 ? {} : { moe_intermediate_size: architecture.expertFfn }),
        }),
  };
}
