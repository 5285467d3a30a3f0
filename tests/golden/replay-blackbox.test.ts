// Every recorded replay of the reference, without tolerance: step log, results, aggregate, per-request records.

import { expect, it } from 'vitest';
import { simulate } from '../../src/engine/simulate';
import { metricsFile, replayResultsFile, stepsFile } from '../../src/report/blis-output';
import { reportText } from '../../src/report/blis-sections';
import { loadReplayCase, REPLAY_CASES } from '../support/replay-case';
import { describeShared, sharedFolders, sharedJson, sharedText } from '../support/shared';
import { debugModule, releaseModule } from '../support/wasm';

/** The reference's order among equal arrivals is an artefact of its sort. */
const byId = <T extends { requests: { requestID: string }[] }>(file: T): T => ({
  ...file,
  requests: [...file.requests].sort((a, b) => (a.requestID < b.requestID ? -1 : 1)),
});

describeShared('recorded black-box replays', () => {
  const release = releaseModule();
  const debug = debugModule();
  for (const name of sharedFolders(...REPLAY_CASES)) {
    it(name, async () => {
      const { config, workload } = loadReplayCase(name);
      for (const module of [release, debug]) {
        const outcome = await simulate(module, config, workload, { stepLog: true });
        if (!outcome.ok) throw new Error(outcome.error.message);
        const { steps } = outcome.value;
        if (steps === undefined) throw new Error('no step log');
        const expectedSteps = sharedText(...REPLAY_CASES, name, 'steps.csv')
          .trimEnd()
          .split('\n');
        const lines = [...stepsFile(steps)].join('').split('\n').slice(0, expectedSteps.length);
        const first = expectedSteps.findIndex((line, i) => line !== lines[i]);
        expect(`line ${first}: ${lines[first]}`).toBe(`line ${first}: ${expectedSteps[first]}`);
        const result = outcome.value;
        const expected = sharedJson<{ requests: { requestID: string }[] }>(
          ...REPLAY_CASES,
          name,
          'metrics.json',
        );
        const written = JSON.parse([...metricsFile(result, workload)].join('')) as typeof expected;
        expect(byId(written)).toEqual(byId(expected));
        expect([...replayResultsFile(result, workload)].join('')).toBe(
          sharedText(...REPLAY_CASES, name, 'results.json'),
        );
        expect(reportText(result, config)).toBe(sharedText(...REPLAY_CASES, name, 'stdout.txt'));
      }
    });
  }
});
