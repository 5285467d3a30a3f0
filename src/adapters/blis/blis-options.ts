// What a user may say about one serving instance, before anything is looked up. Names follow the reference's flags; an
// absent option was not given, which is not the same as its default (BLIS 87cc70ed `cmd/root.go`).

import type { ModelFacts } from '../../catalog/catalog';
import type { Correction } from '../../domain/corrections';
import type { GpuFacts, LatencyModelName, Mode, ReferenceVersion } from '../../domain/latency';
import type { PriorityPolicy, Scheduler } from '../../domain/run-config';

export interface BlisOptions {
  readonly model: string;
  readonly hardware?: string;
  /** 0 = not given. */
  readonly tp?: number;
  readonly vllmVersion?: string;
  readonly latencyModel?: string;
  readonly alpha?: readonly number[];
  readonly beta?: readonly number[];
  /** An explicit config.json (`--model-config-folder`), used instead of the catalogue's. */
  readonly modelFacts?: ModelFacts;
  /** An explicit GPU (`--hardware-config`), used instead of the catalogue's. */
  readonly gpu?: GpuFacts;
  readonly totalKvBlocks?: number;
  readonly gpuMemoryUtilization?: number;
  readonly maxModelLen?: number;
  /** f90a1e3a only. */
  readonly dp?: number;
  readonly moeCommBackend?: string;

  readonly version?: ReferenceVersion;
  readonly mode?: Mode;
  /** In corrected mode only these; absent = all. */
  readonly corrections?: readonly Correction[];

  readonly blockSizeTokens?: number;
  readonly maxNumRunningReqs?: number;
  readonly maxNumScheduledTokens?: number;
  readonly longPrefillTokenThreshold?: number;
  readonly kvCpuBlocks?: number;
  /** Read and checked, without effect, as in the reference. */
  readonly kvOffloadThreshold?: number;
  readonly kvTransferBandwidth?: number;
  readonly kvTransferBaseLatencyUs?: number;
  readonly admissionLatencyUs?: number;
  readonly routingLatencyUs?: number;
  readonly scheduler?: Scheduler;
  readonly priorityPolicy?: PriorityPolicy;
  readonly horizonUs?: number;
  readonly seed?: number;
  readonly pipelinedScheduling?: boolean;
}

export const DEFAULT_GPU_MEMORY_UTILIZATION = 0.9;
export const DEFAULT_TOTAL_KV_BLOCKS = 1_000_000;

/** Latency models of each version, and the one it takes when none is named. */
export const MODELS_OF_VERSION: Readonly<Record<ReferenceVersion, readonly LatencyModelName[]>> = {
  b05154c: ['blackbox', 'crossmodel', 'roofline'],
  '0074c8c1': ['blackbox', 'crossmodel', 'roofline', 'trained-roofline'],
  '87cc70ed': ['blackbox', 'crossmodel', 'roofline', 'trained-physics', 'trained-roofline'],
  f90a1e3a: ['roofline', 'trained-physics'],
};
export const DEFAULT_MODEL_OF_VERSION: Readonly<Record<ReferenceVersion, LatencyModelName>> = {
  b05154c: 'blackbox',
  '0074c8c1': 'roofline',
  '87cc70ed': 'roofline',
  f90a1e3a: 'trained-physics',
};
