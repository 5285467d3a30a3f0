// The form as a command: what the command line prints for it is what the page shows.

import { describe, expect, it } from 'vitest';
import { heldLoads } from '../../../src/app/simulate/held-loads';
import { PRESETS } from '../../../src/app/simulate/presets';
import { runCommandText } from '../../../src/app/simulate/run-command';
import { scenarioOf, settingsOf, type FleetSettings } from '../../../src/app/simulate/settings';
import { simulateCluster } from '../../../src/engine/simulate-cluster';
import { runCommand as buildRun } from '../../../src/headless/commands/run';
import { clusterReportText } from '../../../src/report/cluster-sections';
import { fitnessOf } from '../../../src/report/run-fitness';
import { prepareFleet } from '../../../src/workers/prepare-fleet';
import { runCommand } from '../../support/captured-io';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

/** What the page shows as the reference's text. */
async function shown(settings: FleetSettings): Promise<string> {
  const scenario = scenarioOf(settings);
  if (!scenario.ok || scenario.value.kind !== 'fleet') throw new Error('expected a fleet');
  const prepared = await prepareFleet(releaseModule(), shippedCatalog(), scenario.value);
  if (!prepared.ok) throw new Error(prepared.error.message);
  const { cluster, instance, workload, isReplay, summarizesTrace } = prepared.value;
  const result = await simulateCluster(releaseModule(), cluster, instance, workload);
  if (!result.ok) throw new Error(result.error.message);
  const fitness = fitnessOf(result.value, scenario.value.fitnessWeights);
  if (!fitness.ok) throw new Error(fitness.error.message);
  return clusterReportText(result.value, {
    priorityPolicy: instance.priorityPolicy,
    configuredInstances: cluster.instances,
    isReplay,
    summarizeTrace: summarizesTrace,
    ...(fitness.value === undefined ? {} : { fitness: fitness.value }),
  });
}

/** The script as a shell would take it: here-documents to files, words without their quotes. */
async function printed(script: string): Promise<string> {
  const files: Record<string, string> = {};
  const command = script.replace(
    /^cat > (\S+) <<'END'\n([^]*?\n)END\n/gm,
    (_, name: string, text: string) => {
      files[name] = text;
      return '';
    },
  );
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|\S+/g)].map(
    (word) => word[1] ?? word[0],
  );
  expect(words.slice(0, 2)).toEqual(['plumbline', 'run']);
  const outcome = await runCommand(buildRun, words.slice(2), files);
  expect(outcome.problems).toEqual([]);
  return outcome.stdout;
}

const CASES: readonly (readonly [string, FleetSettings])[] = [
  ...PRESETS.flatMap(({ id, start }) =>
    start.kind === 'fleet' && id !== 'large-fleet' ? [[id, start.settings] as const] : [],
  ),
  [
    'bundle keys, scorers with blanks, fitness and a summary',
    {
      ...settingsOf(),
      instances: '3',
      numRequests: '200',
      rateRps: '40',
      admissionPolicy: 'gaie-legacy',
      gaieQdThreshold: '2',
      sloPriorities: 'standard:-1',
      routingPolicy: 'weighted',
      routingScorers: 'queue-depth:2, kv-utilization:1',
      fitnessWeights: 'throughput:0.5, p99_ttft:0.5',
      traceLevel: 'decisions',
      counterfactualK: '2',
      summarizeTrace: 'true',
      mode: 'corrected',
    },
  ],
  ['virtual users', { ...settingsOf(), concurrency: '5', thinkTimeMs: '20', numRequests: '80' }],
  ['a preset of the catalogue', { ...settingsOf(), workload: 'chatbot', numRequests: '100', rateRps: '20' }],
];

describe('the command of the form', () => {
  it.each(CASES)('prints what the page shows: %s', async (_, settings) => {
    expect(await printed(runCommandText(settings))).toBe(await shown(settings));
  });

  it('names only what differs from the defaults', () => {
    expect(runCommandText(settingsOf())).toBe(
      'plumbline run --model qwen/qwen3-14b \\\n  --hardware H100 \\\n  --tp 1 \\\n  --latency-model trained-physics \\\n' +
        '  --seed 42 \\\n  --rate 5 \\\n  --num-requests 500\n',
    );
  });

  it('replays a recorded load by its own file names', () => {
    heldLoads.add({
      fingerprint: 'f00d',
      name: "ada's trace.csv",
      format: 'BLIS TraceV2',
      requests: 3,
      input: { kind: 'files', name: 'trace', files: [] },
    });
    const script = runCommandText({ ...settingsOf(), recordedLoad: 'f00d', sessionMode: 'closed-loop' });
    expect(script).toMatch(/^plumbline replay /);
    expect(script).toContain(`--trace-data 'ada'\\''s trace.csv'`);
    expect(script).toContain('--session-mode closed-loop');
    expect(script).not.toMatch(/--rate|--num-requests/);
  });
});
