// What is stored, by kind and name, and taking it away and putting it back.

import { expect, it } from 'vitest';
import { remove, takeInventory } from '../../../src/app/storage/inventory';
import { sizeOf } from '../../../src/app/storage/size-of';
import { madeExperiment, madeResult } from '../../support/made-experiment';
import { memoryShelves } from '../../support/memory-shelf';

async function shelvesWithRuns() {
  const shelves = memoryShelves();
  const outcome = { result: madeResult({}), records: [] };
  for (const key of ['aaaa:one', 'aaaa:two', 'bbbb:one'])
    await shelves.pairs.set(key, { outcome, finishedAt: 1 });
  await shelves.project.set('current', {
    name: 'data',
    origin: 'folder',
    entries: [{ kind: 'ready', folder: '1-first', experiment: madeExperiment(), fingerprint: 'aaaa' }],
    warnings: [],
    simulators: [],
    eligibility: [],
    options: { mode: 'reference', multiTurn: 'as-profile' },
    switchedOff: [],
    openedAt: 1,
    runStarted: true,
  });
  return shelves;
}

it('names runs by the folder of their experiment, as far as the project knows it', async () => {
  const { kinds } = await takeInventory(await shelvesWithRuns());
  expect(kinds.map(({ subject }) => subject)).toEqual(['project', 'pairs']);
  const runs = kinds.find(({ subject }) => subject === 'pairs');
  expect(runs?.items.map(({ name, keys }) => [name, keys])).toEqual([
    ['1-first', ['aaaa:one', 'aaaa:two']],
    ['an earlier project (bbbb)', ['bbbb:one']],
  ]);
  expect(runs?.bytes).toBe(runs?.items.reduce((sum, { bytes }) => sum + bytes, 0));
});

it('puts back exactly what it took away', async () => {
  const shelves = await shelvesWithRuns();
  const before = new Map(shelves.pairs.values);
  const putBack = await remove(shelves, 'pairs', ['aaaa:one', 'aaaa:two']);
  expect([...shelves.pairs.values.keys()]).toEqual(['bbbb:one']);
  await putBack();
  expect(Object.fromEntries(shelves.pairs.values)).toEqual(Object.fromEntries(before));
});

it('says that the browser refuses, and still lists the rest', async () => {
  const shelves = await shelvesWithRuns();
  shelves.rows.refuses = true;
  const { kinds, problem } = await takeInventory(shelves);
  expect(problem?.message).toBe('refused');
  expect(kinds).toHaveLength(2);
});

it('measures values by their content', () => {
  // 1 + 8 for the number, 1 + 3 for the text, 3 + 16 for the column.
  expect(sizeOf({ a: 1.5, b: 'abc', col: new Float64Array(2) })).toBe(9 + 4 + 19);
  expect(sizeOf([undefined, true, 2n])).toBe(1 + 1 + 8);
});
