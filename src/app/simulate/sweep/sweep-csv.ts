// A sweep as CSV: one row a run, full precision, what failed with its reason.

import { textCell } from '../../../report/record-csv';
import { STATISTICS, LATENCIES, latencyMs, type LatencyName, type Statistic } from './metrics';
import { expandRuns, seedOf, type Axis, type Cell } from './grid';
import type { RunState } from './run-state';

const number = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** @param runs in the order of `expandRuns`. */
export function sweepCsv(
  axes: readonly Axis[],
  cells: readonly Cell[],
  repeats: number,
  runs: readonly RunState[],
): string {
  const latencies = (Object.keys(LATENCIES) as LatencyName[]).flatMap((latency) =>
    (Object.keys(STATISTICS) as Statistic[]).map((statistic) => ({ latency, statistic })),
  );
  const isSeedSwept = axes.some(({ parameter }) => parameter.name === 'seed');
  const head = [
    ...axes.map(({ parameter }) => textCell(parameter.name)),
    ...(isSeedSwept ? [] : ['seed']),
    'state',
    'requests',
    'completed',
    ...latencies.map(({ latency, statistic }) => `${latency}_${statistic}_ms`),
    'output_tokens_per_s',
    'requests_per_s',
    'preemptions',
    'within_slo_share',
    'instances',
    'gpus',
    'duration_s',
    'workload_hash',
    'result_hash',
    'calibration',
    'problem',
  ];
  const rows = expandRuns(cells, repeats).map(({ cell, settings }, index) => {
    const at = cells[cell]?.at ?? [];
    const state = runs[index];
    const figures = state?.kind === 'done' ? state.figures : undefined;
    return [
      ...axes.map(({ values }, axis) => textCell(values[at[axis] ?? 0] ?? '')),
      ...(isSeedSwept ? [] : [seedOf(settings, 0)]),
      state?.kind ?? 'waiting',
      number(figures?.requests),
      number(figures?.completed),
      ...latencies.map(({ latency, statistic }) => number(figures && latencyMs(figures, latency, statistic))),
      number(figures?.outputTokensPerSec),
      number(figures?.requestsPerSec),
      number(figures?.preemptions),
      number(figures?.withinTargets),
      number(figures?.instances),
      number(figures?.gpus),
      number(figures?.durationS),
      figures?.workloadHash ?? '',
      figures?.resultHash ?? '',
      textCell(cells[cell]?.calibration ?? ''),
      state?.kind === 'failed' ? textCell(state.message) : '',
    ];
  });
  return [head, ...rows].map((cellsOfRow) => `${cellsOfRow.join(',')}\r\n`).join('');
}
