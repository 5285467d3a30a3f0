// The `llmservingsim` adapter (sim-to-real, experiment/adapters/llmservingsim.py): reads back a finished run. Stages are told apart by
// arrival time: a stage holds the arrivals strictly before its end. Arrivals were accumulated in floating point by the study, so the
// first of a stage often lies 1 ns before the boundary and counts for the stage before; kept as it is.

import { fail, ok, type Result } from '../../base/result';
import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../../domain/experiment';
import type { SimulatorResult } from '../../domain/prediction';
import type { Proposal } from '../../sources/pre-run/associate';
import type { LlmServingSimRequests } from '../../sources/pre-run/llmservingsim-requests';
import { plannedTotal, sampledStages } from '../../sources/pre-run/planned-requests';
import { LLMSERVINGSIM_MODELS, LLMSERVINGSIM_MODELS_HEAD } from '../../sources/pre-run/simulator-names';
import type { Adapter, AdapterOptions, StudyVersion } from '../adapter';
import { hardwareIn, type Rule } from '../eligibility';
import { stageMetrics, type RequestOutcomes } from '../stage-statistics';
import { assignedTo, importEligibility, outsideLimits } from './assigned';
import { matchedSubset } from './matched-subset';
import { resultFromRows } from './row-results';

const NAME = 'llmservingsim';
const LABEL = 'LLMServingSim';

/** Tensor-parallel widths that were profiled on H100 at 5b12a00. */
const PROFILED_TP: Readonly<Record<string, readonly number[]>> = {
  'meta-llama/Llama-3.1-8B': [1, 2],
  'mistralai/Mixtral-8x7B-v0.1': [1, 2, 4],
};

const modelIn = (models: Readonly<Record<string, string>>): Rule => ({
  cause: 'model',
  refuses: ({ model }) =>
    Object.hasOwn(models, model)
      ? undefined
      : `LLMServingSim is profiled for ${Object.keys(models).join(', ')}; this experiment served ${model}.`,
});

const RULES: Readonly<Record<StudyVersion, readonly Rule[]>> = {
  '5b12a00': [
    hardwareIn(['H100'], LABEL),
    {
      cause: 'precision',
      refuses: ({ precision }) =>
        precision === 'FP16'
          ? undefined
          : `LLMServingSim computes in FP16; this experiment served ${precision}.`,
    },
    modelIn(LLMSERVINGSIM_MODELS),
    {
      cause: 'profile',
      refuses: ({ model, tp }) => {
        const profiled = PROFILED_TP[LLMSERVINGSIM_MODELS[model] ?? ''] ?? [];
        return profiled.includes(tp)
          ? undefined
          : `LLMServingSim has H100 profiles of ${model} for TP ${profiled.join(', ')}; this experiment used TP ${String(tp)}.`;
      },
    },
  ],
  dcec3fd: [
    modelIn(LLMSERVINGSIM_MODELS_HEAD),
    {
      cause: 'precision',
      refuses: ({ precision }) =>
        precision === 'FP16' || precision === 'FP8'
          ? undefined
          : `LLMServingSim has FP16 and FP8 profiles; this experiment served ${precision}.`,
    },
  ],
};

export const llmServingSimRules = (options: AdapterOptions): readonly Rule[] =>
  RULES[options.study ?? '5b12a00'];

export const llmServingSim: Adapter = {
  name: NAME,
  label: LABEL,
  isImported: true,
  canRun: (experiment, context) =>
    importEligibility(llmServingSimRules(context.options), NAME, LABEL, experiment, context),
  run: (experiment, context) =>
    Promise.resolve(read(experiment, assignedTo(context, NAME, experiment), context.options)),
};

function read(
  experiment: Experiment,
  proposal: Proposal | undefined,
  options: AdapterOptions,
): Result<SimulatorResult> {
  if (proposal === undefined) {
    return fail({
      code: 'missing-file',
      message: `No LLMServingSim result is assigned to ${experiment.folder}.`,
    });
  }
  const { result } = proposal;
  if (result.kind === 'rows') return resultFromRows(experiment, proposal, result.rows);
  if (result.kind !== 'llmservingsim') {
    return fail({
      code: 'bad-value',
      file: result.file,
      message: `${result.file} is no LLMServingSim result.`,
    });
  }
  const { requests } = result;
  const planned = plannedTotal(experiment.stages);
  const { stages, summary, buckets } = llmServingSimStages(experiment.stages, requests);
  const isSampled = requests.count < planned;
  const subset =
    isSampled && options.sampledRuns === 'matched'
      ? matchedSubset(experiment, requests, stages, buckets)
      : undefined;
  const { outputReading } = requests;
  return ok({
    simulator: NAME,
    expId: experiment.expId,
    folder: experiment.folder,
    stages,
    summary,
    ...(subset === undefined ? {} : { comparedWith: subset }),
    ...(proposal.wallClockSeconds === undefined ? {} : { wallClockSeconds: proposal.wallClockSeconds }),
    notes: [
      `Imported from ${result.file}: ${proposal.reason}`,
      ...(isSampled
        ? [
            `A sampled run: ${String(requests.count)} of ${String(planned)} requests; stage durations are shortened to match, and ${subset === undefined ? 'the measurement is whole' : 'the measurement is cut to the same requests (matched subset)'}.`,
          ]
        : []),
      ...(outputReading.isCertain ? [] : [`Output tokens: ${outputReading.reason}.`]),
      ...outsideLimits(llmServingSimRules(options), experiment),
      ...proposal.warnings,
    ],
  });
}

const NS_PER_S = 1e9;
const NS_PER_MS = 1e6;

type Window = Pick<StageMetrics, 'stageIndex' | 'rateRps' | 'durationS'>;

/** Stage metrics by arrival time; fewer rows than planned mean shorter stages. */
export function llmServingSimStages(
  windows: readonly Window[],
  requests: LlmServingSimRequests,
): {
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
  /** Rows of each stage. */
  readonly buckets: readonly (readonly number[])[];
} {
  const used = sampledStages(
    windows.map(({ stageIndex, rateRps, durationS }) => ({ stageIndex, rateRps, durationS })),
    requests.count,
  );
  const toMs = (ns: Float64Array): Float64Array => ns.map((value) => value / NS_PER_MS);
  const outcomes: RequestOutcomes = {
    e2eMs: toMs(requests.latencyNs),
    ttftMs: toMs(requests.ttftNs),
    itlMs: toMs(requests.tpotNs),
    inputTokens: requests.inputTokens,
    outputTokens: requests.generatedTokens,
  };
  const buckets = used.map((): number[] => []);
  const ends: number[] = [];
  let durationS = 0;
  for (const window of used) {
    durationS += window.durationS;
    ends.push(durationS * NS_PER_S);
  }
  const rows = Array.from({ length: requests.count }, (_, row) => row);
  for (const row of rows) {
    const arrival = requests.arrivalNs[row] ?? 0;
    const index = ends.findIndex((end) => arrival < end);
    buckets[index < 0 ? buckets.length - 1 : index]?.push(row);
  }
  return {
    stages: used.map((window, index) => stageMetrics(window, outcomes, buckets[index] ?? [])),
    summary: stageMetrics({ stageIndex: SUMMARY_STAGE, rateRps: 0, durationS }, outcomes, rows),
    buckets,
  };
}
