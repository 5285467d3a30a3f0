import { describe, expect, it } from 'vitest';
import { RemainingTime } from '../../../src/workers/remaining-time';

const pair = (simulator: string, tokens: number): { simulator: string; tokens: number } => ({
  simulator,
  tokens,
});

describe('remaining time', () => {
  it('does not guess before three pairs are finished', () => {
    const time = new RemainingTime();
    time.addFinished(pair('a', 100), 1);
    time.addFinished(pair('a', 100), 1);
    expect(time.estimate([pair('a', 100)], 1)).toBeUndefined();
    time.addFinished(pair('a', 100), 1);
    expect(time.estimate([pair('a', 100)], 1)).toBe(1);
  });

  it('judges each simulator by its own pairs, and an unseen one by all', () => {
    const time = new RemainingTime();
    time.addFinished(pair('slow', 100), 10);
    time.addFinished(pair('fast', 100), 1);
    time.addFinished(pair('fast', 100), 1);
    expect(time.estimate([pair('slow', 200)], 1)).toBe(20);
    expect(time.estimate([pair('fast', 200)], 1)).toBe(2);
    expect(time.estimate([pair('new', 300)], 1)).toBeCloseTo(12, 10);
  });

  it('counts what is left of a running pair, and divides by the workers', () => {
    const time = new RemainingTime();
    for (let index = 0; index < 3; index++) time.addFinished(pair('a', 100), 2);
    expect(time.estimate([{ ...pair('a', 100), share: 0.75 }, pair('a', 100)], 2)).toBe(1.25);
    expect(time.estimate([], 4)).toBe(0);
  });
});
