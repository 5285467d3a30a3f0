// Every list of the recorded generator, draw by draw.
import { expect, it } from 'vitest';
import { openRandomDoor } from '../../src/engine/random-door';
import { rngListing } from '../../src/workload/rng-listing';
import { describeShared, sharedJson } from '../support/shared';
import { releaseModule } from '../support/wasm';

describeShared('recorded random numbers', () => {
  const door = openRandomDoor(releaseModule());

  it.each([42, 0, -7, 123456789])('seed %i', (seed) => {
    expect(rngListing(door, BigInt(seed))).toEqual(sharedJson('golden', 'rng', `seed_${seed}.json`));
    const ids = door.open(BigInt(seed)).tokens(1000);
    expect([...ids]).toEqual(
      sharedJson<{ intn_128000: number[] }>('golden', 'rng', `seed_${seed}.json`).intn_128000,
    );
  });

  it('elementary functions', () => {
    const file = sharedJson<Record<'log' | 'exp' | 'gamma' | 'pow', number[][]>>(
      'golden',
      'rng',
      'math.json',
    );
    for (const [x, y] of file.log) expect(door.math.ln(x!)).toBe(y);
    for (const [x, y] of file.exp) expect(door.math.exp(x!)).toBe(y);
    for (const [x, y] of file.gamma) expect(door.math.gamma(x!)).toBe(y);
    for (const [x, y, z] of file.pow) expect(door.math.pow(x!, y!)).toBe(z);
  });
});
