// The first draws of a seed, every list from a freshly seeded generator, in the shape of the recorded generator files: lets
// anyone hold our generator against the reference's.

import type { RandomDoor, RandomStream } from '../domain/random';

const COUNT = 1000;
const LONG_DRAWS = 200_000;
const INT63N = 6_000_000_000_000_000_000n;

export function rngListing(door: RandomDoor, seed: bigint): Record<string, unknown> {
  const fresh = <T>(use: (stream: RandomStream) => T): T => {
    const stream = door.open(seed);
    const value = use(stream);
    stream.release();
    return value;
  };
  const list = <T>(draw: (stream: RandomStream) => T): T[] =>
    fresh((stream) => Array.from({ length: COUNT }, () => draw(stream)));
  const normal = fresh((stream) => longRun(stream, (s) => s.normal()));
  const exponential = fresh((stream) => longRun(stream, (s) => s.exponential()));
  return {
    count: COUNT,
    exp_float64: list((s) => s.exponential()),
    float64: list((s) => s.float64()),
    int63: list((s) => s.int63().toString()),
    int63n_6000000000000000000: list((s) => s.int63n(INT63N).toString()),
    intn_1000: list((s) => s.intn(1000)),
    intn_1024: list((s) => s.intn(1024)),
    intn_128000: list((s) => s.intn(128000)),
    intn_1500000000: list((s) => s.intn(1_500_000_000)),
    intn_3000000000: list((s) => s.intn(3_000_000_000)),
    long_run: {
      draws: LONG_DRAWS,
      exp_max: exponential.extreme,
      exp_max_index: exponential.index,
      exp_next_uint64_hex: exponential.nextHex,
      exp_sum: exponential.sum,
      norm_extreme: normal.extreme,
      norm_extreme_index: normal.index,
      norm_next_uint64_hex: normal.nextHex,
      norm_sum: normal.sum,
    },
    norm_float64: list((s) => s.normal()),
    perm_100: fresh((s) => [...s.permutation(100)]),
    seed: Number(seed),
    shuffle_100: fresh((s) => [...s.shuffled(100)]),
    uint64_hex: list((s) => hex(s.word())),
  };
}

function longRun(stream: RandomStream, draw: (stream: RandomStream) => number) {
  let sum = 0;
  let extreme = 0;
  let index = 0;
  for (let i = 0; i < LONG_DRAWS; i++) {
    const value = draw(stream);
    sum += value;
    if (Math.abs(value) > Math.abs(extreme)) {
      extreme = value;
      index = i;
    }
  }
  return { sum, extreme, index, nextHex: hex(stream.word()) };
}

const hex = (word: bigint): string => word.toString(16).padStart(16, '0');
