import { describe, expect, it } from 'vitest';
import {
  cutMiddle,
  showAbout,
  showBytes,
  showCount,
  showLatency,
  showPercent,
  showQuantity,
  showSeconds,
  showSignedPercent,
} from '../../src/base/display';

describe('numbers as the page shows them', () => {
  it('groups thousands with a narrow no-break space', () => {
    expect(showCount(999)).toBe('999');
    expect(showCount(16800)).toBe('16\u202f800');
    expect(showCount(1234567)).toBe('1\u202f234\u202f567');
  });

  it('shows errors with one decimal below 100 and none from there', () => {
    expect(showPercent(9.44)).toBe('9.4');
    expect(showPercent(99.94)).toBe('99.9');
    expect(showPercent(99.96)).toBe('100');
    expect(showPercent(15870.4)).toBe('15\u202f870');
    expect(showPercent(Infinity)).toBe('∞');
  });

  it('signs bias with a real minus and leaves zero alone', () => {
    expect(showSignedPercent(0.4)).toBe('+0.4');
    expect(showSignedPercent(-35.23)).toBe('−35.2');
    expect(showSignedPercent(-0.01)).toBe('0.0');
    expect(showSignedPercent(-Infinity)).toBe('−∞');
  });

  it('gives latencies three significant digits, whole from 100', () => {
    expect(showLatency(3610.36)).toBe('3\u202f610');
    expect(showLatency(99.96)).toBe('100');
    expect(showLatency(44.509)).toBe('44.5');
    expect(showLatency(9.996)).toBe('10.0');
    expect(showLatency(0.01234)).toBe('0.0123');
    expect(showLatency(0)).toBe('0');
  });

  it('shortens rates, sizes and times', () => {
    expect(showQuantity(21400)).toBe('21.4\u202fk');
    expect(showQuantity(999.6)).toBe('1.00\u202fk');
    expect(showSeconds(0.3812)).toBe('0.38');
    expect(showSeconds(200.2)).toBe('200');
    expect(showAbout(0.2)).toBe('under 1 s');
    expect(showAbout(38.2)).toBe('about 40 s');
    expect(showAbout(600)).toBe('about 10 min');
    expect(showBytes(940_000_000)).toBe('940 MB');
  });

  it('cuts long names in the middle and counts letters, not code units', () => {
    expect(cutMiddle('short.txt', 20)).toBe('short.txt');
    expect(cutMiddle('abcdefghij', 5)).toBe('ab…ij');
    expect(cutMiddle('😀😀😀😀😀😀', 5)).toBe('😀😀…😀😀');
  });
});
