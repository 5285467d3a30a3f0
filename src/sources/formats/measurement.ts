// An imported run as a measurement: everything an experiment holds but the facts about its server. Rows give one stage with the
// load generator's statistics (validator spec 4); a file of aggregates gives what it states. No value is invented: where the load is
// not on record, the sentence on what is done instead stands in `lacks`.

import { fail, ok, type Result } from '../../base/result';
import { mean, percentilesInPlace } from '../../base/selection';
import {
  OUTCOMES,
  SUMMARY_STAGE,
  type LatencyDistribution,
  type LoadProfile,
  type MeasuredRequests,
  type RebuiltArrivals,
  type StageMetrics,
} from '../../domain/experiment';
import type { Figure, ImportedRun, RequestRows, RunFacts } from './run-record';

export interface Measurement {
  readonly profile: LoadProfile;
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
  readonly requests?: MeasuredRequests;
  /** What the file does not say, and what is done instead; a sentence each. */
  readonly lacks: readonly string[];
}

const US_PER_S = 1e6;
const MS_PER_S = 1e3;

/** Fails where the run has no successful request, no lengths, or no load at all. */
export function measurementOf(run: ImportedRun): Result<Measurement> {
  if (run.notMeasured !== undefined) return fail({ code: 'not-supported', message: run.notMeasured });
  return run.rows === undefined ? fromAggregates([run], run) : fromRows(run.rows, run.facts);
}

const noLoad = (): Result<never> =>
  fail({
    code: 'missing-key',
    field: 'duration',
    message: 'The run has neither start times nor a duration, so its load is unknown.',
  });

interface Load {
  readonly rateRps: number;
  readonly durationS: number;
  readonly arrivals: RebuiltArrivals;
  readonly lacks: readonly string[];
}

function fromRows(rows: RequestRows, facts: RunFacts): Result<Measurement> {
  if (!rows.status.includes('ok')) {
    return fail({
      code: 'not-supported',
      message: 'The file holds no successful request: there is nothing to compare with.',
    });
  }
  const load = loadOf(rows, facts);
  if (load === undefined) return noLoad();
  const answered = rowsWhere(rows, 'ok');
  const stage = stageOf(rows, answered, load);
  if (stage.ttft.mean === undefined && stage.e2e.mean === undefined) {
    return fail({ code: 'not-supported', message: 'The file holds no latency of a successful request.' });
  }
  const lengths = { input: meanOf(rows.inputTokens, answered), output: meanOf(rows.outputTokens, answered) };
  const hasLengths = isKnown(rows.inputTokens, answered) && isKnown(rows.outputTokens, answered);
  if (!(lengths.input >= 0) || !(lengths.output >= 0)) {
    const which = lengths.input >= 0 ? 'replies' : 'prompts';
    return fail({
      code: 'missing-key',
      field: lengths.input >= 0 ? 'output tokens' : 'input tokens',
      message: `The file does not say how many tokens its ${which} have, so the load cannot be made again.`,
    });
  }
  const profile = profileOf([load], lengths, hasLengths ? load.arrivals : undefined);
  return ok({
    profile,
    stages: [stage],
    summary: { ...stage, stageIndex: SUMMARY_STAGE, rateRps: 0, durationS: 0 },
    ...(hasLengths ? { requests: requestsOf(rows, load) } : {}),
    lacks: [...load.lacks, ...rowLacks(rows, facts, hasLengths)],
  });
}

/** What the rows leave open, apart from the load. */
function rowLacks(rows: RequestRows, facts: RunFacts, hasLengths: boolean): string[] {
  const lacks: string[] = [];
  if (!hasLengths)
    lacks.push('Some answered requests have no token counts: every request gets the mean lengths.');
  if (facts.gaps === 'request-means')
    lacks.push('No gaps between tokens, only one mean a request: ITL percentiles are not measured.');
  if (facts.gaps === 'none') lacks.push('No gaps between tokens: ITL is (E2E − TTFT) / (output tokens − 1).');
  if (facts.tokenCounts === 'chunks')
    lacks.push('No token counts of replies: their chunks are counted instead.');
  if (facts.tokenCounts === 'client')
    lacks.push('Token counts are the client’s, which may tokenise otherwise than the server.');
  const empty = rows.status.filter((status) => status === 'empty').length;
  if (empty > 0)
    lacks.push(
      `${empty} ${empty === 1 ? 'request' : 'requests'} succeeded without a token and count in no mean.`,
    );
  return lacks;
}

/**
 * The requested rate where requests were sent on a schedule, else the achieved one; so long that the profile sends every request.
 * Absent without a rate, start times and a duration.
 */
function loadOf(rows: RequestRows, facts: RunFacts): Load | undefined {
  const { requestRateRps: asked, durationS, burstiness = 1 } = facts;
  const { count } = rows;
  const isScheduled = asked !== undefined && Number.isFinite(asked) && asked > 0;
  const starts = rows.startS.filter((value) => !Number.isNaN(value));
  const span = starts.reduce((most, value) => Math.max(most, value), 0);
  const seconds = durationS ?? (span > 0 ? span : undefined);
  const rateRps = isScheduled ? asked : seconds === undefined || seconds <= 0 ? undefined : count / seconds;
  if (rateRps === undefined) return undefined;
  const load = { rateRps, durationS: count / rateRps };
  if (starts.length === count) return { ...load, arrivals: { kind: 'measured' }, lacks: [] };
  const isAtOnce = asked === Infinity && facts.maxConcurrency === undefined;
  if (isAtOnce) {
    const words = 'No start times: all requests are taken to arrive at once, as the rate “inf” sends them.';
    return { ...load, arrivals: { kind: 'at-once' }, lacks: [words] };
  }
  if (isScheduled && facts.maxConcurrency === undefined) {
    const shape = burstiness === 1 ? 'Poisson' : `gamma, shape ${burstiness}`;
    return {
      ...load,
      arrivals: { kind: 'drawn', burstiness },
      lacks: [
        `No start times: arrivals are drawn at ${shown(rateRps)} req/s (${shape}), as the tool does. An assumption.`,
      ],
    };
  }
  const limit =
    facts.maxConcurrency === undefined ? '' : `, though at most ${facts.maxConcurrency} were open at a time`;
  return {
    ...load,
    arrivals: { kind: 'even' },
    lacks: [`No start times: requests are spread evenly at ${shown(rateRps)} req/s${limit}. An assumption.`],
  };
}

function profileOf(
  stages: readonly Pick<Load, 'rateRps' | 'durationS'>[],
  lengths: { readonly input: number; readonly output: number },
  rebuilt: RebuiltArrivals | undefined,
): LoadProfile {
  return {
    stages: stages.map(({ rateRps, durationS }) => ({ rateRps, durationS })),
    dataType: 'shared_prefix',
    hasSharedPrefixObject: true,
    questionLen: Math.max(1, Math.round(lengths.input)),
    systemPromptLen: 0,
    outputLen: Math.max(1, Math.round(lengths.output)),
    numUniqueSystemPrompts: 1,
    numUsersPerSystemPrompt: 1,
    enableMultiTurnChat: false,
    ...(rebuilt === undefined ? {} : { rebuilt }),
  };
}

const rowsWhere = (rows: RequestRows, wanted: string): number[] =>
  Array.from({ length: rows.count }, (_, row) => row).filter((row) => rows.status[row] === wanted);

const pick = (column: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows.map((row) => column[row] ?? NaN).filter((value) => !Number.isNaN(value)));

const meanOf = (column: Float64Array, rows: readonly number[]): number => mean(pick(column, rows));
const isKnown = (column: Float64Array, rows: readonly number[]): boolean =>
  rows.every((row) => !Number.isNaN(column[row] ?? NaN));

/** ms, from s. */
function distribution(column: Float64Array, rows: readonly number[]): LatencyDistribution {
  const values = pick(column, rows).map((value) => value * MS_PER_S);
  if (values.length === 0) return {};
  const average = mean(values);
  const [p90 = NaN, p99 = NaN] = percentilesInPlace(values, [0.9, 0.99]);
  return { mean: average, p90, p99 };
}

function stageOf(rows: RequestRows, answered: readonly number[], load: Load): StageMetrics {
  const e2e = distribution(rows.e2eS, answered);
  const ttft = distribution(rows.ttftS, answered);
  const sum = (column: Float64Array): number =>
    pick(column, answered).reduce((total, value) => total + value, 0);
  const last = answered.reduce((most, row) => {
    const end = (rows.startS[row] ?? NaN) + (rows.e2eS[row] ?? NaN);
    return end > most ? end : most;
  }, 0);
  const seconds = last > 0 ? last : load.durationS;
  return {
    stageIndex: 0,
    rateRps: load.rateRps,
    durationS: load.durationS,
    numRequests: answered.length,
    e2e,
    ttft,
    itl: derivedItl(e2e.mean, ttft.mean, meanOf(rows.outputTokens, answered)),
    throughput: {
      inputTokensPerSec: sum(rows.inputTokens) / seconds,
      outputTokensPerSec: sum(rows.outputTokens) / seconds,
      requestsPerSec: answered.length / seconds,
    },
  };
}

/** The load generator's definition: from three means, ms. */
function derivedItl(
  e2e: number | undefined,
  ttft: number | undefined,
  outputTokens: number,
): LatencyDistribution {
  if (e2e === undefined || ttft === undefined || !(outputTokens > 0)) return {};
  return { mean: (e2e - ttft) / Math.max(outputTokens - 1, 1) };
}

/** Rows in file order. Arrivals that are not on record are the k-th request's expected time. */
function requestsOf(rows: RequestRows, load: Load): MeasuredRequests {
  const { count } = rows;
  const whole = (column: Float64Array): Uint32Array =>
    Uint32Array.from(column, (value) => (Number.isNaN(value) ? 0 : Math.round(value)));
  const micros = (column: Float64Array): Float64Array => column.map((value) => Math.round(value * US_PER_S));
  const expected = (row: number): number =>
    load.arrivals.kind === 'at-once' ? 0 : Math.round((row / load.rateRps) * US_PER_S);
  const isMeasured = load.arrivals.kind === 'measured';
  return {
    count,
    ...(isMeasured ? { startS: rows.startS } : {}),
    arrivalUs: isMeasured
      ? micros(rows.startS)
      : Float64Array.from({ length: count }, (_, row) => expected(row)),
    inputTokens: whole(rows.inputTokens),
    outputTokens: whole(rows.outputTokens),
    ttftUs: micros(rows.ttftS),
    e2eUs: micros(rows.e2eS),
    failed: Uint8Array.from(rows.status, (status) =>
      status === 'ok' ? OUTCOMES.answered : status === 'empty' ? OUTCOMES.empty : OUTCOMES.failed,
    ),
  };
}

/** Stages and summary from files that state aggregates only. One run may be both. */
export function fromAggregates(
  stageRuns: readonly ImportedRun[],
  summaryRun: ImportedRun,
): Result<Measurement> {
  const summary = stated(summaryRun);
  if (summary.value('ttft_mean_ms') === undefined && summary.value('e2e_mean_ms') === undefined) {
    return fail({
      code: 'not-supported',
      message:
        'The file holds neither requests nor a mean TTFT or E2E latency: there is nothing to compare with.',
    });
  }
  const lengths = { input: summary.perRequest('input_tokens'), output: summary.perRequest('output_tokens') };
  if (!(lengths.input >= 0) || !(lengths.output >= 0)) {
    return fail({
      code: 'missing-key',
      field: 'tokens',
      message:
        'The file holds aggregates without the number of prompt and reply tokens, so the load cannot be made again.',
    });
  }
  const stages: StageMetrics[] = [];
  for (const [stageIndex, run] of stageRuns.entries()) {
    const stage = aggregateStage(run, stageIndex);
    if (stage === undefined) return noLoad();
    stages.push(stage);
  }
  const whole = aggregateStage(summaryRun, SUMMARY_STAGE, stages);
  if (whole === undefined) return noLoad();
  return ok({
    profile: profileOf(stages, lengths, undefined),
    stages,
    summary: { ...whole, rateRps: 0, durationS: 0 },
    lacks: [
      'Aggregates only: no request is on record, so every request gets the mean lengths at an even rate.',
      ...missingMetrics(whole),
    ],
  });
}

function missingMetrics({ e2e, ttft, itl }: StageMetrics): string[] {
  const parts = [
    ...(ttft.mean === undefined ? ['TTFT'] : []),
    ...(e2e.mean === undefined ? ['E2E'] : []),
    ...(itl.mean === undefined ? ['ITL'] : []),
  ];
  return parts.length === 0 ? [] : [`No mean ${parts.join(' and ')} is stated, so it is not compared.`];
}

function stated(run: ImportedRun) {
  const value = (figure: Figure): number | undefined =>
    run.reported.find((reported) => reported.figure === figure)?.value;
  const perRequest = (tokens: 'input_tokens' | 'output_tokens'): number => {
    const requests = value('requests');
    const sum = value(tokens);
    if (sum !== undefined && requests !== undefined && requests > 0) return sum / requests;
    return (value(`${tokens}_per_s`) ?? NaN) / (value('requests_per_s') ?? NaN);
  };
  return { value, perRequest };
}

function aggregateStage(
  run: ImportedRun,
  stageIndex: number,
  stages: readonly StageMetrics[] = [],
): StageMetrics | undefined {
  const { value, perRequest } = stated(run);
  const { facts } = run;
  const completed = value('requests');
  const achieved = value('requests_per_s');
  const asked = facts.requestRateRps;
  const isScheduled = asked !== undefined && Number.isFinite(asked) && asked > 0;
  const durationS = facts.durationS ?? (completed ?? NaN) / (achieved ?? NaN);
  const rateRps = isScheduled ? asked : (achieved ?? (completed ?? NaN) / durationS);
  const sent = facts.sentRequests ?? completed ?? rateRps * durationS;
  const isSummaryOfStages = stages.length > 0;
  if (!isSummaryOfStages && (!(rateRps > 0) || !(sent > 0))) return undefined;
  const of = (metric: 'ttft' | 'e2e'): LatencyDistribution => ({
    ...optionalNumber('mean', value(`${metric}_mean_ms`)),
    ...optionalNumber('p90', value(`${metric}_p90_ms`)),
    ...optionalNumber('p99', value(`${metric}_p99_ms`)),
  });
  const [e2e, ttft] = [of('e2e'), of('ttft')];
  const output = perRequest('output_tokens');
  const derived = derivedItl(e2e.mean, ttft.mean, output);
  const itl =
    derived.mean === undefined
      ? optionalNumber('mean', value('tpot_mean_ms') ?? value('itl_mean_ms'))
      : derived;
  return {
    stageIndex,
    rateRps,
    durationS: sent / rateRps,
    numRequests: completed ?? Math.round(sent),
    e2e,
    ttft,
    itl,
    throughput: {
      inputTokensPerSec: value('input_tokens_per_s') ?? perRequest('input_tokens') * (achieved ?? rateRps),
      outputTokensPerSec: value('output_tokens_per_s') ?? output * (achieved ?? rateRps),
      requestsPerSec: achieved ?? (completed ?? NaN) / durationS,
    },
  };
}

const optionalNumber = <K extends keyof LatencyDistribution>(
  key: K,
  value: number | undefined,
): LatencyDistribution => (value === undefined ? {} : { [key]: value });

const shown = (value: number): string => String(Number(value.toPrecision(3)));
