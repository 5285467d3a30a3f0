// How many requests decode at once in a stage, mean and spread over time: tells how close a stage is to the slot limit.

import type { PreparedRun, PreparedStage } from './prepared-run';

/**
 * Time-weighted mean and standard deviation of the requests between first and last token while the stage's load is on:
 * from the arrival of its first quarter (the ramp-up is not the load) to its last arrival.
 */
export function runningRequests(
  run: PreparedRun,
  times: { readonly ttftUs: Float64Array; readonly e2eUs: Float64Array },
  stage: PreparedStage,
): { readonly mean: number; readonly deviation: number } {
  const begin = run.arrivalUs[stage.from + Math.floor((stage.to - stage.from) / 4)] ?? NaN;
  const end = run.arrivalUs[stage.to - 1] ?? NaN;
  const starts: number[] = [];
  const stops: number[] = [];
  for (let i = 0; i < stage.to; i++) {
    const arrival = run.arrivalUs[i] ?? NaN;
    const first = arrival + (times.ttftUs[i] ?? NaN);
    const last = arrival + (times.e2eUs[i] ?? NaN);
    if (last <= begin || !(first < end)) continue;
    starts.push(Math.max(first, begin));
    stops.push(Math.min(last, end));
  }
  const begins = Float64Array.from(starts).sort();
  const ends = Float64Array.from(stops).sort();
  let clock = begin;
  let running = 0;
  let next = 0;
  let weight = 0;
  let sum = 0;
  let squares = 0;
  for (const stop of ends) {
    const advance = (to: number): void => {
      const elapsed = to - clock;
      weight += elapsed;
      sum += running * elapsed;
      squares += running * running * elapsed;
      clock = to;
    };
    while (next < begins.length && (begins[next] ?? Infinity) <= stop) {
      advance(begins[next] ?? clock);
      running++;
      next++;
    }
    advance(stop);
    running--;
  }
  const mean = sum / weight;
  return { mean, deviation: Math.sqrt(Math.max(squares / weight - mean * mean, 0)) };
}
