// The loop over pairs: order, skips, failures that stop nothing, and what is timed.

import { describe, expect, it } from 'vitest';
import type { Adapter, AdapterContext } from '../../../src/adapters/adapter';
import { fail, ok } from '../../../src/base/result';
import { runPairs, singleReplica, type PairEvent } from '../../../src/validation/run-pairs';
import { madeExperiment, madeResult } from '../../support/made-experiment';

const named = (name: string, changes: Partial<Adapter> = {}): Adapter => ({
  name,
  label: name,
  canRun: () => ({ canRun: true }),
  run: (experiment) => Promise.resolve(ok(madeResult({ simulator: name, folder: experiment.folder }))),
  ...changes,
});

const context = { options: { mode: 'reference', multiTurn: 'off' } } as AdapterContext;

/** A clock that moves on by one second whenever it is read. */
const ticking = () => {
  let seconds = 0;
  return () => seconds++;
};

describe('running pairs', () => {
  const experiments = [madeExperiment(), madeExperiment({ expId: 2, folder: '2-n' })];

  it('goes through simulators inside experiments, and one failure stops nothing', async () => {
    const heard: [string, string, PairEvent['kind']][] = [];
    const refusing = named('refusing', {
      canRun: () => ({ canRun: false, cause: 'model', reason: 'It does not know this model.' }),
    });
    const failing = named('failing', {
      run: () => Promise.resolve(fail({ code: 'livelock', message: 'It never ends.' })),
    });
    const run = await runPairs(
      experiments,
      [failing, refusing, named('good')],
      context,
      ticking(),
      ({ experiment, adapter }, event) => heard.push([experiment.folder, adapter.name, event.kind]),
    );
    expect(heard).toEqual([
      ['1-m-tp2-general', 'failing', 'failed'],
      ['1-m-tp2-general', 'refusing', 'skipped'],
      ['1-m-tp2-general', 'good', 'done'],
      ['2-n', 'failing', 'failed'],
      ['2-n', 'refusing', 'skipped'],
      ['2-n', 'good', 'done'],
    ]);
    expect([run.skipped, run.failed, run.outcomes.length]).toEqual([2, 2, 2]);
    expect(run.outcomes[0]?.records).toHaveLength(21);
  });

  it('times the run, but believes an import about its own time', async () => {
    const imported = named('imported', {
      isImported: true,
      run: () => Promise.resolve(ok(madeResult({ wallClockSeconds: 200 }))),
    });
    const silent = named('silent', { isImported: true });
    const run = await runPairs(
      experiments.slice(0, 1),
      [named('own'), imported, silent],
      context,
      ticking(),
      () => undefined,
    );
    expect(run.outcomes.map(({ runtime }) => runtime?.wallClockSeconds)).toEqual([1, 200, undefined]);
  });

  it('notes a differing number of stages', async () => {
    const short = named('short', {
      run: () => Promise.resolve(ok(madeResult({ stages: [], notes: ['first'] }))),
    });
    const run = await runPairs(experiments.slice(0, 1), [short], context, ticking(), () => undefined);
    expect(run.outcomes[0]?.result.notes).toEqual(['first', expect.stringContaining('answered 0 stages')]);
  });

  it('stops between pairs when cancelled', async () => {
    let asked = 0;
    const run = await runPairs(
      experiments,
      [named('good')],
      { ...context, isCancelled: () => asked++ > 0 },
      ticking(),
      () => undefined,
    );
    expect(run.outcomes).toHaveLength(1);
  });
});

it('keeps experiments without data parallelism', () => {
  const made = [undefined, 1, 2].map((dp) => madeExperiment(dp === undefined ? {} : { dp }));
  expect(singleReplica(made).map(({ dp }) => dp)).toEqual([undefined, 1]);
});
