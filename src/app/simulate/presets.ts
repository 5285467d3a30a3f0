// Ready-made scenarios. The two scorer presets are the founding README's experiment: the same load, one scorer each, so that
// the worth of a fresh load signal shows (BLIS; p99 TTFT differs about 3.3 times).

import type { Scenario } from '../../workers/simulate-protocol';
import { LARGE_FLEET_SPEC, SESSIONS_SPEC, SLO_CLASSES_SPEC } from './preset-workloads';
import { settingsOf, type FleetSettings } from './settings';

export interface Preset {
  readonly id: string;
  readonly label: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** The preset that it is an experiment against. */
  readonly against?: string;
  readonly start:
    { readonly kind: 'fleet'; readonly settings: FleetSettings } | Extract<Scenario, { kind: 'classic' }>;
}

/** BLIS 148be7f3: the request-generator file of the run that the founding README prints. */
const FOUNDING_GENERATOR = `format: "GuideLLM"
seed: 42
rate:
  arrival_type: "Constant"
  rate: 10
  max-requests: 2000
data:
  prompt_tokens: 2048
  prompt_tokens_stdev: 1024
  prompt_tokens_min: 2
  prompt_tokens_max: 50000
  output_tokens: 256
  output_tokens_stdev: 128
  output_tokens_min: 1
  output_tokens_max: 50000
  prefix_tokens: 614
`;

/** The flags of that run; the horizon is the largest the command line took. */
const FOUNDING_CONFIG = {
  totalKvBlocks: 64_173,
  blockSizeTokens: 16,
  maxNumRunningReqs: 8192,
  maxNumScheduledTokens: 4096,
  longPrefillTokenThreshold: 0,
  horizonUs: 9.223372036854776e17,
  regression: [0.006857138483067575, 3.82496271961672e-5, 5.517393223466091e-5],
  queueing: [4.87273847, 8956.34427],
  finishing: [0.0470950911, 1297.25103],
} as const;

const SCORER_EXPERIMENT: FleetSettings = {
  ...settingsOf(),
  model: 'meta-llama/llama-3.1-8b-instruct',
  hardware: 'H100',
  tp: '2',
  latencyModel: 'blackbox',
  alpha: '1601.350510688092, 3.512476196805965, 1805.5430360826988',
  beta: '6910.420479880494, 17.67057489844186, 2.8377471109943855',
  totalKvBlocks: '132139',
  instances: '4',
  routingPolicy: 'weighted',
  rateRps: '5000',
  numRequests: '1000',
};

export const PRESETS: readonly Preset[] = [
  {
    id: 'one-server',
    label: 'One server, chat load',
    about: 'Qwen3-14B on one H100 at 5 requests per second, the trained-physics model.',
    start: { kind: 'fleet', settings: settingsOf() },
  },
  {
    id: 'scorer-queue-depth',
    label: 'Scorer experiment: queue-depth',
    about:
      'Four instances at 5000 requests per second, routed by the length of the wait queues, which is fresh.',
    start: { kind: 'fleet', settings: { ...SCORER_EXPERIMENT, routingScorers: 'queue-depth:1' } },
  },
  {
    id: 'scorer-kv-utilization',
    label: 'Scorer experiment: kv-utilization',
    about:
      'The same load routed by KV use, which only moves when a step allocates: about 3.3 times the p99 TTFT over the reference’s versions, 3.4 in this one.',
    against: 'scorer-queue-depth',
    start: { kind: 'fleet', settings: { ...SCORER_EXPERIMENT, routingScorers: 'kv-utilization:1' } },
  },
  {
    id: 'disaggregation',
    label: 'Prefill and decode apart',
    about: 'Four instances prefill and four decode; KV caches travel between them over a shared link.',
    start: {
      kind: 'fleet',
      settings: {
        ...settingsOf(),
        instances: '8',
        prefillInstances: '4',
        decodeInstances: '4',
        pdDecider: 'always',
        pdTransferContention: 'true',
        routingPolicy: 'least-loaded',
        rateRps: '40',
        numRequests: '2000',
        promptMean: '1024',
        promptStddev: '512',
        outputMean: '256',
        outputStddev: '128',
      },
    },
  },
  {
    id: 'tiered-kv',
    label: 'CPU tier under KV pressure',
    about:
      'Prompts share a prefix of 1024 tokens and the KV cache is small: blocks move to host memory and back.',
    start: {
      kind: 'fleet',
      settings: {
        ...settingsOf(),
        instances: '2',
        totalKvBlocks: '1200',
        kvCpuBlocks: '4000',
        rateRps: '12',
        numRequests: '800',
        prefixTokens: '1024',
        outputMean: '256',
        outputStddev: '128',
      },
    },
  },
  {
    id: 'gateway',
    label: 'Gateway queue when saturated',
    about: 'At most 32 requests in flight per instance; the rest wait at the gateway, where 200 fit.',
    start: {
      kind: 'fleet',
      settings: {
        ...settingsOf(),
        instances: '4',
        routingPolicy: 'least-loaded',
        flowControl: 'true',
        saturationDetector: 'concurrency',
        maxConcurrency: '32',
        maxGatewayQueueDepth: '200',
        rateRps: '60',
        numRequests: '3000',
        outputMean: '256',
        outputStddev: '128',
      },
    },
  },
  {
    id: 'slo-classes',
    label: 'SLO classes, the oldest first',
    about: 'Critical, standard and batch requests; from a load of 60 on, batch requests are turned away.',
    start: {
      kind: 'fleet',
      settings: {
        ...settingsOf(),
        instances: '4',
        routingPolicy: 'weighted',
        admissionPolicy: 'tier-shed',
        tierShedThreshold: '60',
        tierShedMinPriority: '3',
        scheduler: 'priority-fcfs',
        priorityPolicy: 'slo-based',
        workloadSpec: SLO_CLASSES_SPEC,
        numRequests: '',
        seed: '',
      },
    },
  },
  {
    id: 'sessions',
    label: 'Conversations that grow',
    about: 'Closed-loop conversations of six rounds, routed to where their beginning is cached.',
    start: {
      kind: 'fleet',
      settings: {
        ...settingsOf(),
        instances: '4',
        routingPolicy: 'weighted',
        routingScorers: 'prefix-affinity:3, queue-depth:2, kv-utilization:2',
        workloadSpec: SESSIONS_SPEC,
        numRequests: '',
        seed: '',
      },
    },
  },
  {
    id: 'large-fleet',
    label: '64 instances, 33 600 requests',
    about: '512, then 1280 requests per second over 64 instances with prefix-aware routing.',
    start: {
      kind: 'fleet',
      settings: {
        ...settingsOf(),
        instances: '64',
        routingPolicy: 'weighted',
        workloadSpec: LARGE_FLEET_SPEC,
        numRequests: '',
        seed: '',
      },
    },
  },
  {
    id: 'founding-readme',
    label: 'Founding README run (classic engine)',
    about:
      'The run that the reference’s first README prints, by the engine rules of that commit (BLIS 148be7f3).',
    start: { kind: 'classic', config: FOUNDING_CONFIG, generator: FOUNDING_GENERATOR },
  },
];
