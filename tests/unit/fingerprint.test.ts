import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, fingerprintText } from '../../src/base/fingerprint';

describe('fingerprints', () => {
  it('are 16 hexadecimal digits and stay what they were', () => {
    expect(fingerprintText('')).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintText('plumb')).toBe(fingerprintText('plumb'));
    expect(fingerprintText('plumb')).not.toBe(fingerprintText('plumc'));
  });

  it('do not depend on key order or on absent keys', () => {
    expect(fingerprintOf({ a: 1, b: [1, 2] })).toBe(fingerprintOf({ b: [1, 2], c: undefined, a: 1 }));
    expect(fingerprintOf({ a: 1 })).not.toBe(fingerprintOf({ a: '1' }));
    expect(fingerprintOf([1, [2]])).not.toBe(fingerprintOf([[1], 2]));
  });

  it('see every byte of a column', () => {
    expect(fingerprintOf({ x: Float64Array.of(1, 2) })).not.toBe(
      fingerprintOf({ x: Float64Array.of(1, 2.0000001) }),
    );
  });

  it('tell short texts apart', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const print = fingerprintText(text);
        const other = seen.get(print);
        seen.set(print, text);
        return other === undefined || other === text;
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});
