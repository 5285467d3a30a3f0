// How sure the averages are, for machines: coverage, an interval for every mean, and every pair of simulators compared on what both
// cover. Percent and percentage points; a value that does not exist is null.

import { METRICS, type MetricName } from '../domain/prediction';
import type { ErrorRow } from '../domain/record-rows';
import {
  commonExperiments,
  compareSimulators,
  coverageOf,
  meanError,
} from '../validation/statistics/coverage';
import { pairedSentence } from '../validation/statistics/paired';

export function statisticsJson(rows: readonly ErrorRow[]): unknown {
  const coverage = coverageOf(rows);
  const simulators = coverage.map(({ simulator }) => simulator);
  const metrics = METRICS.filter((metric) => rows.some((row) => row.metricName === metric));
  return {
    coverage: Object.fromEntries(coverage.map(({ simulator, covered, of }) => [simulator, { covered, of }])),
    mape: Object.fromEntries(
      simulators.map((simulator) => [
        simulator,
        Object.fromEntries(metrics.map((metric) => [metric, meanJson(rows, simulator, metric)])),
      ]),
    ),
    mape_common: Object.fromEntries(
      metrics.map((metric) => {
        const common = commonExperiments(rows, simulators, metric);
        const means = simulators.map((simulator) => [simulator, meanJson(rows, simulator, metric, common)]);
        return [metric, { experiments: common.size, ...Object.fromEntries(means) }];
      }),
    ),
    pairs: metrics.flatMap((metric) =>
      simulators.flatMap((first, index) =>
        simulators.slice(index + 1).flatMap((second) => pairJson(rows, first, second, metric)),
      ),
    ),
  };
}

function meanJson(
  rows: readonly ErrorRow[],
  simulator: string,
  metric: MetricName,
  within?: ReadonlySet<string>,
): unknown {
  const error = meanError(rows, simulator, metric, within);
  if (error === undefined) return null;
  const { mean, experiments, interval } = error;
  return { mean: finite(mean), experiments, low: finite(interval?.low), high: finite(interval?.high) };
}

function pairJson(rows: readonly ErrorRow[], first: string, second: string, metric: MetricName): unknown[] {
  const comparison = compareSimulators(rows, first, second, metric);
  if (comparison === undefined) return [];
  return [
    {
      metric,
      first,
      second,
      experiments: comparison.count,
      first_closer: comparison.winsA,
      second_closer: comparison.winsB,
      ties: comparison.ties,
      median_advantage: finite(comparison.medianAdvantage),
      low: finite(comparison.interval?.low),
      high: finite(comparison.interval?.high),
      sign_p: comparison.signP,
      wilcoxon_p: comparison.wilcoxonP,
      sentence: pairedSentence(comparison, first, second, metric),
    },
  ];
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
