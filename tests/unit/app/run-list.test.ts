import { describe, expect, it } from 'vitest';
import { RunList } from '../../../src/app/simulate/runs/run-list.svelte';
import { runName } from '../../../src/app/simulate/runs/run-names';
import { settingsOf } from '../../../src/app/simulate/settings';
import type { SimulatedRun } from '../../../src/domain/simulated-run';

const RUN = { requests: 1 } as SimulatedRun;
const finished = (label: string, change = {}) => ({
  label,
  run: RUN,
  origin: { presetId: undefined, settings: { ...settingsOf(), ...change } },
});
const letters = (list: RunList): string => list.all.map(({ letter }) => letter).join('');
const lastId = (list: RunList): number => list.all.at(-1)?.id ?? -1;

describe('the list of runs', () => {
  it('replaces the current run until it is pinned; the first pinned one is the baseline', () => {
    const list = new RunList();
    list.finish(finished('one'));
    list.finish(finished('two'));
    expect(list.all.map(({ label }) => label)).toEqual(['two']);
    expect(list.baseline).toBeUndefined();
    list.pin();
    expect(list.baseline?.letter).toBe('A');
    list.finish(finished('three'));
    list.finish(finished('four'));
    expect(list.all.map(({ letter, label }) => `${letter} ${label}`)).toEqual(['A two', 'B four']);
    expect(list.shown?.label).toBe('four');
  });

  it('holds five at most', () => {
    const list = new RunList();
    for (let index = 0; index < 7; index++) {
      list.finish(finished(String(index)));
      list.pin();
    }
    expect(letters(list)).toBe('ABCDE');
    expect(list.pinned).toHaveLength(4);
    expect(list.canPin).toBe(false);
    expect(list.all.at(-1)?.label).toBe('6');
  });

  it('removes with a way back, and gives the free letter to the next run', () => {
    const list = new RunList();
    for (const label of ['a', 'b', 'c']) {
      list.finish(finished(label));
      list.pin();
    }
    const [first, second] = list.pinned;
    if (first === undefined || second === undefined) throw new Error('pinned above');
    list.compareAgainst(second.id);
    list.remove(second.id);
    expect(list.baseline?.letter).toBe('A');
    expect(list.removed?.label).toBe('b');
    list.undoRemove();
    expect(letters(list)).toBe('ABC');
    expect(list.baseline?.letter).toBe('B');
    expect(list.removed).toBeUndefined();
    list.remove(first.id);
    list.finish(finished('d'));
    expect(letters(list)).toBe('BCA');
    expect(list.removed).toBeUndefined();
  });

  it('takes back the current run as well', () => {
    const list = new RunList();
    list.finish(finished('a'));
    list.remove(lastId(list));
    expect(list.all).toEqual([]);
    list.undoRemove();
    expect(list.shown?.label).toBe('a');
  });

  it('names runs by what they differ in until they are given a name', () => {
    const list = new RunList();
    list.finish(finished('One server'));
    list.pin();
    list.finish(finished('Own settings', { instances: '4', routingPolicy: 'weighted' }));
    const [a, b] = list.all;
    if (a === undefined || b === undefined) throw new Error('both are there');
    expect(runName(a, [a], a)).toBe('One server');
    expect(runName(b, list.all, a)).toContain('Instances 4');
    expect(runName(b, list.all, a)).toContain('weighted');
    expect(runName(a, list.all, a)).toContain('Instances 1');
    list.rename(b.id, '  four  ');
    expect(list.all.map((run) => runName(run, list.all, a))[1]).toBe('four');
    list.rename(b.id, ' ');
    expect(list.all.map((run) => runName(run, list.all, a))[1]).toContain('Instances 4');
  });
});
