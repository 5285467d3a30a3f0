// Every recorded replay of the reference, without tolerance: step log, results, aggregate, per-request records.

import { expect, it } from 'vitest';
import { simulate } from '../../src/engine/simulate';
import type { RunResult } from '../../src/domain/run-result';
import { loadReplayCase, REPLAY_CASES } from '../support/replay-case';
import { describeShared, sharedFolders, sharedJson, sharedText } from '../support/shared';
import { debugModule, releaseModule } from '../support/wasm';

function stepLines(result: RunResult, limit: number): string[] {
  const s = result.steps;
  if (s === undefined) return [];
  return Array.from({ length: Math.min(limit, s.count) }, (_, i) =>
    [
      s.startUs,
      s.durationUs,
      s.prefillTokens,
      s.decodeTokens,
      s.batchSize,
      s.waiting,
      s.freeBlocks,
      s.cacheHits,
      s.cacheMisses,
      s.preemptions,
    ]
      .map((column) => column[i])
      .join(','),
  );
}

describeShared('recorded black-box replays', () => {
  const release = releaseModule();
  const debug = debugModule();
  const served = sharedFolders(...REPLAY_CASES).filter((name) => !/^(closed-loop|cpu-|tiered-)/.test(name));
  for (const name of served) {
    it(name, async () => {
      const { config, workload } = loadReplayCase(name);
      for (const module of [release, debug]) {
        const outcome = await simulate(module, config, workload, { stepLog: true });
        if (!outcome.ok) throw new Error(outcome.error.message);
        const expectedSteps = sharedText(...REPLAY_CASES, name, 'steps.csv')
          .trim()
          .split('\n')
          .slice(1);
        const lines = stepLines(outcome.value, expectedSteps.length);
        const differs = expectedSteps.findIndex((line, i) => line !== lines[i]);
        if (differs >= 0)
          expect(`${differs}: ${lines[differs]}`).toBe(`${differs}: ${expectedSteps[differs]}`);
        const { requests: _requests, ...aggregate } = sharedJson<Record<string, unknown>>(
          ...REPLAY_CASES,
          name,
          'metrics.json',
        );
        expect(outcome.value.aggregate).toEqual(aggregate);
        const { requests: r } = outcome.value;
        const results = Array.from({ length: r.count }, (_, row) => ({
          request_id: workload.requests.requestId[row] ?? 0,
          ttft_us: r.ttftUs[row] ?? NaN,
          e2e_us: r.e2eUs[row] ?? NaN,
          input_tokens: r.inputTokens[row],
          output_tokens: r.outputTokens[row],
        }))
          .filter((entry) => entry.e2e_us === entry.e2e_us)
          .sort((a, b) => a.request_id - b.request_id);
        expect(results).toEqual(sharedJson(...REPLAY_CASES, name, 'results.json'));
      }
    });
  }
});
