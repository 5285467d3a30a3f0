// Fleets of the reference, replayed: every decision with its reason, every request, every instance's and the fleet's
// aggregate, the trace summary.

import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { simulateCluster } from '../../src/engine/simulate-cluster';
import { decisionsCsv, summarizeTrace } from '../../src/report/decisions';
import { fixedHalfEven } from '../../src/base/fixed';
import { loadClusterReplay } from '../support/cluster-case';
import {
  describeShared,
  hasShared,
  sharedFolders,
  sharedJson,
  sharedPath,
  sharedText,
} from '../support/shared';
import { releaseModule } from '../support/wasm';

const FOLDER = ['golden', 'blis-cluster'] as const;
const SECOND_TIER = /^(flow|pd|autoscaler)/;

interface Expected {
  instances: Record<string, unknown>[];
  cluster: Record<string, unknown>;
  sections: Record<string, string[]>;
  requests: { request_id: number; ttft_us: number; e2e_us: number }[];
}

const cases = hasShared
  ? sharedFolders(...FOLDER).filter(
      (name) =>
        !SECOND_TIER.test(name) &&
        existsSync(sharedPath(...FOLDER, name, 'trace.csv')) &&
        existsSync(sharedPath(...FOLDER, name, 'flags.json')),
    )
  : [];

describeShared('golden/blis-cluster: replays', () => {
  const module = releaseModule();

  it.each(cases)('%s', async (name) => {
    const { cluster, instance, workload } = loadClusterReplay(name);
    const run = await simulateCluster(module, cluster.config, instance, workload);
    if (!run.ok) throw new Error(run.error.message);
    const result = run.value;
    const expected = sharedJson<Expected>(...FOLDER, name, 'metrics.json');
    if (existsSync(sharedPath(...FOLDER, name, 'decisions.csv')) && cluster.config.recordDecisions) {
      const csv = decisionsCsv(
        cluster.config,
        result,
        (row) => `request_${workload.requests.requestId[row] ?? 0}`,
      );
      expect(csv).toBe(sharedText(...FOLDER, name, 'decisions.csv'));
    }
    const done = [...workload.requests.requestId.keys()].filter(
      (row) => !Number.isNaN(result.requests.e2eUs[row]),
    );
    const requests = done
      .map((row) => ({
        request_id: workload.requests.requestId[row] ?? 0,
        ttft_us: result.requests.ttftUs[row],
        e2e_us: result.requests.e2eUs[row],
      }))
      .sort((a, b) => a.request_id - b.request_id);
    expect(requests).toEqual(
      expected.requests.map(({ request_id, ttft_us, e2e_us }) => ({ request_id, ttft_us, e2e_us })),
    );
    if (expected.instances.length > 0) {
      expect(result.instances.map((each) => each.aggregate)).toEqual(expected.instances);
    }
    expect(result.aggregate).toEqual(expected.cluster);
    const section = expected.sections['Trace Summary'] ?? expected.sections['=== Trace Summary ==='];
    const summary = summarizeTrace(result);
    if (section !== undefined && summary !== undefined) {
      expect([
        `Total Decisions: ${summary.decisions}`,
        `  Admitted: ${summary.admitted}`,
        `  Rejected: ${summary.rejected}`,
        `Unique Targets: ${summary.targets.length}`,
        ...(summary.targets.length > 0 ? ['Target Distribution:'] : []),
        ...summary.targets.map(({ name: target, count }) => `  ${target}: ${count}`),
        `Mean Regret: ${fixedHalfEven(summary.meanRegret, 6)}`,
        `Max Regret: ${fixedHalfEven(summary.maxRegret, 6)}`,
      ]).toEqual(section);
    }
  });
});
