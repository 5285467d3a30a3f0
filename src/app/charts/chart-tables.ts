// What the verdict's charts show, as tables.

import type { Experiment, StageMetrics } from '../../domain/experiment';
import type { ErrorRecord } from '../../domain/prediction';
import { errorByLoad } from '../../report/verdict/error-by-load';
import type { PlumbRows } from '../../report/verdict/plumb-rows';
import type { ChartTable } from './chart-files';
import { simulatorStyle } from './simulator-style';

const labelOf = (name: string): string => simulatorStyle(name).label;

/** A row an experiment: what was measured, and predicted ÷ measured of each simulator. */
export const plumbTable = ({ groups }: PlumbRows, simulators: readonly string[]): ChartTable => ({
  head: ['Experiment', 'Model', 'Workload', 'Measured, ms', ...simulators.map(labelOf)],
  rows: groups.flatMap(({ key, rows }) =>
    rows.map(({ expId, folder, workload, marks }) => [
      expId === 0 ? folder : String(expId),
      key,
      workload,
      marks[0]?.measuredMs,
      ...simulators.map((name) => marks.find(({ simulator }) => simulator === name)?.ratio),
    ]),
  ),
});

/** A row the measurement or a simulator; summary over all stages, ms. */
export function latencyTable(
  experiment: Experiment,
  results: readonly {
    readonly name: string;
    readonly outcome: { readonly result: { readonly summary: StageMetrics } };
  }[],
  quantity: 'e2e' | 'ttft' | 'itl',
): ChartTable {
  const row = (label: string, summary: StageMetrics): ChartTable['rows'][number] => {
    const { mean, p90, p99 } = summary[quantity];
    return [label, mean, p90, p99];
  };
  return {
    head: ['', 'Mean, ms', 'p90, ms', 'p99, ms'],
    rows: [
      row('Measured', experiment.summary),
      ...results.map(({ name, outcome }) => row(labelOf(name), outcome.result.summary)),
    ],
  };
}

/** A row a simulator, a column a stage; signed errors in percent. */
export function loadTable(
  experiment: Experiment,
  records: readonly ErrorRecord[],
  simulators: readonly string[],
  metric: 'e2e_mean' | 'ttft_mean' | 'itl_mean',
): ChartTable {
  return {
    head: ['', ...experiment.stages.map(({ rateRps }) => `${String(rateRps)} req/s`)],
    rows: errorByLoad(experiment, records, simulators, metric).map(({ simulator, points }) => [
      labelOf(simulator),
      ...experiment.stages.map(
        ({ stageIndex }) => points.find((point) => point.stageIndex === stageIndex)?.percent,
      ),
    ]),
  };
}
