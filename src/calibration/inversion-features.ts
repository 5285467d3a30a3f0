// Direct inversion, first half: what each request's mean time per token saw of the batch. First- and last-token times of all
// requests already contain the batch history, so the mean number of decoders D and the mean sum S of their context lengths
// during any request's decoding are exact integrals of piecewise-linear functions of time. No simulation.
//
// Failed requests are invisible, so under overload D is a lower bound.

import type { PreparedRun, PreparedStage } from './prepared-run';

/** Means over the requests of one bin (or stage). */
export interface InversionPoint {
  /** Time per output token after the first, µs. */
  readonly stepUs: number;
  readonly decoders: number;
  readonly contextTokens: number;
  /** First tokens per step. */
  readonly firstTokens: number;
  readonly requests: number;
}

export interface StageFeatures {
  readonly stage: PreparedStage;
  readonly mean: InversionPoint;
  /** Bins of equal count, by ascending D. */
  readonly bins: readonly InversionPoint[];
}

const BINS = 8;
const FEWEST_REQUESTS = 50;
const FEWEST_OUTPUT_TOKENS = 16;

/** Time averages of D and S over each successful request's decoding, and first tokens per step. By request; NaN = none. */
function batchHistory(run: PreparedRun): {
  decoders: Float64Array;
  contextTokens: Float64Array;
  firstTokens: Float64Array;
} {
  const rows: number[] = [];
  for (let i = 0; i < run.count; i++) if (run.succeeded[i] !== 0) rows.push(i);
  const n = rows.length;
  // Events 2k (first token) and 2k + 1 (last token) of successful request k.
  const times = new Float64Array(2 * n);
  rows.forEach((row, k) => {
    const arrival = run.arrivalUs[row] ?? NaN;
    times[2 * k] = arrival + (run.ttftUs[row] ?? NaN);
    times[2 * k + 1] = arrival + (run.e2eUs[row] ?? NaN);
  });
  const order = Uint32Array.from(times, (_, event) => event);
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);

  // Integrals of D and S, and the number of first tokens, up to each event.
  const sumD = new Float64Array(2 * n);
  const sumS = new Float64Array(2 * n);
  const firsts = new Float64Array(2 * n);
  let clock = times[order[0] ?? 0] ?? 0;
  let decoders = 0;
  let context = 0;
  let growth = 0;
  let integralD = 0;
  let integralS = 0;
  let seen = 0;
  for (const event of order) {
    const row = rows[event >> 1] ?? 0;
    const time = times[event] ?? 0;
    const elapsed = time - clock;
    integralD += decoders * elapsed;
    integralS += (context + (growth * elapsed) / 2) * elapsed;
    context += growth * elapsed;
    clock = time;
    sumD[event] = integralD;
    sumS[event] = integralS;
    firsts[event] = seen;
    const input = run.inputTokens[row] ?? 0;
    const decoded = (run.outputTokens[row] ?? 1) - 1;
    const length = (run.e2eUs[row] ?? NaN) - (run.ttftUs[row] ?? NaN);
    const rate = length > 0 ? decoded / length : 0;
    if ((event & 1) === 0) {
      decoders += 1;
      context += input;
      growth += rate;
      seen += 1;
    } else {
      decoders -= 1;
      context -= input + rate * length;
      growth -= rate;
    }
  }

  const nan = (): Float64Array => new Float64Array(run.count).fill(NaN);
  const result = { decoders: nan(), contextTokens: nan(), firstTokens: nan() };
  rows.forEach((row, k) => {
    const first = 2 * k;
    const last = first + 1;
    const length = (times[last] ?? NaN) - (times[first] ?? NaN);
    const difference = (column: Float64Array): number => (column[last] ?? NaN) - (column[first] ?? NaN);
    result.decoders[row] = difference(sumD) / length;
    result.contextTokens[row] = difference(sumS) / length;
    result.firstTokens[row] = difference(firsts) / ((run.outputTokens[row] ?? 1) - 1);
  });
  return result;
}

/** Features of each stage that has enough usable requests: warm, successful, long enough to measure a step time. */
export function inversionFeatures(run: PreparedRun): StageFeatures[] {
  const history = batchHistory(run);
  const features: StageFeatures[] = [];
  for (const stage of run.stages) {
    const usable: number[] = [];
    for (let i = Math.max(stage.from, run.warmFrom); i < stage.to; i++) {
      const length = (run.e2eUs[i] ?? NaN) - (run.ttftUs[i] ?? NaN);
      if (run.succeeded[i] !== 0 && (run.outputTokens[i] ?? 0) >= FEWEST_OUTPUT_TOKENS && length > 0)
        usable.push(i);
    }
    if (usable.length < FEWEST_REQUESTS) continue;
    usable.sort((a, b) => (history.decoders[a] ?? 0) - (history.decoders[b] ?? 0));
    const average = (rows: readonly number[]): InversionPoint => {
      let stepUs = 0;
      let decoders = 0;
      let contextTokens = 0;
      let firstTokens = 0;
      for (const i of rows) {
        stepUs += ((run.e2eUs[i] ?? NaN) - (run.ttftUs[i] ?? NaN)) / ((run.outputTokens[i] ?? NaN) - 1);
        decoders += history.decoders[i] ?? NaN;
        contextTokens += history.contextTokens[i] ?? NaN;
        firstTokens += history.firstTokens[i] ?? NaN;
      }
      const n = rows.length;
      return {
        stepUs: stepUs / n,
        decoders: decoders / n,
        contextTokens: contextTokens / n,
        firstTokens: firstTokens / n,
        requests: n,
      };
    };
    const bins = Array.from({ length: BINS }, (_, bin) =>
      average(
        usable.slice(
          Math.floor((bin * usable.length) / BINS),
          Math.floor(((bin + 1) * usable.length) / BINS),
        ),
      ),
    );
    features.push({ stage, mean: average(usable), bins });
  }
  return features;
}
