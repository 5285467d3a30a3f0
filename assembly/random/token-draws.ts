// Token ids in bulk: Intn(128000), n times (workload spec 1.7). Most ids are never looked at, yet their draws must be made,
// since later draws follow on the same stream; and how many words they take depends on the words, because of rejection.
// So the loop runs over stretches in which neither index wraps, and only counts rejected words.

const LENGTH: i32 = 607;
const TAP: usize = 607 * 8;
const FEED: usize = 607 * 8 + 4;

const VOCABULARY: u32 = 128000;
/** Largest accepted 31-bit value: 2^31 − 1 − (2^31 mod 128000). */
const LIMIT: u32 = 2147455999;
/** The same within whole words: the value's bits, and the largest word that holds an accepted value. */
const VALUE_BITS: v128 = i64x2.splat(0x7fffffff00000000);
const LAST_ACCEPTED: v128 = i64x2.splat((2147455999 << 32) | 0xffffffff);

/** Consumes the draws of n token ids. */
export function skipTokens(p: usize, n: i32): void {
  while (n > 0) {
    const steps = stretch(p, n);
    const tap = load<i32>(p, TAP) - steps;
    const feed = load<i32>(p, FEED) - steps;
    const to = p + ((<usize>feed) << 3);
    const distance = ((<usize>tap) << 3) - ((<usize>feed) << 3);
    // Highest address first, as word by word; the two indices are 273 apart, so that two words at once do not meet.
    let at = to + ((<usize>steps) << 3);
    let rejectedPairs = i64x2.splat(0);
    while (at >= to + 16) {
      at -= 16;
      const words = i64x2.add(v128.load(at), v128.load(at + distance));
      v128.store(at, words);
      // A true lane is −1.
      rejectedPairs = i64x2.sub(rejectedPairs, i64x2.gt_s(v128.and(words, VALUE_BITS), LAST_ACCEPTED));
    }
    let rejected = <i32>(i64x2.extract_lane(rejectedPairs, 0) + i64x2.extract_lane(rejectedPairs, 1));
    if (at > to) {
      at -= 8;
      const word = load<u64>(at) + load<u64>(at + distance);
      store<u64>(at, word);
      rejected += <i32>(((<u32>(word >> 32)) & 0x7fffffff) > LIMIT);
    }
    store<i32>(p, tap, TAP);
    store<i32>(p, feed, FEED);
    n -= steps - rejected;
  }
}

/** Writes n token ids as u32 to `out`. */
export function fillTokens(p: usize, n: i32, out: usize): void {
  while (n > 0) {
    const steps = stretch(p, n);
    const tap = load<i32>(p, TAP) - steps;
    const feed = load<i32>(p, FEED) - steps;
    const to = p + ((<usize>feed) << 3);
    const distance = ((<usize>tap) << 3) - ((<usize>feed) << 3);
    let at = to + ((<usize>steps) << 3);
    while (at > to) {
      at -= 8;
      const word = load<u64>(at) + load<u64>(at + distance);
      store<u64>(at, word);
      const value = (<u32>(word >> 32)) & 0x7fffffff;
      if (value <= LIMIT) {
        store<u32>(out, value % VOCABULARY);
        out += 4;
        n--;
      }
    }
    store<i32>(p, tap, TAP);
    store<i32>(p, feed, FEED);
  }
}

/** Words, at most n, that can be made before an index wraps; wraps an index that stands at 0. */
function stretch(p: usize, n: i32): i32 {
  let tap = load<i32>(p, TAP);
  if (tap == 0) {
    tap = LENGTH;
    store<i32>(p, tap, TAP);
  }
  let feed = load<i32>(p, FEED);
  if (feed == 0) {
    feed = LENGTH;
    store<i32>(p, feed, FEED);
  }
  return min(n, min(tap, feed));
}
