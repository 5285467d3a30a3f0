// The measured counterpart of a sampled LLMServingSim run (sim-to-real dcec3fd, its "matched" records): simulated request n carries the
// token counts of measured request n, so a fair comparison takes the same requests on both sides. TTFT, E2E and TPOT are worked out
// per request; failed ones are left out. Measured requests ran at the measured rate: with several stages the pairing is by number,
// not by load.

import type { Experiment, StageMetrics } from '../../domain/experiment';
import type { MeasuredSubset } from '../../domain/prediction';
import type { LlmServingSimRequests } from '../../sources/pre-run/llmservingsim-requests';
import { stageMetrics, type RequestOutcomes } from '../stage-statistics';

/** Absent without per-request measurements. `buckets` are the simulated rows of each stage. */
export function matchedSubset(
  experiment: Experiment,
  simulated: LlmServingSimRequests,
  stages: readonly StageMetrics[],
  buckets: readonly (readonly number[])[],
): MeasuredSubset | undefined {
  const measured = experiment.requests;
  if (measured === undefined) return undefined;
  const outputTokens = Float64Array.from(measured.outputTokens);
  const toMs = (us: Float64Array): Float64Array => us.map((value) => value / 1000);
  const [e2eMs, ttftMs] = [toMs(measured.e2eUs), toMs(measured.ttftUs)];
  const outcomes: RequestOutcomes = {
    e2eMs,
    ttftMs,
    itlMs: e2eMs.map((e2e, row) => (e2e - (ttftMs[row] ?? NaN)) / Math.max((outputTokens[row] ?? 0) - 1, 1)),
    inputTokens: Float64Array.from(measured.inputTokens),
    outputTokens,
  };
  const numberOf = pairing(simulated, measured.count);
  const paired = (rows: readonly number[]): number[] =>
    rows.map(numberOf).filter((row) => row < measured.count && measured.failed[row] === 0);
  const windows = stages.map(({ stageIndex, rateRps, durationS }) => ({ stageIndex, rateRps, durationS }));
  const all = paired(Array.from({ length: simulated.count }, (_, row) => row));
  return {
    label: 'matched subset',
    stages: windows.map((window, index) => stageMetrics(window, outcomes, paired(buckets[index] ?? []))),
    summary: stageMetrics(
      { stageIndex: -1, rateRps: 0, durationS: windows.reduce((sum, { durationS }) => sum + durationS, 0) },
      outcomes,
      all,
    ),
  };
}

/** Request ids are positions in the workload; rows stand in order of completion. Files without usable ids pair row by row. */
function pairing({ requestId }: LlmServingSimRequests, measuredCount: number): (row: number) => number {
  const ids = requestId.map((id) => (/^\d+$/.test(id) ? Number(id) : NaN));
  const isUsable = ids.every((id) => id < measuredCount) && new Set(ids).size === ids.length;
  return isUsable ? (row) => ids[row] ?? row : (row) => row;
}
