// The binary interface of the module, typed. Addresses and counts are numbers (wasm32); times cross as f64.

export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  /** Zeroed bytes, aligned to 16. May grow the memory, which detaches every view. */
  allocate(bytes: number): number;
  usedBytes(): number;
  /** Calls of `allocate` so far, the module's own included; 0 in the module that ships. */
  allocationCalls(): number;
  requestOffset(field: number): number;
  /** Before anything else: the run is a fleet's. */
  useFleetRecords(): void;
  allocateRequests(count: number): number;
  setRequestIds(numbers: number, sessionIds: number, longestSessionId: number): void;
  /** Address of the instance. */
  begin(config: number): number;
  /** Executes events before `until` (ticks as bigint), at most `limit`; returns how many. */
  run(instance: number, until: bigint, limit: number): number;
  allocateSessions(count: number, requestCount: number, followUpBudget: number): number;
  sessionBytes(): number;
  prepareSessions(count: number): void;
  feedSession(index: number, rounds: number, known: number): void;
  hungrySessions(): number;
  hungrySessionCount(): number;
  clearHungry(): void;
  followUpCount(): number;
  followUpPages(): number;
  /** An instance to which requests are delivered. */
  configureInstance(config: number): number;
  /** Switches an instance to the classic rules; seven coefficients as f64. */
  beginClassic(instance: number, coefficients: number): void;
  writeClassicSummary(instance: number, to: number): void;
  /** Address of the cluster. */
  clusterBegin(config: number): number;
  clusterAdd(cluster: number, instance: number): void;
  clusterRun(cluster: number, limit: number): number;
  /** Pauses the next run at a time, Infinity = not at all (assembly/cluster/scaling.ts). */
  clusterPauseAt(cluster: number, atUs: number): void;
  clusterIsPaused(cluster: number): number;
  /** Writes five values an instance as the control plane sees it at a pause; `renews` = the router state is built for it. */
  clusterObserve(cluster: number, to: number, renews: number): void;
  clusterRetire(cluster: number, index: number): void;
  /** 1 if no request will arrive and none is in flight. */
  clusterIsIdle(cluster: number): number;
  clusterLogAt(cluster: number): number;
  clusterDrainLog(cluster: number): number;
  clusterClock(cluster: number): number;
  /** First page of sub-requests, in the layout of follow-ups. */
  clusterSubPages(cluster: number): number;
  /** Writes the figures of the pools, POOL_SLOTS. */
  clusterWritePools(cluster: number, to: number): void;
  endedCount(instance: number): number;
  /** 1 once a reservation has found too few free blocks. */
  hasRunShort(instance: number): number;
  stepLogAt(instance: number): number;
  drainStepLog(instance: number): number;
  /** Keeps the life of one request, in at most `room` rows. */
  watchRequest(row: number, room: number): void;
  watchedAt(): number;
  watchedRows(): number;
  /** Before `finishRequests`: what the batch has emitted so far. */
  settleBatch(instance: number): void;
  finishRequests(first: number, count: number): void;
  finishItl(instance: number): number;
  writeItl(instance: number, to: number): void;
  writeSummary(instance: number, to: number): void;
}

/** Numbers by which `requestOffset` knows the fields of a request record. */
export const REQUEST_FIELDS = [
  'state',
  'capped',
  'arrivalUs',
  'deadlineUs',
  'firstTokenUs',
  'sumUs',
  'schedulingDelayUs',
  'inputTokens',
  'outputTokens',
  'prefixBlocks',
  'prefixKeys',
  'session',
  'round',
  'followUp',
  'prefixTokens',
  'prefixStream',
  'pieces',
  'pieceCount',
  'target',
  'decodeOnly',
  // 0 unless the run is a fleet's.
  'tenant',
  'sloPriority',
  'handledBy',
  'gatewayDelayUs',
  'transferUs',
  'pdEndUs',
  'bytes',
] as const;
export type RequestField = (typeof REQUEST_FIELDS)[number];
/** Byte offsets of the fields; `bytes` is the size of a record. */
export type RequestLayout = Readonly<Record<RequestField, number>>;

/** Slots of the summary block. */
export const SUMMARY_SLOTS = [
  'clockUs',
  'completed',
  'queued',
  'running',
  'inputTokens',
  'outputTokens',
  'preemptions',
  'allocationFailures',
  'dropped',
  'lengthCapped',
  'timedOut',
  'steps',
  'cacheHits',
  'cacheMisses',
  'postDecodeUs',
  'fault',
  'faultRow',
  'waitingSum',
  'cpuMisses',
  'cpuMirrored',
  'cpuEvictions',
  'livelockRow',
] as const;
export type InstanceSummary = Readonly<Record<(typeof SUMMARY_SLOTS)[number], number>>;

/** Slots of the figures of prefill and decode pools. */
export const POOL_SLOTS = [
  'subRequests',
  'inTransfer',
  'peak',
  'depthSum',
  'started',
  'transferred',
  'dropped',
  'prefillCompleted',
  'parents',
] as const;
export type PoolFigures = Readonly<Record<(typeof POOL_SLOTS)[number], number>>;

export const NO_LIMIT = 2n ** 63n - 1n;

export function instantiate(module: WebAssembly.Module): EngineExports {
  // The module imports nothing, and its exports are what assembly/index.ts lists.
  return new WebAssembly.Instance(module, {}).exports as unknown as EngineExports;
}

export function readLayout(engine: EngineExports): RequestLayout {
  const entries = REQUEST_FIELDS.map((field, number) => [field, engine.requestOffset(number)]);
  return Object.fromEntries(entries) as RequestLayout;
}

export function readSummary(engine: EngineExports, instance: number): InstanceSummary {
  const at = engine.allocate(SUMMARY_SLOTS.length * 8);
  engine.writeSummary(instance, at);
  const values = new Float64Array(engine.memory.buffer, at, SUMMARY_SLOTS.length);
  return Object.fromEntries(
    SUMMARY_SLOTS.map((slot, index) => [slot, values[index] ?? 0]),
  ) as InstanceSummary;
}
