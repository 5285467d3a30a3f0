// The generator by its worked examples (seed 42 of the specification), and the put-off token draws.
import { describe, expect, it } from 'vitest';
import { openRandomDoor } from '../../src/engine/random-door';
import { releaseModule } from '../support/wasm';

describe('random streams', () => {
  const door = openRandomDoor(releaseModule());

  it('follows the worked example of seed 42', () => {
    const stream = door.open(42n);
    expect([stream.word(), stream.word()].map((word) => word.toString(16))).toEqual([
      'afbf64b1967f8c53',
      '8872b44b9fbb971b',
    ]);
    expect(stream.float64()).toBe(0.604093851558642);
    expect([...door.open(42n).tokens(3)]).toEqual([48305, 38987, 1668]);
    expect(door.open(42n).normal()).toBe(1.5536305584564762);
    expect(door.open(42n).exponential()).toBe(0.49573841490239784);
  });

  it('takes seeds modulo 2^31 − 1, whatever their sign', () => {
    const first = (seed: bigint): bigint => door.open(seed).word();
    expect(first(42n)).toBe(first(42n + 2147483647n));
    expect(first(-1n)).toBe(first(2147483646n));
    expect(first(0n)).toBe(first(89482311n));
    expect(first(2n ** 64n + 5n)).toBe(first(5n));
  });

  it.each([1, 272, 273, 274, 606, 607, 608, 5000, 100_000])(
    'skips %i tokens as if they were drawn',
    (count) => {
      const drawn = door.open(7n);
      const skipped = door.open(7n);
      drawn.tokens(count);
      skipped.skipTokens(count - 1);
      skipped.skipTokens(1);
      expect(skipped.word()).toBe(drawn.word());
      expect([...skipped.tokens(700)]).toEqual([...drawn.tokens(700)]);
    },
  );

  it('gives a released stream a fresh start', () => {
    const stream = door.open(1n);
    stream.skipTokens(10);
    stream.release();
    expect(door.open(42n).word().toString(16)).toBe('afbf64b1967f8c53');
  });

  it('has elementary functions within one unit of the host on ordinary arguments', () => {
    for (let x = 0.01; x < 40; x *= 1.07) {
      expect(Math.abs(door.math.ln(x) - Math.log(x))).toBeLessThanOrEqual(1e-15);
      expect(Math.abs(door.math.exp(-x) / Math.exp(-x) - 1)).toBeLessThan(1e-15);
      expect(Math.abs(door.math.pow(x, 2.3) / Math.pow(x, 2.3) - 1)).toBeLessThan(1e-14);
    }
    expect(door.math.gamma(5)).toBe(24);
    expect([door.math.ln(0), door.math.exp(1000), door.math.exp(-1000), door.math.pow(0, -1)]).toEqual([
      -Infinity,
      Infinity,
      0,
      Infinity,
    ]);
  });
});
