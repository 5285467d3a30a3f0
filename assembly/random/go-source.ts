// Go's additive lagged Fibonacci source and the draws derived from its words (workload spec 1.1–1.3; math/rand/rng.go and
// rand.go of Go 1.24). One generator is one block of 607 words and two indices; every function takes its address.

import { allocate } from '../memory-arena';
import { COOKED } from './go-tables';

const LENGTH: i32 = 607;
const LAG: i32 = 273;
const TAP: usize = 607 * 8;
const FEED: usize = 607 * 8 + 4;
const BYTES: usize = 607 * 8 + 8;

const MODULUS: i64 = 2147483647;
const MULTIPLIER: u64 = 48271;
const ZERO_SEED: i64 = 89482311;
const WARM_UP_STEPS: i32 = 20;

/** A new, unseeded generator. */
export function randomAllocate(): usize {
  return allocate(BYTES);
}

/** One step of the seeding generator. The modulus is a Mersenne prime, so that folding replaces the division. */
function congruential(x: u64): u64 {
  const product = x * MULTIPLIER;
  const folded = (product & (<u64>MODULUS)) + (product >> 31);
  return folded >= <u64>MODULUS ? folded - <u64>MODULUS : folded;
}

/** Only the seed modulo 2^31 − 1 matters. */
export function randomSeed(p: usize, seed: i64): void {
  let m = seed % MODULUS;
  if (m < 0) m += MODULUS;
  if (m == 0) m = ZERO_SEED;
  let x = <u64>m;
  for (let i = 0; i < WARM_UP_STEPS; i++) x = congruential(x);
  for (let i = 0; i < LENGTH; i++) {
    const at = (<usize>i) << 3;
    x = congruential(x);
    let word = x << 40;
    x = congruential(x);
    word ^= x << 20;
    x = congruential(x);
    word ^= x;
    store<u64>(p + at, word ^ load<u64>(COOKED + at));
  }
  store<i32>(p, 0, TAP);
  store<i32>(p, LENGTH - LAG, FEED);
}

export function randomWord(p: usize): u64 {
  let tap = load<i32>(p, TAP) - 1;
  if (tap < 0) tap += LENGTH;
  let feed = load<i32>(p, FEED) - 1;
  if (feed < 0) feed += LENGTH;
  store<i32>(p, tap, TAP);
  store<i32>(p, feed, FEED);
  const at = p + ((<usize>feed) << 3);
  const word = load<u64>(at) + load<u64>(p + ((<usize>tap) << 3));
  store<u64>(at, word);
  return word;
}

export function randomInt63(p: usize): i64 {
  return <i64>(randomWord(p) & 0x7fffffffffffffff);
}

export function randomUint32(p: usize): u32 {
  return <u32>(randomWord(p) >> 31);
}

export function randomInt31(p: usize): u32 {
  return (<u32>(randomWord(p) >> 32)) & 0x7fffffff;
}

/** Uniform in [0, 1). */
export function randomFloat64(p: usize): f64 {
  let value: f64;
  do {
    value = <f64>randomInt63(p) / 9223372036854775808.0;
  } while (value == 1.0);
  return value;
}

/** Uniform in [0, n), 1 <= n < 2^31. */
export function randomInt31n(p: usize, n: u32): u32 {
  if ((n & (n - 1)) == 0) return randomInt31(p) & (n - 1);
  const limit: u32 = 0x7fffffff - (<u32>0x80000000 % n);
  let value = randomInt31(p);
  while (value > limit) value = randomInt31(p);
  return value % n;
}

/** Uniform in [0, n), n >= 1. */
export function randomInt63n(p: usize, n: i64): i64 {
  if ((n & (n - 1)) == 0) return randomInt63(p) & (n - 1);
  const limit = <i64>(<u64>0x7fffffffffffffff - (<u64>0x8000000000000000 % <u64>n));
  let value = randomInt63(p);
  while (value > limit) value = randomInt63(p);
  return value % n;
}

/** Go's Intn: 31 bits where they suffice. */
export function randomIntn(p: usize, n: i64): i64 {
  return n <= 0x7fffffff ? <i64>randomInt31n(p, <u32>n) : randomInt63n(p, n);
}

/** The bounded draw of Shuffle, uniform in [0, k). */
export function randomShuffleIndex(p: usize, k: u32): u32 {
  let product = <u64>randomUint32(p) * <u64>k;
  let low = <u32>product;
  if (low < k) {
    const threshold: u32 = (0 - k) % k;
    while (low < threshold) {
      product = <u64>randomUint32(p) * <u64>k;
      low = <u32>product;
    }
  }
  return <u32>(product >> 32);
}
