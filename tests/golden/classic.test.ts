// The founding version's runs, every printed digit but the wall clock, and the checking simulator's logs.

import { expect, it } from 'vitest';
import { classicCommand } from '../../src/headless/commands/classic';
import { fixed } from '../../src/base/c-format';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedFolders, sharedJson, sharedPath, sharedText } from '../support/shared';

type Metrics = Record<string, number | Record<string, number>>;
const FOLDER = ['golden', 'classic'] as const;
const withoutClock = (text: string): string => text.replace(/^Simulation Duration.*\n/m, '');

/** Golden values are rounded to the printed decimals. */
const rounded = (metrics: Metrics): Metrics =>
  Object.fromEntries(
    Object.entries(metrics).map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(fixed(value, 3)) : value,
    ]),
  );

describeShared('recorded classic runs', () => {
  for (const name of sharedFolders(...FOLDER)) {
    it(name, async () => {
      const { flags } = sharedJson<{ flags: Record<string, string> }>(...FOLDER, name, 'flags.json');
      const run = await runCommand(classicCommand, [
        ...['--reqgen-config-path', sharedPath(...FOLDER, name, 'requestgenconfig.yaml')],
        ...['--metrics-path', 'metrics.json', '--steps-path', 'steps.csv'],
        ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
      ]);
      expect(withoutClock(run.stdout)).toBe(withoutClock(sharedText(...FOLDER, name, 'stdout.txt')));
      if (name === 'abort-empty-batch') {
        expect(run.problems).toHaveLength(1);
        expect(run.problems[0]).toMatch(/request_\d+ needs KV blocks at tick \d+/);
        return;
      }
      expect(run.problems).toEqual([]);
      const metrics = JSON.parse(run.written.get('metrics.json') ?? '') as Metrics;
      const { stranded_requests: _stranded, running_requests: _running, ...known } = metrics;
      expect(rounded(known)).toEqual(sharedJson(...FOLDER, name, 'metrics.json'));
      // The checking simulator logs used instead of free blocks, and no misses.
      const blocks = Number(flags['total-kv-blocks'] ?? 8_000_000);
      const steps = (run.written.get('steps.csv') ?? '')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => {
          const [now, duration, prefill, decode, batch, waiting, free, hits, , preemptions] = line.split(',');
          return [
            now,
            duration,
            prefill,
            decode,
            batch,
            waiting,
            blocks - Number(free),
            hits,
            preemptions,
          ].join(',');
        });
      const expected = sharedText(...FOLDER, name, 'steps.csv')
        .trimEnd()
        .split('\n')
        .slice(1);
      const first = expected.findIndex((line, at) => line !== steps[at]);
      expect(`step ${first}: ${steps[first]}`).toBe(`step ${first}: ${expected[first]}`);
      expect(steps).toHaveLength(expected.length);
    });
  }
});
