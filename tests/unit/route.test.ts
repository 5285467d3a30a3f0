import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute } from '../../src/app/state/route';

describe('routes in the hash', () => {
  it('reads place, parts and query', () => {
    expect(parseRoute('#/validate/plan?exp=16&metric=ttft_mean')).toEqual({
      place: 'validate',
      parts: ['plan'],
      query: { exp: '16', metric: 'ttft_mean' },
    });
    expect(parseRoute('')).toEqual({ place: '', parts: [], query: {} });
  });

  it('comes back equal after writing, whatever the text', () => {
    const route = { place: 'catalogue', parts: ['models', 'a/b c%é'], query: { q: 'x&y=z?' } };
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('survives a hand-typed hash with a stray percent sign', () => {
    expect(parseRoute('#/validate/50%').parts).toEqual(['50%']);
  });
});
