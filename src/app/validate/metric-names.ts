// Words for the metrics in heads and switches.

import type { MeanMetric } from './verdict-view';

export const MEASURED_KEYS: Record<MeanMetric, string> = {
  e2e_mean: 'E2E',
  ttft_mean: 'TTFT',
  itl_mean: 'ITL',
};

export const metricTitle = (metric: MeanMetric): string => `${MEASURED_KEYS[metric]} mean`;
