// The reference's verdict on 67 invalid or borderline cluster flags and policy bundles.
// Engine flags in the same file (KV sizes, horizon, transfer bandwidth) and fitness weights are judged elsewhere.

import { expect, it } from 'vitest';
import {
  CLUSTER_FLAG_DEFAULTS,
  resolveCluster,
  type ClusterFlags,
} from '../../src/adapters/blis/cluster-options';
import { parsePolicyBundle } from '../../src/adapters/blis/policy-bundle';
import { describeShared, sharedJson } from '../support/shared';

interface Case {
  case: string;
  extra_args: string[];
  policy_yaml: string | null;
  exit_code: number;
  messages: string[];
}

const FLAGS: Record<string, keyof ClusterFlags> = {
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
  'summarize-trace': 'summarizeTrace',
  'flow-control': 'flowControl',
  'saturation-detector': 'saturationDetector',
  'dispatch-order': 'dispatchOrder',
  'queue-depth-threshold': 'queueDepthThreshold',
  'max-concurrency': 'maxConcurrency',
  'prefill-instances': 'prefillInstances',
  'decode-instances': 'decodeInstances',
  'pd-decider': 'pdDecider',
};
/** Judged by the engine's option checks, the fitness evaluation, or not at all by the cluster layer. */
const ELSEWHERE =
  /^--(total-kv-blocks|max-num-running-reqs|horizon|kv-|admission-latency|routing-latency|fitness)/;

function flagsOf(args: readonly string[]): ClusterFlags {
  const explicit = new Set<string>();
  const values: Record<string, unknown> = {};
  for (let i = 0; i < args.length; i += 1) {
    const name = args[i]!.slice(2);
    const key = FLAGS[name];
    explicit.add(name);
    if (name === 'model-config-folder') i += 1;
    else if (name === 'flow-control' || name === 'summarize-trace') values[key!] = true;
    else {
      i += 1;
      const fallback = CLUSTER_FLAG_DEFAULTS[key as keyof typeof CLUSTER_FLAG_DEFAULTS];
      values[key!] = typeof fallback === 'number' ? Number(args[i]) : args[i];
    }
  }
  return { ...CLUSTER_FLAG_DEFAULTS, ...values, explicit };
}

describeShared('golden/blis-cluster/errors: cluster flags and bundles', () => {
  const cases = sharedJson<{ cases: Case[] }>('golden/blis-cluster/errors/cases.json').cases;
  const judged = cases.filter((row) => !row.extra_args.some((arg) => ELSEWHERE.test(arg)));

  it('covers most of the file', () => expect(judged.length).toBeGreaterThan(50));

  it.each(judged.map((row) => [row.case, row] as const))('%s', (_, row) => {
    const bundle = row.policy_yaml === null ? undefined : parsePolicyBundle(row.policy_yaml, 'policy.yaml');
    const resolved = bundle?.ok === false ? bundle : resolveCluster(flagsOf(row.extra_args), bundle?.value);
    const messages = resolved.ok
      ? resolved.value.warnings.map((text) => `warning: ${text}`)
      : [`fatal: ${resolved.error.message.replaceAll('\n', '\\n')}`];
    expect(messages).toEqual(row.messages);
    expect(resolved.ok).toBe(row.exit_code === 0);
  });
});
