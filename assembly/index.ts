export { allocate, allocationCalls, usedBytes } from './memory-arena';
export { clusterIsIdle, clusterRun } from './cluster/loop';
export { clusterIsPaused, clusterObserve, clusterPauseAt, clusterRetire } from './cluster/scaling';
export {
  clusterAdd,
  clusterBegin,
  clusterClock,
  clusterDrainLog,
  clusterLogAt,
  clusterSubPages,
  clusterWritePools,
} from './cluster/prepare';
export {
  blockReplayAdvance,
  blockReplayArrival,
  blockReplayBlock,
  blockReplayBlockedDecisions,
  blockReplayCreate,
  blockReplayE2e,
  blockReplayOutput,
  blockReplayPreemptions,
  blockReplayPrompt,
  blockReplayPromptStream,
  blockReplayPromptTokensComputed,
  blockReplayStart,
  blockReplaySteps,
  blockReplaySystemStream,
  blockReplayTtft,
} from './engine/block-replay';
export { beginClassic, writeClassicSummary } from './engine/classic-setup';
export { nextEvent, run } from './engine/events';
export {
  replayAdvance,
  replayAdmitted,
  replayArrival,
  replayBlock,
  replayCached,
  replayCreate,
  replayE2e,
  replayOutput,
  replayPrompt,
  replayStart,
  replaySteps,
  replayTtft,
} from './engine/pipelined-replay';
export { allocateRequests, begin, configureInstance } from './engine/prepare';
export { useFleetRecords } from './engine/request';
export { setRequestIds } from './engine/request-ids';
export { watchRequest, watchedAt, watchedRows } from './engine/watch';
export {
  drainStepLog,
  endedCount,
  finishItl,
  finishRequests,
  hasRunShort,
  requestOffset,
  settleBatch,
  stepLogAt,
  writeItl,
  writeSummary,
} from './engine/results';
export {
  allocateSessions,
  clearHungry,
  feedSession,
  followUpCount,
  followUpPages,
  hungrySessionCount,
  hungrySessions,
  prepareSessions,
  sessionBytes,
} from './engine/sessions';
export { evaluateBatches } from './latency/batches';
export {
  exp as mathExp,
  gammaFunction as mathGamma,
  ln as mathLn,
  pow as mathPow,
} from './random/elementary';
export {
  randomAllocate,
  randomFloat64,
  randomInt63,
  randomInt63n,
  randomIntn,
  randomSeed,
  randomShuffleIndex,
  randomWord,
} from './random/go-source';
export { fillTokens, skipTokens } from './random/token-draws';
export { randomExponential, randomNormal } from './random/ziggurat';
export { rooflineLoads } from './latency/loads';
