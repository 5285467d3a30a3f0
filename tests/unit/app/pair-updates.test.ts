// Changes of pairs reach the screen at once in small runs, and together in large ones.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PairUpdates } from '../../../src/app/validate/pair-updates';
import type { PairState } from '../../../src/app/validate/pairs';

const RUNNING: PairState = { kind: 'running', done: 1 };
const QUEUED: PairState = { kind: 'queued' };

let seen: string[];
const updates = (pairCount: number) =>
  new PairUpdates(pairCount, (changes) =>
    seen.push([...changes].map(([key, { kind }]) => `${key} ${kind}`).join(', ')),
  );

beforeEach(() => {
  seen = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('shows each change of a small run at once', () => {
  const small = updates(200);
  small.set('a', RUNNING);
  small.set('b', QUEUED);
  expect(seen).toEqual(['a running', 'b queued']);
});

it('gathers the changes of a large run; the last of a pair counts', () => {
  const large = updates(201);
  large.set('a', QUEUED);
  large.set('b', QUEUED);
  large.set('a', RUNNING);
  expect(seen).toEqual([]);
  vi.runAllTimers();
  expect(seen).toEqual(['a running, b queued']);
  large.set('b', RUNNING);
  large.flush();
  vi.runAllTimers();
  expect(seen).toEqual(['a running, b queued', 'b running']);
});
