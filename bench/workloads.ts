// The yardstick workloads: Poisson arrivals in two stages, normal lengths, from a small seeded generator. They are shaped
// like the recorded native runs (bench/baseline.json), not equal to them.

import type { TextColumn } from '../src/base/columns';
import type { RequestColumns, Workload } from '../src/domain/workload';

export interface Shape {
  readonly requests: number;
  /** req/s of the first and the second half of the time. */
  readonly rates: readonly [number, number];
  /** Tokens shared by all prompts, in front of the drawn length. */
  readonly sharedTokens: number;
  /** Prompts of a group share their prefix. */
  readonly groups: number;
}

const INPUT = { mean: 550, deviation: 120 };
const OUTPUT = { mean: 248, deviation: 60 };

/** Uniform in (0, 1): 32-bit xorshift-multiply counter. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
  };
}

export function yardstick(shape: Shape): Workload {
  const draw = uniforms(42);
  const normal = (): number => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
  const length = ({ mean, deviation }: typeof INPUT): number =>
    Math.max(1, Math.round(mean + deviation * normal()));
  const { requests: count, rates, sharedTokens, groups } = shape;
  const stageS = count / (rates[0] + rates[1]);
  const arrivalUs = new Float64Array(count);
  const inputTokens = new Uint32Array(count);
  const outputTokens = new Uint32Array(count);
  const prefixStream = new Int32Array(count).fill(-1);
  let now = 0;
  for (let row = 0; row < count; row++) {
    now += -Math.log(draw()) / (now < stageS ? rates[0] : rates[1]);
    arrivalUs[row] = Math.trunc(now * 1e6);
    inputTokens[row] = sharedTokens + length(INPUT);
    outputTokens[row] = length(OUTPUT);
    if (sharedTokens > 0) prefixStream[row] = row % groups;
  }
  const none: TextColumn = { names: [], index: new Int32Array(count).fill(-1) };
  const zeros = (): Uint32Array => new Uint32Array(count);
  const requests: RequestColumns = {
    count,
    requestId: Float64Array.from({ length: count }, (_, row) => row),
    arrivalUs,
    inputTokens,
    outputTokens,
    deadlineUs: new Float64Array(count),
    prefixTokens: zeros().fill(sharedTokens),
    prefixStream,
    session: new Int32Array(count).fill(-1),
    roundIndex: zeros(),
    sessionId: none,
    clientId: none,
    tenantId: none,
    sloClass: none,
    model: none,
    prefixGroup: none,
    streaming: new Uint8Array(count),
    textTokens: zeros(),
    imageTokens: zeros(),
    audioTokens: zeros(),
    videoTokens: zeros(),
    reasonRatio: new Float64Array(count),
  };
  return { requests };
}
