// Latency statistics of one stage, measured or simulated, over the same successful requests. ms, as results are shown.

import { mean, percentilesInPlace } from '../base/selection';
import type { PreparedRun, PreparedStage } from './prepared-run';

/** Metrics of the calibration's results, in order. `itl_mean` = decode time over decode tokens, true lengths. */
export const FIT_METRICS = [
  'e2e_mean',
  'e2e_p90',
  'e2e_p99',
  'ttft_mean',
  'ttft_p90',
  'ttft_p99',
  'itl_mean',
] as const;
export type FitMetric = (typeof FIT_METRICS)[number];

/** ms; NaN where no request qualifies. */
export type StageValues = Readonly<Record<FitMetric, number>>;

export const REQUEST_SETS = ['warm', 'all'] as const;
/** `warm` leaves out the requests before prompts repeat; `all` = every successful request. */
export type RequestSet = (typeof REQUEST_SETS)[number];

interface Times {
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
}

const SHARES = [0.9, 0.99] as const;

/** Statistics of the successful requests of one stage. */
export function stageValues(
  run: PreparedRun,
  times: Times,
  stage: PreparedStage,
  set: RequestSet,
): StageValues {
  const from = set === 'warm' ? Math.max(stage.from, Math.min(run.warmFrom, stage.to)) : stage.from;
  const capacity = stage.to - from;
  const ttft = new Float64Array(capacity);
  const e2e = new Float64Array(capacity);
  let count = 0;
  let decodedTokens = 0;
  for (let i = from; i < stage.to; i++) {
    if (run.succeeded[i] === 0) continue;
    ttft[count] = times.ttftUs[i] ?? NaN;
    e2e[count] = times.e2eUs[i] ?? NaN;
    decodedTokens += (run.outputTokens[i] ?? 1) - 1;
    count++;
  }
  const ttftUs = ttft.subarray(0, count);
  const e2eUs = e2e.subarray(0, count);
  const ttftMean = mean(ttftUs);
  const e2eMean = mean(e2eUs);
  const [ttftP90 = NaN, ttftP99 = NaN] = percentilesInPlace(ttftUs, SHARES);
  const [e2eP90 = NaN, e2eP99 = NaN] = percentilesInPlace(e2eUs, SHARES);
  return {
    e2e_mean: e2eMean / 1000,
    e2e_p90: e2eP90 / 1000,
    e2e_p99: e2eP99 / 1000,
    ttft_mean: ttftMean / 1000,
    ttft_p90: ttftP90 / 1000,
    ttft_p99: ttftP99 / 1000,
    itl_mean: decodedTokens > 0 ? ((e2eMean - ttftMean) * count) / decodedTokens / 1000 : NaN,
  };
}

/** Median TTFT of successful requests in [from, to), ms; NaN when there is none. */
export function medianTtft(run: PreparedRun, times: Times, from: number, to: number): number {
  const values = times.ttftUs.slice(from, to).filter((_, i) => run.succeeded[from + i] !== 0);
  const [median = NaN] = percentilesInPlace(values, [0.5]);
  return median / 1000;
}
