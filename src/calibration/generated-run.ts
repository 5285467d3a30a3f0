// A run that nobody recorded request by request: Poisson arrivals from a fixed seed at the stage's rate, all prompts and
// outputs of the stage's mean length. Enough for stage statistics; the default vector loses nothing on the reference kit by it.

import { cachedPromptTokens, promptIdentities, type PromptReuse } from '../workload/prompt-reuse';
import { COLD_TO, type Deployment, type PreparedRun } from './prepared-run';

/** What a stage's summary says about its load. */
export interface StageLoad {
  readonly rateRps: number;
  readonly requests: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly systemPromptTokens: number;
}

const SEED = 42;
const US_PER_S = 1e6;

/** A 32-bit mixing generator; uniform in (0, 1]. The same numbers everywhere, which is all it is for. */
function uniformSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 1) / 4_294_967_296;
  };
}

/** Arrival times in µs, the first at 0. */
export function poissonArrivals(rateRps: number, count: number, seed = SEED): Float64Array {
  const uniform = uniformSource(seed);
  const arrivals = new Float64Array(count);
  let clock = 0;
  for (let i = 1; i < count; i++) {
    clock += (-Math.log(uniform()) / rateRps) * US_PER_S;
    arrivals[i] = clock;
  }
  return arrivals;
}

/** One stage as a run of its own, without measurements. Another `replica` draws other arrivals at the same rate. */
export function generatedRun(
  { expId, folder }: { readonly expId: number; readonly folder: string },
  stageIndex: number,
  load: StageLoad,
  deployment: Deployment,
  reuse: PromptReuse,
  prefixCaching: boolean,
  replica = 0,
): PreparedRun {
  const count = Math.round(load.requests);
  const inputTokens = new Uint32Array(count).fill(Math.round(load.promptTokens));
  const outputTokens = new Uint32Array(count).fill(Math.max(Math.round(load.outputTokens), 1));
  const identity = promptIdentities(count, reuse);
  const cachedTokens = prefixCaching
    ? cachedPromptTokens(inputTokens, identity, deployment.blockSizeTokens, load.systemPromptTokens)
    : new Uint32Array(count);
  const warmFrom = Math.min(Math.max(COLD_TO, reuse.kind === 'periodic' ? reuse.period : 0), count >> 1);
  const tokens = deployment.server.maxNumRunningReqs * (load.promptTokens + load.outputTokens);
  return {
    expId,
    folder,
    identity: '',
    deployment,
    count,
    arrivalUs: poissonArrivals(load.rateRps, count, SEED + stageIndex + 1000 * replica),
    inputTokens,
    outputTokens,
    cachedTokens,
    prompts: { identity, systemPrompts: 1, systemPromptTokens: load.systemPromptTokens, prefixCaching },
    ttftUs: new Float64Array(count).fill(NaN),
    e2eUs: new Float64Array(count).fill(NaN),
    succeeded: new Uint8Array(count).fill(1),
    warmFrom,
    stages: [
      {
        stageIndex,
        rateRps: load.rateRps,
        from: 0,
        to: count,
        isBurst: false,
        isSaturated: false,
        warmCount: count,
      },
    ],
    reuse,
    outputRule: { kind: 'fixed', tokens: load.outputTokens, reportedMean: load.outputTokens },
    isOverloaded: false,
    cachedShare:
      cachedTokens.reduce((sum, value) => sum + value, 0) /
      inputTokens.reduce((sum, value) => sum + value, 0),
    kvPressure: tokens / deployment.kvTokens,
    notes: ['Arrivals and lengths are generated from the stage summary: no per-request rows.'],
  };
}
