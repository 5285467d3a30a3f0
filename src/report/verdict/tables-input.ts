// What the verdict's tables are written from, whatever the format.

import type { MetricName } from '../../domain/prediction';
import type { GroupedErrors, Pooling, SimulatorErrors } from './error-table';

export interface TablesInput {
  readonly headline: string;
  readonly support: readonly string[];
  readonly table: readonly SimulatorErrors[];
  readonly groupings: readonly { readonly title: string; readonly grouped: GroupedErrors }[];
  readonly pooling: Pooling;
  readonly experimentCount: number;
  readonly labelOf: (simulator: string) => string;
  /** One line each: mode, version, fingerprint of the inputs. */
  readonly provenance: readonly string[];
}

/** ITL percentiles were not measured. */
export const TABLE_METRICS: readonly MetricName[] = [
  'e2e_mean',
  'e2e_p90',
  'e2e_p99',
  'ttft_mean',
  'ttft_p90',
  'ttft_p99',
  'itl_mean',
];
