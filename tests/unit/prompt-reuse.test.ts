import { describe, expect, it } from 'vitest';
import {
  cachedPromptTokens,
  detectPromptReuse,
  knownPromptLengths,
  promptIdentities,
} from '../../src/workload/prompt-reuse';

/** Lengths that look random: a fixed linear congruence, 400 … 655. */
const lengths = (count: number, seed = 7): Uint32Array => {
  let state = seed;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 400 + (state >>> 24);
  });
};
const all = (count: number): Uint8Array => new Uint8Array(count).fill(1);

describe('prompt reuse', () => {
  it('finds a cycle of seven prompts', () => {
    const cycle = lengths(7);
    const input = Uint32Array.from({ length: 300 }, (_, i) => cycle[i % 7] ?? 0);
    expect(detectPromptReuse(input, all(300))).toMatchObject({ kind: 'periodic', period: 7, share: 1 });
  });

  it('forgives a few odd counts and skips failed requests', () => {
    const cycle = lengths(50);
    const input = Uint32Array.from(
      { length: 1000 },
      (_, i) => (cycle[i % 50] ?? 0) + (i % 211 === 0 ? 1 : 0),
    );
    const usable = all(1000).map((_, i) => (i % 9 === 0 ? 0 : 1));
    expect(detectPromptReuse(input, usable)).toMatchObject({ kind: 'periodic', period: 50 });
  });

  it('takes prompts of unrelated lengths for distinct', () => {
    expect(detectPromptReuse(lengths(900), all(900))).toEqual({ kind: 'distinct', source: 'detected' });
  });

  it('does not decide on constant lengths', () => {
    expect(detectPromptReuse(new Uint32Array(300).fill(512), all(300)).kind).toBe('unprovable');
  });

  it('counts whole blocks of known prompts as cached, and the system prompt of new ones', () => {
    const input = Uint32Array.from({ length: 14 }, () => 100);
    const identity = promptIdentities(14, {
      kind: 'periodic',
      period: 12,
      share: 1,
      medianElsewhere: 0,
      source: 'stated',
    });
    // Rows 0 … 9 cold, 10 and 11 new prompts behind a system prompt of 40 tokens, 12 and 13 repeat: 16 · ⌊99 / 16⌋.
    expect([...cachedPromptTokens(input, identity, 16, 40)]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 32, 96, 96,
    ]);
  });

  it('always leaves the last token to compute', () => {
    const identity = Int32Array.of(0, 0);
    expect([...cachedPromptTokens(Uint32Array.of(32, 32), identity, 16, 0)]).toEqual([0, 16]);
  });

  it('gives failed requests, which report no prompt, the length of its other copies', () => {
    const input = Uint32Array.of(100, 200, 0, 0, 0);
    const usable = Uint8Array.of(1, 1, 0, 0, 1);
    // Row 4 succeeded with an empty prompt: that is what it measured.
    expect([...knownPromptLengths(input, usable, Int32Array.of(0, 1, 0, 1, 0))]).toEqual([
      100, 200, 100, 200, 0,
    ]);
    expect([...knownPromptLengths(input, usable, new Int32Array(5).fill(-1))]).toEqual([
      100, 200, 150, 150, 0,
    ]);
  });
});
