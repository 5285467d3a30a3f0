// The figures of the KPI strip as texts: value, unit, and where a run is pinned its value and the change against it.

import { showCount, showLatency, showQuantity, showSignedPercent } from '../../../base/display';
import type { LatencyRow, SimulatedRun } from '../../../domain/simulated-run';

export interface Kpi {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  /** A caveat beside the value. */
  readonly note: string;
  readonly isWarning: boolean;
  readonly reference?: KpiReference;
}

interface KpiReference {
  readonly value: string;
  /** Signed change in percent; '' where it is not defined. */
  readonly change: string;
  readonly isBetter: boolean | undefined;
}

interface Measure {
  readonly label: string;
  readonly of: (run: SimulatedRun) => number;
  readonly show: (value: number) => readonly [text: string, unit: string];
  readonly isLatency: boolean;
  /** The direction that serves users better; 0 = neither. */
  readonly better: -1 | 0 | 1;
}

/** ms, or s from 10 000 ms. */
function showDuration(ms: number): readonly [string, string] {
  if (Number.isNaN(ms)) return ['N/A', ''];
  return Math.abs(ms) >= 10_000 ? [showLatency(ms / 1000), 's'] : [showLatency(ms), 'ms'];
}

function latency(metric: LatencyRow['metric'], statistic: 'meanMs' | 'p99Ms', label: string): Measure {
  return {
    label,
    of: (run) => run.latencies.find((row) => row.metric === metric)?.[statistic] ?? NaN,
    show: showDuration,
    isLatency: true,
    better: -1,
  };
}

const MEASURES: readonly Measure[] = [
  latency('TTFT', 'meanMs', 'TTFT mean'),
  latency('TTFT', 'p99Ms', 'TTFT p99'),
  latency('ITL', 'meanMs', 'ITL mean'),
  latency('E2E', 'p99Ms', 'E2E p99'),
  {
    label: 'Output rate',
    of: (run) => run.outputTokensPerSec,
    show: (value) => [showQuantity(value), 'tok/s'],
    isLatency: false,
    better: 1,
  },
  {
    label: 'Requests',
    of: (run) => run.completed,
    show: (value) => [showCount(value), ''],
    isLatency: false,
    better: 0,
  },
  {
    label: 'Preemptions',
    of: (run) => run.preemptions,
    show: (value) => [showCount(value), ''],
    isLatency: false,
    better: -1,
  },
];

/** A run that drops work must not look faster: its latencies say that they are of completed requests. */
export function kpisOf(run: SimulatedRun, reference: SimulatedRun | undefined): readonly Kpi[] {
  const isPartial = run.completed < run.requests;
  return MEASURES.map((measure) => {
    const [value, unit] = measure.show(measure.of(run));
    const isRequests = measure.label === 'Requests';
    return {
      label: measure.label,
      value,
      unit,
      note: isRequests ? requestsNote(run) : isPartial && measure.isLatency ? 'of completed' : '',
      isWarning: isRequests && isPartial,
      ...(reference === undefined ? {} : { reference: against(measure, run, reference) }),
    };
  });
}

const requestsNote = (run: SimulatedRun): string =>
  run.completed === run.requests
    ? 'all completed'
    : `${showCount(run.requests - run.completed)} of ${showCount(run.requests)} not completed`;

function against(measure: Measure, run: SimulatedRun, reference: SimulatedRun): KpiReference {
  const now = measure.of(run);
  const then = measure.of(reference);
  const [text, unit] = measure.show(then);
  const percent = then === 0 ? NaN : (100 * (now - then)) / then;
  const sign = Math.sign(now - then) * measure.better;
  return {
    value: unit === '' ? text : `${text} ${unit}`,
    change: Number.isNaN(percent) ? '' : `${showSignedPercent(percent)} %`,
    isBetter: sign === 0 || Number.isNaN(sign) ? undefined : sign > 0,
  };
}
