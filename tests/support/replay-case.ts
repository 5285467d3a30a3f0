// A recorded replay of the reference as configuration and workload.

import { parseTraceV2 } from '../../src/sources/trace-v2';
import { replayWorkload } from '../../src/workload/replay';
import {
  ENGINE_DEFAULTS,
  type EngineConfig,
  type PriorityPolicy,
  type Scheduler,
} from '../../src/domain/run-config';
import type { Workload } from '../../src/domain/workload';
import { sharedJson, sharedText } from './shared';

export type Flags = Readonly<Record<string, string | number | readonly number[]>>;

export interface ReplayCase {
  readonly name: string;
  readonly flags: Flags;
  readonly config: EngineConfig;
  readonly workload: Workload;
}

export const REPLAY_CASES = ['golden', 'blis-replay-blackbox'] as const;

export function loadReplayCase(name: string): ReplayCase {
  const { flags } = sharedJson<{ flags: Flags }>(...REPLAY_CASES, name, 'flags.json');
  const number = (flag: string, otherwise: number): number => Number(flags[flag] ?? otherwise);
  const numbers = (flag: string): readonly number[] => flags[flag] as readonly number[];
  const config: EngineConfig = {
    ...ENGINE_DEFAULTS,
    model: String(flags['model']).toLowerCase(),
    latency: {
      name: 'blackbox',
      version: '87cc70ed',
      mode: 'reference',
      tp: 1,
      coefficients: { alpha: numbers('alpha-coeffs'), beta: numbers('beta-coeffs') },
    },
    totalKvBlocks: number('total-kv-blocks', ENGINE_DEFAULTS.totalKvBlocks),
    blockSizeTokens: number('block-size-in-tokens', ENGINE_DEFAULTS.blockSizeTokens),
    maxNumRunningReqs: number('max-num-running-reqs', ENGINE_DEFAULTS.maxNumRunningReqs),
    maxNumScheduledTokens: number('max-num-scheduled-tokens', ENGINE_DEFAULTS.maxNumScheduledTokens),
    longPrefillTokenThreshold: number('long-prefill-token-threshold', 0),
    maxModelLen: number('max-model-len', 0),
    kvCpuBlocks: number('kv-cpu-blocks', 0),
    kvTransferBandwidth: number('kv-transfer-bandwidth', 100),
    kvTransferBaseLatencyUs: number('kv-transfer-base-latency', 0),
    admissionLatencyUs: number('admission-latency', 0),
    routingLatencyUs: number('routing-latency', 0),
    scheduler: String(flags['scheduler'] ?? 'fcfs') as Scheduler,
    priorityPolicy: String(flags['priority-policy'] ?? 'constant') as PriorityPolicy,
    ...(flags['horizon'] === undefined ? {} : { horizonUs: number('horizon', 0) }),
  };
  const trace = parseTraceV2(
    sharedText(...REPLAY_CASES, name, 'header.yaml'),
    sharedText(...REPLAY_CASES, name, 'data.csv'),
    { header: 'header.yaml', data: 'data.csv' },
  );
  if (!trace.ok) throw new Error(trace.error.message);
  const workload = replayWorkload(trace.value, {
    sessionMode: flags['session-mode'] === 'closed-loop' ? 'closed-loop' : 'fixed',
    thinkTimeMs: number('think-time-ms', 0),
    ...(flags['horizon'] === undefined ? {} : { horizonUs: number('horizon', 0) }),
  });
  if (!workload.ok) throw new Error(workload.error.message);
  return { name, flags, config, workload: workload.value };
}
