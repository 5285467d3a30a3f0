// The quality checks of measurements (import-formats spec 8): what in the data would make a comparison say something else than it
// seems to. Limits are conventions and stand beside the sentences that use them.

import { OUTCOMES, rowsByArrival, type Experiment, type MeasuredRequests } from '../../domain/experiment';
import { median } from '../statistics/order';
import { CHECKS, type Finding, type MeanEffect } from './finding';
import { repeatedPrompts } from './repeated-prompts';
import { isSuccess, meanMs, rowsOfStages, successes } from './measured-means';

/** Every finding about an experiment, in the order of CHECKS. No finding = nothing to say. */
export function qualityFindings(experiment: Experiment): readonly Finding[] {
  const { requests } = experiment;
  const found: (Finding | undefined)[] = [sourceLimits(experiment), unsaturatedRate(experiment)];
  if (requests !== undefined && requests.count > 0) {
    found.push(
      failedRequests(requests),
      emptyRequests(requests),
      coldStart(requests),
      stalls(experiment, requests),
      impossibleTimes(requests),
      repeatedPrompts(experiment, requests),
      reTokenised(experiment, requests),
      countMismatch(experiment, requests),
      meanMismatch(experiment, requests),
      unsortedRows(requests),
    );
  }
  return found
    .filter((finding) => finding !== undefined)
    .sort((a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check));
}

/** What the file of a benchmark tool could not say. */
function sourceLimits({ source }: Experiment): Finding | undefined {
  if (source === undefined || source.lacks.length === 0) return undefined;
  return {
    check: 'source-limits',
    severity: 'note',
    count: source.lacks.length,
    of: source.lacks.length,
    firstRows: [],
    sentence: `${source.format}: ${source.lacks.join(' ')}`,
    effects: [],
  };
}

function failedRequests(requests: MeasuredRequests): Finding | undefined {
  const rows = rowsWhere(requests, (row) => requests.failed[row] === OUTCOMES.failed);
  if (rows.length === 0) return undefined;
  return about(requests, rows, {
    check: 'failed-requests',
    severity: 'warning',
    sentence: `${share(rows.length, requests.count)} failed. They count in no mean, so a server that drops work looks faster than it is.`,
    effects: [],
  });
}

function emptyRequests(requests: MeasuredRequests): Finding | undefined {
  const uncounted = rowsWhere(requests, (row) => requests.failed[row] === OUTCOMES.empty);
  if (uncounted.length > 0) {
    const { count, ttftUs } = requests;
    const mean = meanMs(requests, ttftUs);
    const answered = successes(requests, ttftUs).length;
    const asZero =
      mean === undefined
        ? ''
        : `; with them as 0 ms, as some tools count them, it is ${ms(((mean * answered) / (answered + uncounted.length)) * 1000)}`;
    return about(requests, uncounted, {
      check: 'empty-requests',
      severity: 'warning',
      sentence: `${share(uncounted.length, count)} ended without a single output token. They count in no mean${mean === undefined ? '' : `: TTFT mean ${ms(mean * 1000)}`}${asZero}.`,
      effects: [],
    });
  }
  const rows = rowsWhere(requests, (row) => isSuccess(requests, row) && requests.outputTokens[row] === 0);
  if (rows.length === 0) return undefined;
  return about(requests, rows, {
    check: 'empty-requests',
    severity: 'warning',
    sentence: `${share(rows.length, requests.count)} succeeded without a single output token. Their short times pull the means down.`,
    effects: meanEffects(requests, rows),
  });
}

/** Leading requests this many times slower than the median count as cold, among at most this many. */
const COLD_FACTOR = 3;
const COLD_WINDOW = 100;

function coldStart(requests: MeasuredRequests): Finding | undefined {
  const usual = median(successes(requests, requests.ttftUs));
  if (usual === undefined || usual <= 0) return undefined;
  const leading = [...rowsByArrival(requests).subarray(0, COLD_WINDOW)].filter((row) =>
    isSuccess(requests, row),
  );
  const firstWarm = leading.findIndex((row) => (requests.ttftUs[row] ?? 0) <= COLD_FACTOR * usual);
  const rows = firstWarm < 0 ? leading : leading.slice(0, firstWarm);
  if (rows.length === 0) return undefined;
  const slowest = Math.max(...rows.map((row) => requests.ttftUs[row] ?? 0));
  return about(requests, rows, {
    check: 'cold-start',
    severity: 'warning',
    sentence:
      `The first ${rows.length === 1 ? 'request' : `${rows.length} requests`} took more than ${COLD_FACTOR} × the median TTFT ` +
      `(up to ${ms(slowest)}, median ${ms(usual)}): warm-up that simulators do not model.`,
    effects: meanEffects(requests, rows),
  });
}

/** A pause of this many median gaps is a stall, if it also slows the whole reply by this factor. */
const STALL_GAPS = 100;
const STALL_FACTOR = 2;

/**
 * Per-token times are not kept, so a stall shows as decode time that the reply's tokens do not explain. Replies are taken to have
 * at least the planned length (clients count fewer tokens than the server made), and to be as fast as their stage's median.
 */
function stalls(experiment: Experiment, requests: MeasuredRequests): Finding | undefined {
  const { outputLen = 0, rebuilt } = experiment.profile;
  const planned = rebuilt === undefined ? outputLen : 0;
  const rows: number[] = [];
  let longestUs = 0;
  for (const stageRows of rowsOfStages(experiment, requests)) {
    const decodes = stageRows.flatMap((row) => {
      const gaps = Math.max(requests.outputTokens[row] ?? 0, planned) - 1;
      const decodeUs = (requests.e2eUs[row] ?? NaN) - (requests.ttftUs[row] ?? NaN);
      return gaps < 1 || !isSuccess(requests, row) || !Number.isFinite(decodeUs)
        ? []
        : [{ row, gaps, decodeUs }];
    });
    const usual = median(decodes.map(({ gaps, decodeUs }) => decodeUs / gaps)) ?? 0;
    if (usual <= 0) continue;
    for (const { row, gaps, decodeUs } of decodes) {
      const excess = decodeUs - gaps * usual;
      if (excess <= STALL_GAPS * usual || decodeUs <= STALL_FACTOR * gaps * usual) continue;
      rows.push(row);
      longestUs = Math.max(longestUs, excess);
    }
  }
  if (rows.length === 0) return undefined;
  rows.sort((a, b) => a - b);
  return about(requests, rows, {
    check: 'stalls',
    severity: 'warning',
    sentence:
      `${share(rows.length, requests.count)} spent more than ${STALL_GAPS} median token gaps beyond what their output explains, ` +
      `up to ${ms(longestUs)}.`,
    effects: meanEffects(requests, rows),
  });
}

function impossibleTimes(requests: MeasuredRequests): Finding | undefined {
  const rows = rowsWhere(requests, (row) => {
    if (!isSuccess(requests, row)) return false;
    const ttft = requests.ttftUs[row] ?? NaN;
    const e2e = requests.e2eUs[row] ?? NaN;
    // One microsecond of slack for times that were rounded on their way into the file.
    return ttft < 0 || e2e <= 0 || ttft > e2e + 1 || Number.isNaN(e2e);
  });
  if (rows.length === 0) return undefined;
  return about(requests, rows, {
    check: 'impossible-times',
    severity: 'warning',
    sentence: `${share(rows.length, requests.count)} have a negative time, no duration, or a first token after the last.`,
    effects: meanEffects(requests, rows),
  });
}

/** Below this share of the requested rate, throughput measures capacity and no longer repeats the offered load. */
const ACHIEVED_SHARE = 0.95;

function unsaturatedRate(experiment: Experiment): Finding | undefined {
  const short = experiment.stages.filter(
    ({ rateRps, throughput }) => rateRps > 0 && throughput.requestsPerSec < ACHIEVED_SHARE * rateRps,
  );
  if (short.length === 0) return undefined;
  const parts = short.map(
    ({ stageIndex, rateRps, throughput }) =>
      `stage ${stageIndex}: ${significant(throughput.requestsPerSec)} of ${significant(rateRps)} req/s`,
  );
  return {
    check: 'unsaturated-rate',
    severity: 'warning',
    count: short.length,
    of: experiment.stages.length,
    firstRows: [],
    sentence:
      `The server did not keep up with the requested rate (${parts.join('; ')}): below ${ACHIEVED_SHARE * 100} % latencies ` +
      'depend on how long the load lasted.',
    effects: [],
  };
}

function reTokenised(experiment: Experiment, requests: MeasuredRequests): Finding | undefined {
  const { questionLen, systemPromptLen, outputLen, rebuilt } = experiment.profile;
  // Lengths made from the rows are their means, not a plan.
  if (questionLen === undefined || rebuilt !== undefined) return undefined;
  const planned = questionLen + (systemPromptLen ?? 0);
  const rows = rowsWhere(
    requests,
    (row) => isSuccess(requests, row) && requests.inputTokens[row] !== planned,
  );
  const outputs = rowsWhere(
    requests,
    (row) => isSuccess(requests, row) && outputLen !== undefined && requests.outputTokens[row] !== outputLen,
  );
  if (rows.length === 0 && outputs.length === 0) return undefined;
  const sent = averageOf(
    requests.inputTokens,
    rowsWhere(requests, (row) => isSuccess(requests, row)),
  );
  const received = averageOf(
    requests.outputTokens,
    rowsWhere(requests, (row) => isSuccess(requests, row)),
  );
  const output =
    outputLen === undefined || outputs.length === 0
      ? ''
      : `; replies average ${significant(received)} tokens where ${outputLen} were asked for`;
  return {
    check: 're-tokenised-lengths',
    severity: 'note',
    count: Math.max(rows.length, outputs.length),
    of: requests.count,
    firstRows: firstThree(rows.length > 0 ? rows : outputs),
    sentence:
      `Prompts average ${significant(sent)} tokens where the profile plans ${planned}${output}. Simulators that read the profile ` +
      'serve the planned lengths.',
    effects: [],
  };
}

function countMismatch(experiment: Experiment, requests: MeasuredRequests): Finding | undefined {
  const succeeded = requests.count - rowsWhere(requests, (row) => !isSuccess(requests, row)).length;
  const stages = experiment.stages.reduce((sum, stage) => sum + stage.numRequests, 0);
  const { numRequests } = experiment.summary;
  if (succeeded === numRequests && stages === numRequests) return undefined;
  return {
    check: 'count-mismatch',
    severity: 'warning',
    count: Math.max(Math.abs(succeeded - numRequests), Math.abs(stages - numRequests)),
    of: requests.count,
    firstRows: [],
    sentence: `The summary counts ${numRequests} successful requests, the stages ${stages}, the per-request file ${succeeded}.`,
    effects: [],
  };
}

/** Reported and recomputed means may differ by this share. */
const MEAN_TOLERANCE = 0.005;

function meanMismatch(experiment: Experiment, requests: MeasuredRequests): Finding | undefined {
  const { ttft, e2e } = experiment.summary;
  const parts = [
    { name: 'TTFT', reported: ttft.mean, recomputed: meanMs(requests, requests.ttftUs) },
    { name: 'E2E', reported: e2e.mean, recomputed: meanMs(requests, requests.e2eUs) },
  ].flatMap(({ name, reported, recomputed }) => {
    if (reported === undefined || recomputed === undefined) return [];
    const isClose = Math.abs(recomputed - reported) <= MEAN_TOLERANCE * Math.abs(reported);
    return isClose
      ? []
      : [`${name} ${significant(reported)} ms reported, ${significant(recomputed)} ms recomputed`];
  });
  if (parts.length === 0) return undefined;
  return {
    check: 'mean-mismatch',
    severity: 'warning',
    count: parts.length,
    of: 2,
    firstRows: [],
    sentence: `Summary and per-request file disagree by more than 0.5 %: ${parts.join('; ')}.`,
    effects: [],
  };
}

function unsortedRows(requests: MeasuredRequests): Finding | undefined {
  const { arrivalUs } = requests;
  const rows = rowsWhere(requests, (row) => row > 0 && (arrivalUs[row] ?? 0) < (arrivalUs[row - 1] ?? 0));
  if (rows.length === 0) return undefined;
  return {
    check: 'unsorted-rows',
    severity: 'note',
    count: rows.length,
    of: requests.count,
    firstRows: firstThree(rows),
    sentence: `${share(rows.length, requests.count)} were sent before the row above them. Rows are kept in the file's order.`,
    effects: [],
  };
}

function about(
  requests: MeasuredRequests,
  rows: readonly number[],
  finding: Pick<Finding, 'check' | 'severity' | 'sentence' | 'effects'>,
): Finding {
  return { ...finding, count: rows.length, of: requests.count, firstRows: firstThree(rows), rows };
}

/** Measured means with and without some rows, where there are both and they differ. */
function meanEffects(requests: MeasuredRequests, rows: readonly number[]): readonly MeanEffect[] {
  const left = new Set(rows);
  return [
    { metric: 'TTFT mean', column: requests.ttftUs },
    { metric: 'E2E mean', column: requests.e2eUs },
  ].flatMap(({ metric, column }) => {
    const withMs = meanMs(requests, column);
    const withoutMs = meanMs(requests, column, (row) => !left.has(row));
    return withMs === undefined || withoutMs === undefined || withMs === withoutMs
      ? []
      : [{ metric, withMs, withoutMs }];
  });
}

function rowsWhere(requests: MeasuredRequests, holds: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) if (holds(row)) rows.push(row);
  return rows;
}

function averageOf(column: Uint32Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + (column[row] ?? 0), 0) / Math.max(1, rows.length);
}

function firstThree(rows: readonly number[]): readonly number[] {
  return rows.slice(0, 3).map((row) => row + 1);
}

function share(count: number, of: number): string {
  return `${count} of ${of} requests`;
}

function ms(us: number): string {
  return `${significant(us / 1000)} ms`;
}

/** Three significant digits, whole numbers from 100. */
function significant(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
