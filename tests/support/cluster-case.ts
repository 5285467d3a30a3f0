// A recorded cluster run of the reference: its arguments as flags.

import {
  CLUSTER_FLAG_DEFAULTS,
  resolveCluster,
  type ClusterFlags,
  type ResolvedCluster,
} from '../../src/adapters/blis/cluster-options';
import { parsePolicyBundle } from '../../src/adapters/blis/policy-bundle';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { replayWorkload } from '../../src/workload/replay';
import { ENGINE_DEFAULTS, type EngineConfig } from '../../src/domain/run-config';
import type { Workload } from '../../src/domain/workload';
import { sharedJson, sharedText } from './shared';

const FOLDER = ['golden', 'blis-cluster'] as const;
const SWITCHES = ['summarize-trace', 'flow-control', 'pd-transfer-contention'];
const CLUSTER_FLAGS: Record<string, keyof ClusterFlags> = {
  'num-instances': 'numInstances',
  'admission-policy': 'admissionPolicy',
  'token-bucket-capacity': 'tokenBucketCapacity',
  'token-bucket-refill-rate': 'tokenBucketRefillRate',
  'routing-policy': 'routingPolicy',
  'routing-scorers': 'routingScorers',
  'priority-policy': 'priorityPolicy',
  scheduler: 'scheduler',
  'snapshot-refresh-interval': 'snapshotRefreshIntervalUs',
  'cache-signal-delay': 'cacheSignalDelayUs',
  'trace-level': 'traceLevel',
  'counterfactual-k': 'counterfactualK',
  'flow-control': 'flowControl',
  'saturation-detector': 'saturationDetector',
  'dispatch-order': 'dispatchOrder',
  'max-gateway-queue-depth': 'maxGatewayQueueDepth',
  'queue-depth-threshold': 'queueDepthThreshold',
  'kv-cache-util-threshold': 'kvCacheUtilThreshold',
  'max-concurrency': 'maxConcurrency',
};

export function readArguments(argv: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (let i = 1; i < argv.length; i += 1) {
    const name = argv[i]!.slice(2);
    if (SWITCHES.includes(name)) flags.set(name, 'true');
    else flags.set(name, argv[++i]!);
  }
  return flags;
}

export function clusterFlags(flags: ReadonlyMap<string, string>): ClusterFlags {
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(CLUSTER_FLAGS)) {
    const given = flags.get(name);
    if (given === undefined) continue;
    const fallback = CLUSTER_FLAG_DEFAULTS[key as keyof typeof CLUSTER_FLAG_DEFAULTS];
    values[key] =
      typeof fallback === 'number' ? Number(given) : typeof fallback === 'boolean' ? given === 'true' : given;
  }
  return { ...CLUSTER_FLAG_DEFAULTS, ...values, explicit: new Set(flags.keys()) };
}

export interface ClusterCase {
  readonly cluster: ResolvedCluster;
  readonly instance: EngineConfig;
  readonly workload: Workload;
  /** `--summarize-trace`. */
  readonly summarize: boolean;
}

export function loadClusterReplay(name: string): ClusterCase {
  const { argv } = sharedJson<{ argv: string[] }>(...FOLDER, name, 'flags.json');
  const flags = readArguments(argv);
  const bundle = flags.has('policy-config')
    ? parsePolicyBundle(sharedText(...FOLDER, name, 'policy.yaml'), 'policy.yaml')
    : undefined;
  if (bundle?.ok === false) throw new Error(bundle.error.message);
  const cluster = resolveCluster(clusterFlags(flags), bundle?.value);
  if (!cluster.ok) throw new Error(cluster.error.message);
  const number = (flag: string, otherwise: number): number => Number(flags.get(flag) ?? otherwise);
  const numbers = (flag: string): number[] => flags.get(flag)!.split(',').map(Number);
  const trace = parseTraceV2(
    sharedText(...FOLDER, name, 'trace.yaml'),
    sharedText(...FOLDER, name, 'trace.csv'),
    { header: 'trace.yaml', data: 'trace.csv' },
  );
  if (!trace.ok) throw new Error(trace.error.message);
  const workload = replayWorkload(trace.value, {
    sessionMode: flags.get('session-mode') === 'closed-loop' ? 'closed-loop' : 'fixed',
    ...(flags.has('think-time-ms') ? { thinkTimeMs: number('think-time-ms', 0) } : {}),
    ...(flags.has('horizon') ? { horizonUs: number('horizon', 0) } : {}),
  });
  if (!workload.ok) throw new Error(workload.error.message);
  const instance: EngineConfig = {
    ...ENGINE_DEFAULTS,
    model: flags.get('model')!.toLowerCase(),
    latency: {
      name: 'blackbox',
      version: '87cc70ed',
      mode: 'reference',
      tp: number('tp', 1),
      coefficients: { alpha: numbers('alpha-coeffs'), beta: numbers('beta-coeffs') },
    },
    totalKvBlocks: number('total-kv-blocks', ENGINE_DEFAULTS.totalKvBlocks),
    maxNumRunningReqs: number('max-num-running-reqs', ENGINE_DEFAULTS.maxNumRunningReqs),
    kvCpuBlocks: number('kv-cpu-blocks', 0),
    kvTransferBandwidth: number('kv-transfer-bandwidth', 100),
    kvTransferBaseLatencyUs: number('kv-transfer-base-latency', 0),
    admissionLatencyUs: number('admission-latency', 0),
    routingLatencyUs: number('routing-latency', 0),
    scheduler: cluster.value.scheduler,
    priorityPolicy: cluster.value.priorityPolicy,
    seed: number('seed', ENGINE_DEFAULTS.seed),
    ...(flags.has('horizon') ? { horizonUs: number('horizon', 0) } : {}),
  };
  return {
    cluster: cluster.value,
    instance,
    workload: workload.value,
    summarize: flags.has('summarize-trace'),
  };
}
