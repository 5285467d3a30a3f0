// Words for the metrics in heads and switches.

import type { MeanMetric } from './verdict-view';

export const MEASURED_KEYS: Record<MeanMetric, string> = {
  e2e_mean: 'E2E',
  ttft_mean: 'TTFT',
  itl_mean: 'ITL',
};

export const metricTitle = (metric: MeanMetric): string => `${MEASURED_KEYS[metric]} mean`;

export type Quantity = 'e2e' | 'ttft' | 'itl';

export const QUANTITIES: readonly { readonly value: Quantity; readonly label: string }[] = [
  { value: 'e2e', label: 'E2E' },
  { value: 'ttft', label: 'TTFT' },
  { value: 'itl', label: 'ITL' },
];
