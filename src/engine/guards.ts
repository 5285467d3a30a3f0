// What is refused before a run or explained after it: runs that cannot end, runs that do not fit, faults of the module.

import type { Problem } from '../base/problem';
import { requestNames } from '../domain/request-names';
import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES, type RequestResultColumns, type RunEnd } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import type { InstanceSummary } from './binding';

const EMPTY_REQUEST = 1;
const LIVELOCK = 2;

/** Memory a module may have (wasm32), less what the estimate leaves out. */
const MEMORY_LIMIT_BYTES = 3.75 * 2 ** 30;
/** Upper bounds per item, bytes: request with its place in the queues; key and block with identity; prompt piece. */
const REQUEST_BYTES = 224;
const NAMED_BLOCK_BYTES = 72;
const PIECE_BYTES = 12;
const BASE_BYTES = 2 * 2 ** 20;

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Upper bound of the memory a run needs, bytes. */
export function memoryNeeded(config: EngineConfig, workload: Workload): number {
  const { requests, sessions, followUpBudget } = workload;
  let followUps = 0;
  if (sessions !== undefined) {
    for (const rounds of sessions.maxRounds) followUps += rounds < Infinity ? rounds - 1 : 0;
    followUps = Math.min(followUps, followUpBudget ?? Infinity);
  }
  const pieces = requests.promptSegments?.stream.values.length ?? 0;
  const isNamed = config.kvCpuBlocks > 0 || pieces > 0 || sessions?.accumulates.includes(1) === true;
  let tokens = 0;
  for (let row = 0; row < requests.count; row++) {
    tokens += (requests.inputTokens[row] ?? 0) + (requests.outputTokens[row] ?? 0);
  }
  return (
    BASE_BYTES +
    (requests.count + followUps) * REQUEST_BYTES +
    (sessions?.roundInputTokens.values.length ?? 0) * 16 +
    pieces * PIECE_BYTES +
    (isNamed ? Math.ceil(tokens / config.blockSizeTokens) * NAMED_BLOCK_BYTES : 0)
  );
}

/** Reasons not to start. */
export function refusal(config: EngineConfig, workload: Workload, horizonUs: number): Problem | undefined {
  const { sessions, followUpBudget } = workload;
  const endless =
    horizonUs === Infinity &&
    followUpBudget === undefined &&
    (sessions?.maxRounds.some((rounds, row) => rounds === Infinity && sessions.horizonUs[row] === Infinity) ??
      false);
  if (endless) {
    return {
      code: 'bad-value',
      message:
        'The workload has sessions with an unlimited number of rounds and nothing that ends them, so the run would go on ' +
        'for ever. Give a horizon or a number of requests.',
      field: 'horizon',
    };
  }
  const bytes = memoryNeeded(config, workload);
  if (bytes <= MEMORY_LIMIT_BYTES) return undefined;
  return {
    code: 'out-of-memory',
    message:
      `The run may need ${gib(bytes)} of memory, and one simulation can have ${gib(MEMORY_LIMIT_BYTES)}. ` +
      'Simulate fewer requests' +
      (config.kvCpuBlocks > 0 ? ', or leave out the CPU tier, which must tell all blocks apart.' : '.'),
  };
}

/** A fault that leaves no result. */
export function faultProblem(summary: InstanceSummary, nameOf: (row: number) => string): Problem | undefined {
  if (summary.fault !== EMPTY_REQUEST) return undefined;
  return {
    code: 'not-supported',
    message:
      `${nameOf(summary.faultRow)} has neither prompt nor output tokens; the reference stops with an error when it is ` +
      'admitted. Give it at least one token.',
  };
}

/** Why the run ended. */
export function runEnd(
  summary: InstanceSummary,
  requests: RequestResultColumns,
  config: EngineConfig,
  workload: Workload,
): RunEnd {
  const row = summary.livelockRow;
  const status = row < 0 ? undefined : REQUEST_STATUSES[requests.status[row] ?? 0];
  if (status === 'queued' || status === 'running') {
    const request = requestNames(requests, workload)(row);
    const size = config.blockSizeTokens;
    const tokens = (requests.inputTokens[row] ?? 0) + Math.max(0, (requests.outputTokens[row] ?? 0) - 1);
    return {
      kind: 'livelock',
      request,
      message:
        `${request} can never finish: its ${tokens} tokens need ${Math.ceil(tokens / size)} KV blocks of ${size} and the ` +
        `cache has ${config.totalKvBlocks}. Alone in the batch it preempts itself and starts over` +
        (summary.fault === LIVELOCK ? '; the run was stopped there.' : ' until the horizon.') +
        ' Raise --total-kv-blocks, or set --max-model-len so that it is refused.',
    };
  }
  return { kind: summary.queued + summary.running > 0 ? 'horizon' : 'finished' };
}
