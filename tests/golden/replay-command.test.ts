// The replay command as a user calls it: flags in, files and text out, over recorded cases.

import { expect, it } from 'vitest';
import { replayCommand } from '../../src/headless/commands/replay';
import { runCommand } from '../support/captured-io';
import { loadReplayCase, REPLAY_CASES } from '../support/replay-case';
import { describeShared, sharedFolders, sharedPath, sharedText } from '../support/shared';

describeShared('replay command', () => {
  it('prints and writes what the reference does, for every recorded case', async () => {
    for (const name of sharedFolders(...REPLAY_CASES)) {
      const { flags } = loadReplayCase(name);
      const given = Object.entries(flags).flatMap(([flag, value]) => [
        `--${flag}`,
        Array.isArray(value) ? value.join(',') : String(value),
      ]);
      const run = await runCommand(replayCommand, [
        ...['--trace-header', sharedPath(...REPLAY_CASES, name, 'header.yaml')],
        ...['--trace-data', sharedPath(...REPLAY_CASES, name, 'data.csv')],
        ...['--results-path', 'results.json'],
        ...given,
      ]);
      expect(run.problems).toEqual([]);
      expect(run.stdout).toBe(sharedText(...REPLAY_CASES, name, 'stdout.txt'));
      expect(run.written.get('results.json')).toBe(sharedText(...REPLAY_CASES, name, 'results.json'));
    }
  });
});
