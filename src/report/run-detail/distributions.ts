// A latency's distribution for a chart: every value while they are few, else quantiles.

import { textAt } from '../../base/columns';
import type { Distribution } from '../../domain/run-detail';
import type { RequestResultColumns } from '../../domain/run-result';
import type { LatencyRow } from '../../domain/simulated-run';
import { mean, percentile } from '../blis-sections';

const US_PER_MS = 1000;
/** More values than this are drawn as quantiles. */
const MOST_VALUES = 2000;
const QUANTILES = 1024;

/** A request without SLO class is in this one, as the reference's section names it. */
export const UNNAMED_CLASS = 'default';

export const METRICS = [
  'TTFT',
  'ITL',
  'E2E',
  'Scheduling delay',
] as const satisfies readonly LatencyRow['metric'][];

/** µs, NaN = none. */
export function latencyColumn(requests: RequestResultColumns, metric: LatencyRow['metric']): Float64Array {
  switch (metric) {
    case 'TTFT':
      return requests.ttftUs;
    case 'ITL':
      return requests.itlMeanUs;
    case 'E2E':
      return requests.e2eUs;
    case 'Scheduling delay':
      return requests.schedulingDelayUs;
  }
}

export function sortedPresent(column: Float64Array): Float64Array {
  return column.filter((value) => !Number.isNaN(value)).sort();
}

/** @param sortedUs ascending, without NaN. */
export function distributionOf(
  metric: LatencyRow['metric'],
  sortedUs: Float64Array,
  sloClass?: string,
): Distribution {
  const ms = (us: number): number => (sortedUs.length === 0 ? NaN : us / US_PER_MS);
  const isComplete = sortedUs.length <= MOST_VALUES;
  return {
    metric,
    ...(sloClass === undefined ? {} : { sloClass }),
    count: sortedUs.length,
    valuesMs: isComplete
      ? sortedUs.map((us) => us / US_PER_MS)
      : Float64Array.from(
          { length: QUANTILES },
          (_, at) => percentile(sortedUs, (100 * at) / (QUANTILES - 1)) / US_PER_MS,
        ),
    isComplete,
    meanMs: ms(mean(sortedUs)),
    p50Ms: ms(percentile(sortedUs, 50)),
    p90Ms: ms(percentile(sortedUs, 90)),
    p99Ms: ms(percentile(sortedUs, 99)),
  };
}

/** SLO class of each request, by name; undefined when no request has one. */
export function sloClassesOf(requests: RequestResultColumns): readonly string[] | undefined {
  const names = new Set<string>();
  for (let row = 0; row < requests.count; row++) names.add(textAt(requests.sloClass, row));
  if (names.size === 0 || (names.size === 1 && names.has(''))) return undefined;
  return [...names].map((name) => name || UNNAMED_CLASS).sort();
}

/** Every latency over all requests, and by SLO class where there are several. */
export function distributionsOf(requests: RequestResultColumns): readonly Distribution[] {
  const classes = sloClassesOf(requests) ?? [];
  return METRICS.flatMap((metric) => {
    const column = latencyColumn(requests, metric);
    const all = distributionOf(metric, sortedPresent(column));
    if (classes.length < 2) return [all];
    const byClass = classes.map((name) =>
      distributionOf(
        metric,
        sortedPresent(column.filter((_, row) => (textAt(requests.sloClass, row) || UNNAMED_CLASS) === name)),
        name,
      ),
    );
    return [all, ...byClass];
  });
}
