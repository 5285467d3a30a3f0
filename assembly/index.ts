export { allocate, usedBytes } from './memory-arena';
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
export { allocateRequests, begin } from './engine/prepare';
export { setRequestIds } from './engine/request-ids';
export {
  drainStepLog,
  endedCount,
  finishItl,
  finishRequests,
  requestOffset,
  stepLogAt,
  writeItl,
  writeSummary,
} from './engine/results';
export { evaluateBatches } from './latency/batches';
