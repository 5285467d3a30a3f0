import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDemoRequests, writeDemoRequests } from '../../../src/sources/demo-requests';

const count = 250;
const requests = {
  count,
  arrivalUs: Float64Array.from({ length: count }, (_, i) => i * 123_400),
  inputTokens: Uint32Array.from({ length: count }, (_, i) => 500 + (i % 100)),
  outputTokens: Uint32Array.from({ length: count }, (_, i) => 240 - (i % 7)),
  ttftUs: Float64Array.from({ length: count }, (_, i) => 40_000 + 10 * i),
  e2eUs: Float64Array.from({ length: count }, (_, i) => 3_500_000 + 100 * i),
  failed: new Uint8Array(count),
};

describe('request rows of the demonstration', () => {
  it('come back as they were written, to their units', () => {
    const bytes = writeDemoRequests([
      { folder: 'a', requests },
      { folder: 'b', requests },
    ]);
    expect(readDemoRequests(bytes, 'x')).toEqual({
      ok: true,
      value: [
        { folder: 'a', requests },
        { folder: 'b', requests },
      ],
    });
    // A repeated prompt costs one byte.
    expect(bytes.length / (2 * count)).toBeLessThan(12);
  });

  it('notice damage', () => {
    const bytes = writeDemoRequests([{ folder: 'a', requests }]);
    for (const damaged of [bytes.subarray(0, bytes.length - 1), bytes.subarray(1), new Uint8Array()]) {
      expect(readDemoRequests(damaged, 'x')).toMatchObject({ ok: false, error: { code: 'malformed' } });
    }
  });

  it('lie beside the page', () => {
    const bytes = readFileSync('public/demo/requests.bin');
    const read = readDemoRequests(new Uint8Array(bytes), 'demo/requests.bin');
    if (!read.ok) throw new Error(read.error.message);
    expect(read.value.map(({ requests: { count: rows } }) => rows)).toEqual([9000, 7200]);
    expect(bytes.length).toBeLessThan(200_000);
  });
});
