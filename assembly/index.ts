export { allocate, usedBytes } from './memory-arena';
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
export { evaluateBatches } from './latency/batches';
