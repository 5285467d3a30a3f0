// One calibration from experiments to answers: prepare, fit (rows, else summaries, else the default vector), cross-validate,
// predict. Used alike by the page's worker and the command line.

import { fail, ok, type Result } from '../base/result';
import type { Problem } from '../base/problem';
import type { Experiment } from '../domain/experiment';
import { experimentIdentity } from '../domain/experiment-identity';
import { assessFit, type Assessment } from './assessment';
import { crossValidate, type CrossValidation } from './cross-validation';
import { DEFAULT_FIT, fitServer, unlikeFitted, type FitProgress, type ServerFit } from './fit';
import { predictWithBands, type Prediction, type RunPrediction } from './predict';
import { prepareRun, type HardwareFacts, type PrepareOptions } from './prepare';
import type { PreparedRun } from './prepared-run';
import { FIT_METRICS } from './run-metrics';
import { SimulatedRun } from './simulated-run';
import { fitSummaries, refusePrediction, simulatedSummary, type SummaryFit } from './summaries';
import { transferTo } from './transfer';
import { summaryStages, type SummaryStageRun } from './summary-stages';

export interface CalibrationRequest {
  readonly calibrate: readonly Experiment[];
  readonly predict: readonly Experiment[];
  readonly hardwareOf: (experiment: Experiment) => Result<HardwareFacts>;
  readonly options: PrepareOptions;
}

/** A prediction of an experiment; without rows it has no marks and only the set `all`. */
export interface ExperimentPrediction {
  readonly experiment: Experiment;
  readonly prediction: Pick<RunPrediction, 'predictions' | 'marks'>;
  /** Absent where arrivals were generated. */
  readonly run?: PreparedRun;
  readonly notes: readonly string[];
}

export interface Calibration {
  /** What the vector rests on. */
  readonly source: 'rows' | 'summaries' | 'default';
  readonly fit: ServerFit;
  /** Identities of everything that was fitted on, with or without rows: its errors are no accuracy. */
  readonly fittedOn: ReadonlySet<string>;
  readonly validation?: CrossValidation;
  /** Absent for the default vector. */
  readonly assessment?: Assessment;
  readonly predictions: readonly ExperimentPrediction[];
  /** Experiments that could not be predicted, with the reason. */
  readonly leftOut: readonly { readonly experiment: Experiment; readonly problem: Problem }[];
}

export type CalibrationProgress = FitProgress | { readonly phase: 'validation' | 'prediction' };

/** How a fit was reached. */
export interface FittedServer {
  readonly source: Calibration['source'];
  readonly fit: ServerFit;
  readonly summaries?: SummaryFit;
}

const hasRows = (experiment: Experiment): boolean => (experiment.requests?.count ?? 0) > 0;

/** Fits what the request names. */
export function* fitRequest(
  module: WebAssembly.Module,
  { calibrate, hardwareOf, options }: CalibrationRequest,
): Generator<FitProgress, Result<FittedServer>> {
  if (calibrate.length === 0) return ok({ source: 'default', fit: DEFAULT_FIT });
  if (calibrate.some(hasRows)) {
    const runs: PreparedRun[] = [];
    for (const experiment of calibrate) {
      const facts = hardwareOf(experiment);
      if (!facts.ok) return facts;
      const run = prepareRun(experiment, facts.value, options);
      if (!run.ok) return run;
      runs.push(run.value);
    }
    const fit = yield* fitServer(module, runs);
    return fit.ok ? ok({ source: 'rows', fit: fit.value }) : fit;
  }
  const stages: SummaryStageRun[] = [];
  for (const experiment of calibrate) {
    const facts = hardwareOf(experiment);
    if (!facts.ok) return facts;
    const own = summaryStages(experiment, facts.value, options);
    if (!own.ok) return own;
    stages.push(...own.value);
  }
  const keys = new Set(stages.map(({ replicas }) => replicas[0]?.deployment.key));
  if (keys.size > 1) {
    return fail({
      code: 'bad-value',
      message: `Summaries of different deployments (${[...keys].join('; ')}) cannot be fitted together; choose those of one.`,
    });
  }
  const fitted = yield* fitSummaries(module, stages);
  if (!fitted.ok) return fitted;
  const { vector, simulations, warnings } = fitted.value;
  const estimates = DEFAULT_FIT.estimates.map((estimate) => {
    const value = vector[estimate.name];
    return {
      ...estimate,
      value,
      movedSigmas: Math.log(value / estimate.priorValue) / estimate.priorSigma,
    };
  });
  return ok({
    source: 'summaries',
    summaries: fitted.value,
    fit: {
      ...DEFAULT_FIT,
      vector,
      estimates,
      deployments: [...keys].filter((key) => key !== undefined),
      simulations,
      warnings: [
        'No per-request rows: step times were not inverted, only six parameters were fitted.',
        ...warnings,
      ],
    },
  });
}

/** Predicts one experiment, from its rows or from generated arrivals. */
export function predictExperiment(
  module: WebAssembly.Module,
  experiment: Experiment,
  fitted: FittedServer,
  { hardwareOf, options }: Pick<CalibrationRequest, 'hardwareOf' | 'options'>,
): Result<ExperimentPrediction> {
  const facts = hardwareOf(experiment);
  if (!facts.ok) return facts;
  if (hasRows(experiment)) {
    const run = prepareRun(experiment, facts.value, options);
    if (!run.ok) return run;
    const simulated = SimulatedRun.create(module, run.value);
    if (!simulated.ok) return simulated;
    const isSeen = fitted.fit.runs.some(({ identity }) => identity === run.value.identity);
    const highest = fitted.summaries;
    const refused =
      highest === undefined
        ? []
        : run.value.stages.flatMap((stage) => refusePrediction(highest, stage) ?? []);
    const [message] = refused;
    if (message !== undefined) return fail({ code: 'not-supported', message });
    return ok({
      experiment,
      run: run.value,
      // A fit from summaries leaves no covariance to draw bands from.
      prediction:
        fitted.summaries === undefined
          ? predictWithBands(simulated.value, fitted.fit)
          : withoutBands(predictWithBands(simulated.value, fitted.fit)),
      notes: [
        ...run.value.notes,
        ...(simulated.value.isShortOfBlocks ? [SHORT_OF_BLOCKS] : []),
        ...transferTo(run.value.deployment, fitted.fit).notes,
        ...(isSeen || simulated.value.isShortOfBlocks ? [] : unlikeFitted(fitted.fit, run.value)),
      ],
    });
  }
  const assumed = withKnownReuse(options, fitted.fit);
  const stages = summaryStages(experiment, facts.value, assumed);
  if (!stages.ok) return stages;
  const predictions: Prediction[] = [];
  for (const { stageIndex, replicas, measured, stageMetrics } of stages.value) {
    const stage = replicas[0]?.stages[0];
    const refused =
      fitted.summaries === undefined || stage === undefined
        ? undefined
        : refusePrediction(fitted.summaries, stage);
    if (refused !== undefined) return fail({ code: 'not-supported', message: refused });
    const simulated: SimulatedRun[] = [];
    for (const run of replicas) {
      const each = SimulatedRun.create(module, run);
      if (!each.ok) return each;
      simulated.push(each.value);
    }
    const values = simulatedSummary(simulated, fitted.fit.vector);
    const all = {
      ...measured,
      e2e_p99: stageMetrics.e2e.p99,
      ttft_p99: stageMetrics.ttft.p99,
    };
    for (const metric of FIT_METRICS) {
      predictions.push({
        stageIndex,
        set: 'all',
        metric,
        predicted: values[metric],
        measured: all[metric] ?? NaN,
      });
    }
  }
  const deployment = stages.value[0]?.replicas[0]?.deployment;
  return ok({
    experiment,
    prediction: { predictions },
    notes: [
      'No per-request rows: arrivals and lengths are generated.',
      typeof assumed.promptPeriod === 'number'
        ? `${assumed.promptPeriod} distinct prompts are taken to repeat.`
        : 'Prompts are taken to be distinct; if they repeat, state how many there are.',
      ...(deployment === undefined ? [] : transferTo(deployment, fitted.fit).notes),
    ],
  });
}

const withoutBands = ({ predictions, ...prediction }: RunPrediction): RunPrediction => ({
  ...prediction,
  predictions: predictions.map(({ stageIndex, set, metric, predicted, measured }) => ({
    stageIndex,
    set,
    metric,
    predicted,
    measured,
  })),
});

const SHORT_OF_BLOCKS =
  'KV blocks run short in this run: requests wait for them, are preempted, or find their prompts evicted. A CPU tier of the cache is not followed.';

/** Where nothing is stated, prompts repeat as they did in the calibration runs. */
function withKnownReuse(options: PrepareOptions, fit: ServerFit): PrepareOptions {
  const reuse = fit.runs[0]?.reuse;
  return options.promptPeriod === undefined && reuse?.kind === 'periodic'
    ? { ...options, promptPeriod: reuse.period }
    : options;
}

/** Cross-validates a fit and predicts what the request names. */
export function* judgeAndPredict(
  module: WebAssembly.Module,
  request: CalibrationRequest,
  fitted: FittedServer,
): Generator<CalibrationProgress, Calibration> {
  const { fit, source } = fitted;
  let validation: CrossValidation | undefined;
  if (source === 'rows' && !fit.isRefit) {
    yield { phase: 'validation' };
    const validated = yield* crossValidate(module, fit.runs);
    if (validated.ok) validation = validated.value;
  }
  const predictions: ExperimentPrediction[] = [];
  const leftOut: { experiment: Experiment; problem: Problem }[] = [];
  for (const experiment of request.predict) {
    yield { phase: 'prediction' };
    const predicted = predictExperiment(module, experiment, fitted, request);
    if (predicted.ok) predictions.push(predicted.value);
    else leftOut.push({ experiment, problem: predicted.error });
  }
  return {
    source,
    fit,
    fittedOn: new Set(request.calibrate.map(experimentIdentity)),
    ...(validation === undefined ? {} : { validation }),
    ...(source === 'default' ? {} : { assessment: assessFit(fit, validation) }),
    predictions,
    leftOut,
  };
}
