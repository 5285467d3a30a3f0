// The reference's checks of plain engine flags, in its words (BLIS 87cc70ed `cmd/root.go`).

import { goFixed6 } from './go-numbers';
import { DEFAULT_GPU_MEMORY_UTILIZATION, type BlisOptions } from './blis-options';

interface Refusal {
  readonly field: string;
  readonly message: string;
}

/** The first option out of its range, if any. */
export function firstOutOfRange(options: BlisOptions): Refusal | undefined {
  const utilisation = options.gpuMemoryUtilization ?? DEFAULT_GPU_MEMORY_UTILIZATION;
  const threshold = options.kvOffloadThreshold ?? 0.9;
  const cpuBlocks = options.kvCpuBlocks ?? 0;
  const bandwidth = options.kvTransferBandwidth ?? 100;
  const checks: readonly (readonly [
    field: string,
    isRight: boolean,
    rule: string,
    found: number | string,
  ])[] = [
    positive('total-kv-blocks', options.totalKvBlocks),
    positive('block-size-in-tokens', options.blockSizeTokens),
    positive('max-num-running-reqs', options.maxNumRunningReqs),
    positive('max-num-scheduled-tokens', options.maxNumScheduledTokens),
    notNegative('long-prefill-token-threshold', options.longPrefillTokenThreshold),
    [
      'gpu-memory-utilization',
      utilisation > 0 && utilisation <= 1,
      'a finite value in (0, 1]',
      goFixed6(utilisation),
    ],
    notNegative('kv-cpu-blocks', options.kvCpuBlocks),
    [
      'kv-offload-threshold',
      threshold >= 0 && threshold <= 1,
      'a finite value in [0, 1]',
      goFixed6(threshold),
    ],
    [
      'kv-transfer-bandwidth',
      cpuBlocks === 0 || (bandwidth > 0 && Number.isFinite(bandwidth)),
      'a finite value > 0 when --kv-cpu-blocks > 0',
      goFixed6(bandwidth),
    ],
    notNegative('kv-transfer-base-latency', options.kvTransferBaseLatencyUs),
    notNegative('max-model-len', options.maxModelLen),
    notNegative('admission-latency', options.admissionLatencyUs),
    notNegative('routing-latency', options.routingLatencyUs),
    positive('horizon', options.horizonUs),
  ];
  const wrong = checks.find(([, isRight]) => !isRight);
  if (wrong === undefined) return undefined;
  const [field, , rule, found] = wrong;
  return { field, message: `--${field} must be ${rule}, got ${found}` };
}

const positive = (field: string, value = 1) => [field, value > 0, '> 0', value] as const;
const notNegative = (field: string, value = 0) => [field, value >= 0, '>= 0', value] as const;
