// Fleets of the reference, replayed: every decision with its reason, every request, every instance's and the fleet's
// aggregate, the trace summary.

import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { simulateCluster } from '../../src/engine/simulate-cluster';
import { clusterReportText } from '../../src/report/cluster-sections';
import { decisionsCsv } from '../../src/report/decisions';
import { requestNames } from '../../src/domain/request-names';
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
/** Their engine is not the reference's whole one: see the legacy test. */
const SECOND_TIER = /^(pd|autoscaler)/;

interface Expected {
  instances: Record<string, unknown>[];
  cluster: Record<string, unknown>;
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
    const { cluster, instance, workload, summarize } = loadClusterReplay(name);
    const run = await simulateCluster(module, cluster.config, instance, workload);
    if (!run.ok) throw new Error(run.error.message);
    const result = run.value;
    const expected = sharedJson<Expected>(...FOLDER, name, 'metrics.json');
    if (existsSync(sharedPath(...FOLDER, name, 'decisions.csv')) && cluster.config.recordDecisions) {
      const csv = decisionsCsv(cluster.config, result, requestNames(result.requests, workload));
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
    const text = clusterReportText(result, {
      priorityPolicy: cluster.priorityPolicy,
      configuredInstances: cluster.config.instances,
      isReplay: true,
      summarizeTrace: summarize && cluster.config.recordDecisions,
    });
    expect(text).toBe(sharedText(...FOLDER, name, 'stdout.txt'));
  });
});
