// Which stream of random numbers has which seed (spec 1.6; BLIS 87cc70ed sim/rng.go). 64-bit arithmetic wraps.

const FNV64_START = 0xcbf29ce484222325n;
const FNV64_FACTOR = 0x100000001b3n;
const SESSION_OFFSET = 7919n;
const CONCURRENCY_OFFSET = 10007n;

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

export function fnv1a64(name: string): bigint {
  let hash = FNV64_START;
  for (const byte of new TextEncoder().encode(name)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV64_FACTOR);
  }
  return hash;
}

/** Named streams mix the name into the master seed; `workload` alone uses the master seed itself. */
export const namedSeed = (master: bigint, name: string): bigint =>
  name === 'workload' ? wrap(master) : wrap(BigInt.asUintN(64, master) ^ fnv1a64(name));

export const generationSeed = (seed: bigint): bigint => namedSeed(seed, 'workload-gen');
export const sessionSeed = (seed: bigint): bigint => wrap(seed + SESSION_OFFSET);
export const concurrencySeed = (seed: bigint): bigint => wrap(seed + CONCURRENCY_OFFSET);
