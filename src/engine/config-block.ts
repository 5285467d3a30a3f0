// The configuration of one instance as the block of f64 slots that the module reads.

import type { EngineConfig, PriorityPolicy, Scheduler } from '../domain/run-config';
import type { Workload } from '../domain/workload';
import type { EngineExports } from './binding';
import { encodeLatencyModel } from './latency-params';
import { SPAN_LOG_ROWS, STEP_LOG_ROWS } from './step-log';

const FCFS = 0;
const EARLIEST = 1;
const LATEST = 2;
const SHORTEST = 3;
const MOST_DUE_BUCKETS = 1 << 16;

/** Order of the wait queue: all ages grow together, so a priority policy is an order by arrival. */
export function queueOrder(scheduler: Scheduler, policy: PriorityPolicy): number {
  switch (scheduler) {
    case 'fcfs':
      return FCFS;
    case 'sjf':
      return SHORTEST;
    case 'priority-fcfs':
      return policy === 'inverted-slo' ? LATEST : EARLIEST;
    case 'reverse-priority':
      return policy === 'slo-based' ? LATEST : EARLIEST;
  }
}

export interface RunLayout {
  readonly horizonUs: number;
  readonly prefixBlocks: number;
  /** A row for each step, or for consecutive steps of equal batch and queue. */
  readonly log: 'none' | 'steps' | 'spans';
  /** Prompts stitched together from several streams: conversations. */
  readonly hasConversations: boolean;
  /** Debug module only: no shortcuts. */
  readonly literal?: boolean;
}

function dueBuckets(workload: Workload): number {
  let longest = 0;
  for (const tokens of workload.requests.outputTokens) if (tokens > longest) longest = tokens;
  for (const tokens of workload.sessions?.roundOutputTokens ?? []) if (tokens > longest) longest = tokens;
  let buckets = 64;
  while (buckets <= longest && buckets < MOST_DUE_BUCKETS) buckets *= 2;
  return buckets;
}

/** Slots of the block. */
export const CONFIG_SLOTS = 21;

const LOG_ROWS = { none: 0, steps: STEP_LOG_ROWS, spans: SPAN_LOG_ROWS } as const;

/** Longer contexts are computed, not looked up. */
const MOST_CONTEXTS = 1 << 18;

/** Contexts of decoding requests stay below this; 0 where follow-ups make them hard to tell. */
function contextsOf(workload: Workload): number {
  const { requests, sessions } = workload;
  if (sessions?.accumulates.includes(1) === true) return 0;
  let longest = 0;
  for (let row = 0; row < requests.count; row++) {
    longest = Math.max(longest, (requests.inputTokens[row] ?? 0) + (requests.outputTokens[row] ?? 0));
  }
  const prefix = (sessions?.prefixTokens ?? new Uint32Array()).reduce(
    (most, tokens) => Math.max(most, tokens),
    0,
  );
  sessions?.roundInputTokens.values.forEach((input, round) => {
    longest = Math.max(longest, prefix + input + (sessions.roundOutputTokens[round] ?? 0));
  });
  return longest < MOST_CONTEXTS ? longest + 1 : 0;
}

export function writeConfig(
  engine: EngineExports,
  config: EngineConfig,
  workload: Workload,
  layout: RunLayout,
): number {
  const latency = encodeLatencyModel(config.latency);
  const latencyAt = engine.allocate(latency.byteLength);
  const slots = [
    config.totalKvBlocks,
    config.blockSizeTokens,
    config.maxNumRunningReqs,
    config.maxNumScheduledTokens,
    config.longPrefillTokenThreshold,
    config.maxModelLen,
    layout.horizonUs,
    queueOrder(config.scheduler, config.priorityPolicy),
    latencyAt,
    dueBuckets(workload),
    layout.prefixBlocks,
    config.admissionLatencyUs + config.routingLatencyUs,
    LOG_ROWS[layout.log],
    config.kvCpuBlocks,
    config.kvTransferBaseLatencyUs + Math.ceil(config.blockSizeTokens / config.kvTransferBandwidth),
    0,
    layout.hasConversations ? 1 : 0,
    layout.literal === true ? 1 : 0,
    contextsOf(workload),
    config.pipelinedScheduling === true ? 1 : 0,
    layout.log === 'spans' ? 1 : 0,
  ];
  const at = engine.allocate(slots.length * 8);
  new Float64Array(engine.memory.buffer, latencyAt, latency.length).set(latency);
  new Float64Array(engine.memory.buffer, at, slots.length).set(slots);
  return at;
}
