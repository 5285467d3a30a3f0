// What a sweep can show of its runs, and how a figure reads.

import { showCount, showLatency, showPercent, showQuantity } from '../../../base/display';
import type { LatencyFigures, RunFigures } from '../../../domain/run-figures';

export const LATENCIES = { ttft: 'TTFT', itl: 'ITL', e2e: 'E2E' } as const;
export type LatencyName = keyof typeof LATENCIES;

export const STATISTICS = {
  mean: 'meanMs',
  p90: 'p90Ms',
  p95: 'p95Ms',
  p99: 'p99Ms',
} as const satisfies Record<string, keyof LatencyFigures>;
export type Statistic = keyof typeof STATISTICS;

export interface SweepMetric {
  readonly id: string;
  readonly label: string;
  /** '' = a count. */
  readonly unit: string;
  /** Drawn on a log axis. */
  readonly isLatency: boolean;
  /** Undefined where the run has no such figure. */
  read(figures: RunFigures): number | undefined;
  show(value: number): string;
}

export const latencyMs = (
  figures: RunFigures,
  latency: LatencyName,
  statistic: Statistic,
): number | undefined => figures[latency]?.[STATISTICS[statistic]];

export const latencyId = (latency: LatencyName, statistic: Statistic): string => `${latency}-${statistic}`;

const percent = (share: number): string => showPercent(100 * share);

export const SWEEP_METRICS: readonly SweepMetric[] = [
  ...(Object.keys(LATENCIES) as LatencyName[]).flatMap((latency) =>
    (Object.keys(STATISTICS) as Statistic[]).map((statistic) => ({
      id: latencyId(latency, statistic),
      label: `${LATENCIES[latency]} ${statistic}`,
      unit: 'ms',
      isLatency: true,
      read: (figures: RunFigures) => latencyMs(figures, latency, statistic),
      show: showLatency,
    })),
  ),
  {
    id: 'output-rate',
    label: 'Output rate',
    unit: 'tokens/s',
    isLatency: false,
    read: (figures) => figures.outputTokensPerSec,
    show: showQuantity,
  },
  {
    id: 'request-rate',
    label: 'Completed requests per second',
    unit: 'requests/s',
    isLatency: false,
    read: (figures) => figures.requestsPerSec,
    show: showLatency,
  },
  {
    id: 'preemptions',
    label: 'Preemptions',
    unit: '',
    isLatency: false,
    read: (figures) => figures.preemptions,
    show: showCount,
  },
  {
    id: 'completed',
    label: 'Completed share',
    unit: '%',
    isLatency: false,
    read: (figures) => (figures.requests > 0 ? figures.completed / figures.requests : undefined),
    show: percent,
  },
  {
    id: 'within',
    label: 'Share within the SLO',
    unit: '%',
    isLatency: false,
    read: (figures) => figures.withinTargets,
    show: percent,
  },
  {
    id: 'gpus',
    label: 'GPUs',
    unit: '',
    isLatency: false,
    read: (figures) => figures.gpus,
    show: showCount,
  },
];

export const DEFAULT_METRIC = latencyId('ttft', 'p99');

/** The default for an unknown id. */
export function metricOf(id: string | undefined): SweepMetric {
  const found =
    SWEEP_METRICS.find((metric) => metric.id === id) ??
    SWEEP_METRICS.find(({ id: own }) => own === DEFAULT_METRIC);
  if (found === undefined) throw new Error('The default metric is in the list.');
  return found;
}
