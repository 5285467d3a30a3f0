// The five BLIS adapters (sim-to-real 5b12a00 and dcec3fd, validator spec 8): one simulator under five latency models. Each expands
// the experiment's profile into requests, or replays the measured ones, runs the engine, and reads the results back per stage.

import { fail, ok, type Result } from '../../base/result';
import type { Catalog } from '../../catalog/catalog';
import { findGpu, findModel } from '../../catalog/look-ups';
import type { Experiment } from '../../domain/experiment';
import type { LatencyModelName } from '../../domain/latency';
import type { SimulatorResult } from '../../domain/prediction';
import type { RunResult } from '../../domain/run-result';
import type { Workload } from '../../domain/workload';
import { openRandomDoor } from '../../engine/random-door';
import { simulateLatencies } from '../../engine/simulate';
import { generateWorkload } from '../../workload/generate';
import { parseWorkloadSpec } from '../../workload/parse-spec';
import type { Adapter, AdapterContext, AdapterOptions, Eligibility } from '../adapter';
import { blisHardware, blisOptions } from './blis-command';
import { blisMetrics, outcomesOf } from './blis-stages';
import { measuredWorkload } from './measured-workload';
import { workloadSpecYaml } from './profile-workload';
import { resolveBlisOptions } from './resolve-options';

type Question = {
  readonly experiment: Experiment;
  readonly model: LatencyModelName;
  readonly catalog: Catalog;
  readonly options: AdapterOptions;
};

interface BlisRule {
  readonly cause: string;
  /** The sentence, when the rule refuses. */
  readonly refuses: (question: Question) => string | undefined;
}

const sentence = (result: Result<unknown>): string | undefined =>
  result.ok ? undefined : result.error.message;

/** In order; the first that refuses decides. */
const RULES: readonly BlisRule[] = [
  {
    cause: 'coefficients',
    refuses: ({ experiment, model, catalog }) =>
      model === 'blackbox' && !hasCoefficientRow(experiment, catalog)
        ? `The regression model needs coefficients fitted to ${experiment.model} with TP ${experiment.tp} on ${experiment.hardware}; none were published.`
        : undefined,
  },
  {
    cause: 'model',
    refuses: ({ experiment, model, catalog }) =>
      model === 'blackbox' ? undefined : sentence(findModel(catalog, experiment.model)),
  },
  {
    cause: 'hardware',
    refuses: ({ experiment, model, catalog }) =>
      model === 'blackbox' ? undefined : sentence(findGpu(catalog, blisHardware(experiment.hardware))),
  },
  {
    cause: 'configuration',
    refuses: ({ experiment, model, catalog, options }) =>
      sentence(resolveBlisOptions(blisOptions(experiment, model, options.mode), catalog)),
  },
  {
    cause: 'requests',
    refuses: ({ experiment, options }) =>
      options.arrivals === 'measured' ? sentence(measuredWorkload(experiment)) : undefined,
  },
];

/** A row of model (whatever its case), TP and GPU with at least one overhead that is not zero; the vLLM version is not looked at. */
function hasCoefficientRow({ model, tp, hardware }: Experiment, catalog: Catalog): boolean {
  return catalog.blackboxRows.some(
    (row) =>
      row.model.toLowerCase() === model.toLowerCase() &&
      row.tp === tp &&
      row.gpu === blisHardware(hardware) &&
      row.alpha.some((value) => value !== 0),
  );
}

function canRun(question: Question): Eligibility {
  for (const { cause, refuses } of RULES) {
    const reason = refuses(question);
    if (reason !== undefined) return { canRun: false, cause, reason };
  }
  return { canRun: true };
}

const blisAdapter = (model: LatencyModelName, label: string): Adapter => ({
  name: `blis-${model}`,
  label,
  canRun: (experiment, { catalog, options }) => canRun({ experiment, model, catalog, options }),
  run: (experiment, context) => run(experiment, model, context),
});

export const BLIS_ADAPTERS: readonly Adapter[] = [
  blisAdapter('blackbox', 'BLIS Blackbox'),
  blisAdapter('roofline', 'BLIS Roofline'),
  blisAdapter('crossmodel', 'BLIS Crossmodel'),
  blisAdapter('trained-roofline', 'BLIS Trained-Roofline'),
  blisAdapter('trained-physics', 'BLIS Trained-Physics'),
];

async function run(
  experiment: Experiment,
  model: LatencyModelName,
  context: AdapterContext,
): Promise<Result<SimulatorResult>> {
  const { options, catalog, wasm } = context;
  const resolved = resolveBlisOptions(blisOptions(experiment, model, options.mode), catalog);
  if (!resolved.ok) return resolved;
  const makeWorkload = () => workloadOf(experiment, context);
  const result = await simulateLatencies(wasm, resolved.value.config, makeWorkload, hooksOf(context));
  if (!result.ok) return result;
  const ended = checkEnd(result.value);
  if (!ended.ok) return ended;
  const windows = experiment.stages.map(({ stageIndex, rateRps, durationS }) => ({
    stageIndex,
    rateRps,
    durationS,
  }));
  const outcomes = outcomesOf(result.value, options.mode === 'corrected');
  return ok({
    simulator: `blis-${model}`,
    expId: experiment.expId,
    folder: experiment.folder,
    ...blisMetrics(windows, outcomes, { ...result.value.aggregate }),
    notes: [...readingNotes(experiment, options), ...endNotes(result.value), ...resolved.value.warnings],
  });
}

function workloadOf(experiment: Experiment, { options, wasm }: AdapterContext): Result<Workload> {
  if (options.arrivals === 'measured') return measuredWorkload(experiment);
  const text = workloadSpecYaml(experiment.profile, options.multiTurn);
  const spec = parseWorkloadSpec(text, `the workload of ${experiment.folder}`);
  return spec.ok ? generateWorkload(spec.value, { random: openRandomDoor(wasm) }) : spec;
}

const hooksOf = ({ onProgress, isCancelled, breathe }: AdapterContext) => ({
  ...(onProgress === undefined ? {} : { onProgress }),
  ...(isCancelled === undefined ? {} : { isCancelled }),
  ...(breathe === undefined ? {} : { breathe }),
});

/** A run that stopped for a reason of its own has no result to compare. */
function checkEnd({ end }: RunResult): Result<void> {
  if (end.kind === 'cancelled') return fail({ code: 'cancelled', message: 'The run was cancelled.' });
  return end.kind === 'livelock' ? fail({ code: 'livelock', message: end.message }) : ok(undefined);
}

function readingNotes({ profile }: Experiment, options: AdapterOptions): string[] {
  if (options.arrivals === 'measured')
    return ['Requests arrive as measured, with their measured prompt lengths.'];
  if (profile.enableMultiTurnChat !== true) return [];
  return options.multiTurn === 'off'
    ? ['enable_multi_turn_chat is read as the load generator means it: single turns.']
    : ['enable_multi_turn_chat is read as BLIS does: one closed-loop session per client and stage.'];
}

function endNotes({ aggregate }: RunResult): string[] {
  const {
    timed_out_requests: timedOut,
    dropped_unservable: dropped,
    still_queued,
    still_running,
  } = aggregate;
  const open = still_queued + still_running;
  return [
    ...(timedOut > 0 ? [`${timedOut} simulated requests timed out.`] : []),
    ...(dropped > 0
      ? [`${dropped} simulated requests can never fit into the KV cache and were dropped.`]
      : []),
    ...(open > 0 ? [`${open} simulated requests had not finished at the end.`] : []),
  ];
}
