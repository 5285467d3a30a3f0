// The five BLIS adapters (sim-to-real 5b12a00 and dcec3fd, validator spec 8): one simulator under five latency models. Each expands
// the experiment's profile into requests, or replays the measured ones, runs the engine, and reads the results back per stage.

import { showCount } from '../../base/display';
import { fail, ok, type Result } from '../../base/result';
import type { Catalog } from '../../catalog/catalog';
import { findGpu, findModel } from '../../catalog/look-ups';
import type { Experiment, LoadProfile, RebuiltArrivals } from '../../domain/experiment';
import type { LatencyModelName } from '../../domain/latency';
import type { SimulatorResult } from '../../domain/prediction';
import type { RunResult } from '../../domain/run-result';
import type { Workload } from '../../domain/workload';
import { openRandomDoor } from '../../engine/random-door';
import { simulateLatencies } from '../../engine/simulate';
import { generateWorkload } from '../../workload/generate';
import { parseWorkloadSpec } from '../../workload/parse-spec';
import type { PromptReuse } from '../../workload/prompt-reuse';
import type { Adapter, AdapterContext, AdapterOptions, Eligibility } from '../adapter';
import { blisHardware, blisOptions } from './blis-command';
import { blisMetrics, outcomesOf } from './blis-stages';
import { measuredWorkload, noRequestsReason } from './measured-workload';
import { workloadSpecYaml } from './profile-workload';
import { resolveBlisOptions } from './resolve-options';

/** Where the requests come from. */
type Requests = 'profile' | 'measured';

type Question = {
  readonly experiment: Experiment;
  readonly model: LatencyModelName;
  readonly requests: Requests;
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
    refuses: ({ experiment, requests }) =>
      requests === 'measured' ? noRequestsReason(experiment) : goneRequests(experiment),
  },
];

/** A bundle carries no measured requests, and a profile made from them says less than they did. */
const goneRequests = ({ folder, profile, requests }: Experiment): string | undefined =>
  profile.rebuilt === undefined || requests !== undefined
    ? undefined
    : `${folder} is simulated from its measured requests, which are not here. Open its file.`;

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

/** Ends the name of a simulator that replays, so that both results of a model stay apart in every table and file. */
const REPLAY_SUFFIX = '-replayed';

const blisAdapter = (model: LatencyModelName, label: string, requests: Requests = 'profile'): Adapter => {
  const name = `blis-${model}${requests === 'measured' ? REPLAY_SUFFIX : ''}`;
  return {
    name,
    label: requests === 'measured' ? `${label}, replayed` : label,
    ...(requests === 'measured' ? { isReplay: true } : {}),
    canRun: (experiment, { catalog, options }) => canRun({ experiment, model, requests, catalog, options }),
    run: (experiment, context) => run(experiment, { name, model, requests }, context),
  };
};

const MODELS = [
  ['blackbox', 'BLIS Blackbox'],
  ['roofline', 'BLIS Roofline'],
  ['crossmodel', 'BLIS Crossmodel'],
  ['trained-roofline', 'BLIS Trained-Roofline'],
  ['trained-physics', 'BLIS Trained-Physics'],
] as const satisfies readonly (readonly [LatencyModelName, string])[];

export const BLIS_ADAPTERS: readonly Adapter[] = MODELS.map(([model, label]) => blisAdapter(model, label));

/** The same simulators on the measured requests, by the name of the one that reads the profile. */
export const BLIS_REPLAYS: ReadonlyMap<string, Adapter> = new Map(
  MODELS.map(([model, label]) => [`blis-${model}`, blisAdapter(model, label, 'measured')]),
);

async function run(
  experiment: Experiment,
  { name, model, requests }: { name: string; model: LatencyModelName; requests: Requests },
  context: AdapterContext,
): Promise<Result<SimulatorResult>> {
  const { options, catalog, wasm } = context;
  const resolved = resolveBlisOptions(blisOptions(experiment, model, options.mode), catalog);
  if (!resolved.ok) return resolved;
  // A profile made from rows says less than they do.
  const isFromRows = experiment.profile.rebuilt !== undefined && experiment.requests !== undefined;
  const drive =
    requests === 'measured' || isFromRows
      ? measuredRequests(experiment, context)
      : ok(profileRequests(experiment, context));
  if (!drive.ok) return drive;
  const { makeWorkload, notes } = drive.value;
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
    simulator: name,
    expId: experiment.expId,
    folder: experiment.folder,
    ...blisMetrics(windows, outcomes, { ...result.value.aggregate }),
    notes: [...notes, ...endNotes(result.value), ...resolved.value.warnings],
  });
}

/** What drives a run, and the sentences that say so. */
interface Drive {
  /** Called once for each simulation: a run uses up rounds that are drawn on demand. */
  readonly makeWorkload: () => Result<Workload>;
  readonly notes: readonly string[];
}

function profileRequests({ profile, folder }: Experiment, { options, wasm }: AdapterContext): Drive {
  return {
    makeWorkload: () => {
      const text = workloadSpecYaml(profile, options.multiTurn);
      const spec = parseWorkloadSpec(text, `the workload of ${folder}`);
      return spec.ok ? generateWorkload(spec.value, { random: openRandomDoor(wasm) }) : spec;
    },
    notes: readingNotes(profile, options),
  };
}

function measuredRequests(experiment: Experiment, { wasm }: AdapterContext): Result<Drive> {
  const made = measuredWorkload(experiment, openRandomDoor(wasm));
  if (!made.ok) return made;
  const { workload, prompts } = made.value;
  const note = REPLAY_NOTES[experiment.profile.rebuilt?.kind ?? 'measured'];
  return ok({ makeWorkload: () => ok(workload), notes: [note, promptNote(prompts)] });
}

const REPLAY_NOTES: Readonly<Record<RebuiltArrivals['kind'], string>> = {
  measured: 'Requests arrive as measured, with their measured prompt lengths.',
  'at-once': 'All requests arrive at once, as the benchmark sent them, with their measured lengths.',
  drawn: 'Arrivals are drawn as the benchmark tool draws them (an assumption); lengths are measured.',
  even: 'Arrivals are spread evenly (an assumption); lengths are measured.',
};

/** What the replay takes for the same prompt. */
function promptNote(prompts: PromptReuse): string {
  if (prompts.kind === 'periodic')
    return `Prompts repeat in turn after ${showCount(prompts.period)} requests, as their lengths show.`;
  return prompts.kind === 'distinct'
    ? 'No cycle of prompts shows in the lengths: requests share the system prompt only.'
    : 'Whether prompts repeat cannot be told from their even lengths: requests share the system prompt only.';
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

function readingNotes(profile: LoadProfile, options: AdapterOptions): string[] {
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
