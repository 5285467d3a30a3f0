// The fields of the form, in groups; what is rarely changed is in sections that open. Friendly labels; the definitions are the
// reference's flags (`flagOf`, `aboutOf`).

import { RUN_FLAGS } from '../../adapters/blis/run-flags';
import { ADMISSION_POLICIES, PD_DECIDERS, ROUTING_POLICIES } from '../../domain/cluster-config';
import { PRIORITY_POLICIES, SCHEDULERS } from '../../domain/run-config';
import {
  BUNDLE_SETTINGS,
  DEFAULT_SETTINGS,
  FLAG_SETTINGS,
  OWN_SETTINGS,
  type FleetSettings,
  type SettingName,
} from './setting-table';

export const LATENCY_MODELS_OFFERED = [
  'trained-physics',
  'roofline',
  'crossmodel',
  'trained-roofline',
  'blackbox',
  'physics',
] as const;

/** Choices that only the tables know. */
export type NameList = 'models' | 'gpus';

export interface Field {
  readonly name: SettingName;
  readonly label: string;
  readonly unit?: string;
  /** A text rather than a number; it gets the whole width. */
  readonly isText?: boolean;
  /** Lines of YAML. */
  readonly isBlock?: boolean;
  readonly choices?: readonly string[] | NameList;
  readonly isSwitch?: boolean;
  /** What an empty field stands for, where that is no fixed number. */
  readonly whenEmpty?: string;
}

/** Fields behind a heading that says what is set. */
export interface Section {
  readonly title: string;
  readonly fields: readonly Field[];
  /** One word or two for the heading; by default whether anything is set. */
  readonly summary?: (settings: FleetSettings) => string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly sections: readonly Section[];
}

const scorers = (name: SettingName, label: string, whenEmpty: string): Field => ({
  name,
  label,
  isText: true,
  whenEmpty,
});

const poolFields = (pool: 'prefill' | 'decode', Pool: string): readonly Field[] => [
  { name: `${pool}Tp`, label: `${Pool} TP`, whenEmpty: 'as the fleet' },
  { name: `${pool}Hardware`, label: `${Pool} GPU`, choices: 'gpus', whenEmpty: 'as the fleet' },
  {
    name: `${pool}LatencyModel`,
    label: `${Pool} latency model`,
    choices: LATENCY_MODELS_OFFERED,
    whenEmpty: 'as the fleet',
  },
  { name: `${pool}MaxModelLen`, label: `${Pool} context limit`, unit: 'tokens', whenEmpty: 'as the fleet' },
  scorers(`${pool}RoutingScorers`, `${Pool} scorers`, 'the fleet’s policy'),
];

const isOn = (text: string): boolean => Number(text) > 0;

export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    title: 'Model and hardware',
    fields: [
      { name: 'model', label: 'Model', choices: 'models' },
      { name: 'hardware', label: 'GPU', choices: 'gpus', whenEmpty: 'default of the model' },
      { name: 'tp', label: 'Tensor parallelism', unit: 'GPUs', whenEmpty: 'default' },
      {
        name: 'latencyModel',
        label: 'Latency model',
        choices: LATENCY_MODELS_OFFERED,
        whenEmpty: 'roofline, or blackbox with α and β',
      },
      { name: 'totalKvBlocks', label: 'KV blocks', whenEmpty: 'auto' },
      { name: 'mode', label: 'Mode', choices: ['reference', 'corrected'] },
    ],
    sections: [
      {
        title: 'Memory, context and coefficients',
        fields: [
          { name: 'gpuMemoryUtilization', label: 'GPU memory to use', unit: 'share' },
          { name: 'maxModelLen', label: 'Context limit', unit: 'tokens', whenEmpty: 'auto' },
          { name: 'alpha', label: 'α, overheads', isText: true, whenEmpty: 'from the catalogue' },
          { name: 'beta', label: 'β, step time', isText: true, whenEmpty: 'from the catalogue' },
          { name: 'vllmVersion', label: 'vLLM version', whenEmpty: 'default of the model', isText: true },
        ],
      },
    ],
  },
  {
    title: 'Engine',
    fields: [
      { name: 'maxNumRunningReqs', label: 'Batch slots', unit: 'requests' },
      { name: 'maxNumScheduledTokens', label: 'Tokens per step', unit: 'tokens' },
      { name: 'scheduler', label: 'Scheduler', choices: SCHEDULERS },
      { name: 'priorityPolicy', label: 'Priority policy', choices: PRIORITY_POLICIES },
      { name: 'kvCpuBlocks', label: 'CPU blocks (KV offload)', unit: 'blocks' },
    ],
    sections: [
      {
        title: 'Chunks, blocks and transfers',
        fields: [
          { name: 'pipelinedScheduling', label: 'Schedule a step ahead', isSwitch: true },
          { name: 'longPrefillTokenThreshold', label: 'Prefill chunk limit', unit: 'tokens' },
          { name: 'blockSizeTokens', label: 'Tokens per block', unit: 'tokens' },
          { name: 'kvTransferBandwidth', label: 'CPU–GPU bandwidth', unit: 'tokens/µs' },
          { name: 'kvTransferBaseLatencyUs', label: 'CPU–GPU base latency', unit: 'µs' },
          { name: 'kvOffloadThreshold', label: 'Offload threshold (no effect)', unit: 'share' },
        ],
      },
    ],
  },
  {
    title: 'Cluster',
    fields: [
      { name: 'instances', label: 'Instances' },
      { name: 'routingPolicy', label: 'Routing', choices: ROUTING_POLICIES },
      scorers('routingScorers', 'Scorers', 'precise-prefix-cache:2, queue-depth:1, kv-utilization:1'),
      { name: 'admissionPolicy', label: 'Admission', choices: ADMISSION_POLICIES },
      { name: 'tokenBucketCapacity', label: 'Bucket capacity', unit: 'tokens' },
      { name: 'tokenBucketRefillRate', label: 'Bucket refill', unit: 'tokens/s' },
      { name: 'tierShedThreshold', label: 'Load from which to shed', unit: 'requests', whenEmpty: '0' },
      { name: 'tierShedMinPriority', label: 'Least priority kept', whenEmpty: '0' },
      { name: 'gaieQdThreshold', label: 'Saturating queue', unit: 'requests', whenEmpty: '5' },
      { name: 'gaieKvThreshold', label: 'Saturating KV use', unit: 'share', whenEmpty: '0.8' },
    ],
    sections: [
      {
        title: 'Signals and delays',
        fields: [
          { name: 'snapshotRefreshIntervalUs', label: 'Load signals refresh', unit: 'µs' },
          { name: 'cacheSignalDelayUs', label: 'Prefix-cache signal delay', unit: 'µs' },
          { name: 'admissionLatencyUs', label: 'Admission latency', unit: 'µs' },
          { name: 'routingLatencyUs', label: 'Routing latency', unit: 'µs' },
          { name: 'scorerProfile', label: 'Default scorers', choices: ['default', 'seed'] },
          { name: 'legacySignals', label: 'Founding era’s signals', isSwitch: true },
        ],
      },
      {
        title: 'SLO classes and tenants',
        fields: [
          { name: 'sloPriorities', label: 'Class priorities', isText: true, whenEmpty: 'batch:1, …' },
          { name: 'tenantBudgets', label: 'Tenant budgets', isText: true, whenEmpty: 'acme:0.25, …' },
        ],
      },
      {
        title: 'Gateway queue',
        summary: ({ flowControl, saturationDetector }) =>
          flowControl === 'true' ? saturationDetector : 'off',
        fields: [
          { name: 'flowControl', label: 'Hold requests while saturated', isSwitch: true },
          {
            name: 'saturationDetector',
            label: 'Detector',
            choices: ['never', 'utilization', 'concurrency'],
          },
          { name: 'dispatchOrder', label: 'Order', choices: ['fifo', 'priority'] },
          { name: 'maxGatewayQueueDepth', label: 'Places (0: unlimited)' },
          { name: 'queueDepthThreshold', label: 'Saturating queue', unit: 'requests' },
          { name: 'kvCacheUtilThreshold', label: 'Saturating KV use', unit: 'share' },
          { name: 'maxConcurrency', label: 'In flight per instance', unit: 'requests' },
        ],
      },
      {
        title: 'Prefill and decode pools',
        summary: ({ prefillInstances, decodeInstances }) =>
          isOn(prefillInstances) || isOn(decodeInstances)
            ? `${prefillInstances} + ${decodeInstances}`
            : 'off',
        fields: [
          { name: 'prefillInstances', label: 'Prefill instances' },
          { name: 'decodeInstances', label: 'Decode instances' },
          { name: 'pdDecider', label: 'Decider', choices: PD_DECIDERS },
          { name: 'pdPrefixThreshold', label: 'Prefix threshold', unit: 'tokens' },
          { name: 'pdTransferBandwidthGbs', label: 'Transfer bandwidth', unit: 'GB/s' },
          { name: 'pdTransferBaseLatencyMs', label: 'Transfer base latency', unit: 'ms' },
          { name: 'pdTransferContention', label: 'Transfers share the bandwidth', isSwitch: true },
          ...poolFields('prefill', 'Prefill'),
          ...poolFields('decode', 'Decode'),
        ],
      },
      {
        title: 'Autoscaler and node pools',
        summary: ({ autoscalerIntervalUs, nodePools }) =>
          isOn(autoscalerIntervalUs) ? 'on' : nodePools.trim() === '' ? 'off' : 'node pools',
        fields: [
          { name: 'autoscalerIntervalUs', label: 'Interval (0: off)', unit: 'µs' },
          { name: 'scaleUpCooldownUs', label: 'Cooldown up', unit: 'µs', whenEmpty: '0' },
          { name: 'scaleDownCooldownUs', label: 'Cooldown down', unit: 'µs', whenEmpty: '0' },
          { name: 'actuationDelayMeanS', label: 'Actuation delay', unit: 's', whenEmpty: '0' },
          { name: 'actuationDelayStddevS', label: 'Its deviation', unit: 's', whenEmpty: '0' },
          { name: 'analyzerKvCacheThreshold', label: 'KV share as supply', whenEmpty: '0.8' },
          { name: 'analyzerScaleUpThreshold', label: 'Grow above', unit: 'share', whenEmpty: '0.8' },
          { name: 'analyzerScaleDownBoundary', label: 'Shrink below', unit: 'share', whenEmpty: '0.4' },
          { name: 'analyzerAvgInputTokens', label: 'A waiting request', unit: 'tokens', whenEmpty: '512' },
          {
            name: 'nodePools',
            label: 'Node pools, YAML',
            isText: true,
            isBlock: true,
            whenEmpty: '- {name: a, gpu_type: H100, gpus_per_node: 8, …}',
          },
        ],
      },
    ],
  },
  {
    title: 'Workload',
    fields: [
      { name: 'rateRps', label: 'Rate', unit: 'requests/s', whenEmpty: '1' },
      { name: 'numRequests', label: 'Requests', whenEmpty: '100' },
      { name: 'promptMean', label: 'Prompt mean', unit: 'tokens' },
      { name: 'promptStddev', label: 'Prompt deviation', unit: 'tokens' },
      { name: 'outputMean', label: 'Output mean', unit: 'tokens' },
      { name: 'outputStddev', label: 'Output deviation', unit: 'tokens' },
      { name: 'prefixTokens', label: 'Shared prefix', unit: 'tokens' },
      { name: 'sessionMode', label: 'Sessions', choices: ['fixed', 'closed-loop'] },
      { name: 'seed', label: 'Seed', whenEmpty: '42' },
    ],
    sections: [
      {
        title: 'Shortest and longest, virtual users',
        fields: [
          { name: 'promptMin', label: 'Shortest prompt', unit: 'tokens' },
          { name: 'promptMax', label: 'Longest prompt', unit: 'tokens' },
          { name: 'outputMin', label: 'Shortest output', unit: 'tokens' },
          { name: 'outputMax', label: 'Longest output', unit: 'tokens' },
          { name: 'concurrency', label: 'Virtual users (0: a rate)' },
          { name: 'thinkTimeMs', label: 'Think time', unit: 'ms' },
        ],
      },
    ],
  },
  {
    title: 'More',
    fields: [],
    sections: [
      {
        title: 'Horizon, trace level, fitness',
        summary: ({ traceLevel, counterfactualK }) =>
          traceLevel === 'decisions' ? `decisions, k = ${counterfactualK}` : 'default',
        fields: [
          { name: 'horizonUs', label: 'Horizon', unit: 'µs', whenEmpty: 'none' },
          { name: 'traceLevel', label: 'Trace level', choices: ['none', 'decisions'] },
          { name: 'counterfactualK', label: 'Alternatives recorded' },
          { name: 'summarizeTrace', label: 'Print the decision summary', isSwitch: true },
          {
            name: 'fitnessWeights',
            label: 'Fitness weights',
            isText: true,
            whenEmpty: 'throughput:0.5, p99_ttft:0.5',
          },
        ],
      },
    ],
  },
];

export const FIELDS: readonly Field[] = FIELD_GROUPS.flatMap(({ fields, sections }) => [
  ...fields,
  ...sections.flatMap((section) => section.fields),
]);

const LABELS = new Map(FIELDS.map(({ name, label }) => [name, label]));

/** Its label, for messages. */
export const labelOf = (name: SettingName): string => LABELS.get(name) ?? flagOf(name);

/** The reference's name of a setting: its flag, or where it stands in a policy bundle. */
export function flagOf(name: SettingName): string {
  const flag = FLAG_SETTINGS.find((row) => row[0] === name)?.[1];
  if (flag !== undefined) return `--${flag}`;
  const path = BUNDLE_SETTINGS.find((row) => row[0] === name)?.[1];
  return path === undefined
    ? `--${OWN_SETTINGS.find((row) => row[0] === name)?.[1] ?? name}`
    : path.join('.');
}

/** What the reference says that a setting means. */
export function aboutOf(name: SettingName): string {
  const flag = FLAG_SETTINGS.find((row) => row[0] === name)?.[1];
  if (flag !== undefined) return RUN_FLAGS.get(flag)?.about ?? '';
  return (
    BUNDLE_SETTINGS.find((row) => row[0] === name)?.[3] ??
    OWN_SETTINGS.find((row) => row[0] === name)?.[3] ??
    ''
  );
}

/** What an empty field stands for. */
export const emptyText = ({ name, whenEmpty }: Field): string => whenEmpty ?? DEFAULT_SETTINGS[name];
