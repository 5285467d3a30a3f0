// Every recorded request list, token ids included; the same lists without ids; the lists of older commits; and what is
// accepted or refused.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { textAt } from '../../src/base/columns';
import { openRandomDoor } from '../../src/engine/random-door';
import { generateLists, generateWorkload } from '../../src/workload/generate';
import { parseWorkloadSpec } from '../../src/workload/parse-spec';
import type { WorkloadVersion } from '../../src/workload/reference-rules';
import { requestsListing } from '../../src/workload/requests-listing';
import type { WorkloadSpec } from '../../src/workload/spec';
import { describeShared, sharedFolders, sharedJson, sharedPath, sharedText } from '../support/shared';
import { releaseModule } from '../support/wasm';

const sha256 = () => {
  const hash = createHash('sha256');
  return { update: (text: string) => void hash.update(text), digest: () => hash.digest('hex') };
};

function specAt(...path: string[]): WorkloadSpec {
  const spec = parseWorkloadSpec(sharedText('golden', ...path), path.join('/'));
  if (!spec.ok) throw new Error(spec.error.message);
  return spec.value;
}

interface Recorded {
  workload: { rows: number[][] };
  sessions?: { session_id: string; max_rounds: number; unlimited: boolean; think_time_us: number }[];
  session_count?: number;
  follow_up_budget?: number;
}

describeShared('recorded request lists', () => {
  const door = openRandomDoor(releaseModule());

  it.each(sharedFolders('golden', 'workloads'))('%s', (name) => {
    const spec = specAt('workloads', name, 'spec.yaml');
    const recorded = sharedJson<Recorded>('golden', 'workloads', name, 'requests.json');
    const lists = generateLists(spec, { random: door }, true);
    if (!lists.ok) throw new Error(lists.error.message);
    expect(JSON.parse(JSON.stringify(requestsListing(lists.value, door, sha256)))).toEqual(recorded);

    const workload = generateWorkload(spec, { random: door });
    if (!workload.ok) throw new Error(workload.error.message);
    const { requests, sessions, followUpBudget } = workload.value;
    const rows = Array.from(requests.arrivalUs, (arrivalUs, row) => [
      arrivalUs,
      requests.inputTokens[row],
      requests.outputTokens[row],
    ]);
    expect(rows).toEqual(recorded.workload.rows);
    expect(sessions?.count).toBe(recorded.session_count);
    expect(followUpBudget ?? -1).toBe(recorded.follow_up_budget ?? -1);
    recorded.sessions?.forEach((session, at) => {
      expect(sessions?.sessionId[at]).toBe(session.session_id);
      expect(sessions?.maxRounds[at]).toBe(session.unlimited ? Infinity : session.max_rounds);
      const first = sessions?.firstRequest[at] ?? -1;
      expect(textAt(requests.sessionId, first)).toBe(session.session_id);
      expect(requests.session[first]).toBe(at);
    });
  });

  it('ServeGen data with a span', () => {
    const folder = sharedPath('golden', 'convert', 'servegen-data');
    const files = readdirSync(folder).map((name) => ({
      name,
      text: readFileSync(`${folder}/${name}`, 'utf8'),
    }));
    const options = { random: door, servegenFiles: files };
    const lists = generateLists(specAt('convert', 'servegen-run.yaml'), options, true);
    if (!lists.ok) throw new Error(lists.error.message);
    // This file alone lists all its 120 requests in full; the others stop at 100.
    const recorded = sharedJson<{ workload: { detail_first: string[] } }>(
      'golden',
      'convert',
      'servegen-run-requests.json',
    );
    recorded.workload.detail_first.splice(100);
    expect(JSON.parse(JSON.stringify(requestsListing(lists.value, door, sha256)))).toEqual(recorded);
  });
});

describeShared('request lists of older commits', () => {
  const door = openRandomDoor(releaseModule());
  const files = readdirSync(sharedPath('golden', 'workloads-older')).filter((name) => name.endsWith('.json'));

  it.each(files)('%s', (file) => {
    const [, name = '', version = ''] = /^(.*)-([0-9a-f]+)\.json$/.exec(file) ?? [];
    const spec =
      name === 'ip-small-mt'
        ? specAt('workloads-older', 'ip-small-mt.yaml')
        : specAt('workloads', name, 'spec.yaml');
    const lists = generateLists(spec, { random: door, version: version as WorkloadVersion }, false);
    if (!lists.ok) throw new Error(lists.error.message);
    const { rows, order } = lists.value.openLoop;
    expect(
      Array.from(order, (row) => [
        rows.arrivalUs.at(row),
        rows.inputTokens.at(row),
        rows.outputTokens.at(row),
      ]),
    ).toEqual(sharedJson<{ rows: number[][] }>('golden', 'workloads-older', file).rows);
  });
});

describeShared('accepted and refused specifications', () => {
  const door = openRandomDoor(releaseModule());
  const { cases } = sharedJson<{
    cases: { name: string; spec_yaml: string; outcome: string; count?: number }[];
  }>('golden', 'workloads', 'validation.json');

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, { spec_yaml, outcome, count }) => {
    const spec = parseWorkloadSpec(spec_yaml, 'spec.yaml');
    if (!spec.ok) {
      expect(outcome).not.toBe('ok');
      expect(spec.error.file).toBe('spec.yaml');
      if (spec_yaml !== '') expect(spec.error.line).toBeGreaterThan(0);
      return;
    }
    expect(outcome).not.toBe('load');
    const horizonUs = spec.value.horizonUs === 0 ? 10_000_000 : spec.value.horizonUs;
    const workload = generateWorkload(spec.value, { random: door, horizonUs });
    if (outcome !== 'ok') {
      expect(workload.ok).toBe(false);
      return;
    }
    if (!workload.ok) throw new Error(workload.error.message);
    expect(workload.value.requests.count).toBe(count);
  });
});
