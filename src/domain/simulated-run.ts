// A finished simulation as the page shows it: figures for tiles and tables, and the text that the reference prints.

import type { FleetDetail } from './run-detail';

export interface LatencyRow {
  readonly metric: 'TTFT' | 'ITL' | 'E2E' | 'Scheduling delay';
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

export interface InstanceRow {
  readonly name: string;
  readonly completed: number;
  readonly ttftP99Ms: number;
  readonly e2eMeanMs: number;
  readonly preemptions: number;
  readonly cacheHitRate: number;
}

export interface SimulatedRun {
  /** What the reference prints. */
  readonly text: string;
  readonly requests: number;
  readonly completed: number;
  readonly durationS: number;
  readonly outputTokensPerSec: number;
  readonly preemptions: number;
  readonly latencies: readonly LatencyRow[];
  /** Empty for the founding version's run. */
  readonly instances: readonly InstanceRow[];
  readonly warnings: readonly string[];
  /** What calibrated step times rest on, first; then where the load leaves it. Absent where nothing was calibrated. */
  readonly basis?: readonly string[];
  /** Equal for runs that served the same requests, and for runs with the same outcome for each of them (run-hashes.ts). */
  readonly workloadHash: string;
  readonly resultHash: string;
  /** Absent for the founding version's run. */
  readonly detail?: FleetDetail;
  /** Wall clock of the simulation alone. */
  readonly elapsedMs: number;
}
