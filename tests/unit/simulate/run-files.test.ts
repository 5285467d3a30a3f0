// A file saved in the page is the file that the command writes for the same flags.

import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/app/simulate/presets';
import { scenarioOf, settingsOf, type FleetSettings } from '../../../src/app/simulate/settings';
import { runCommand as buildRun } from '../../../src/headless/commands/run';
import { measureScenario } from '../../../src/workers/measure-scenario';
import { writeRunFile } from '../../../src/workers/run-files';
import type { RunFileKind, Scenario } from '../../../src/workers/simulate-protocol';
import { runCommand } from '../../support/captured-io';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

const FLAGS =
  '--model qwen/qwen3-14b --hardware H100 --tp 1 --latency-model trained-physics --max-num-running-reqs 256 ' +
  '--max-num-scheduled-tokens 2048 --rate 8 --num-requests 60 --seed 42 --prompt-tokens 300 --prompt-tokens-stdev 256 ' +
  '--prompt-tokens-min 2 --prompt-tokens-max 7000 --output-tokens 120 --output-tokens-stdev 256 --output-tokens-min 2 ' +
  '--output-tokens-max 7000';

const settings: FleetSettings = {
  ...settingsOf(),
  numRequests: '60',
  rateRps: '8',
  promptMean: '300',
  outputMean: '120',
};

function scenarioFrom(change: Partial<FleetSettings>): Scenario {
  const scenario = scenarioOf({ ...settings, ...change });
  if (!scenario.ok) throw new Error(scenario.error.message);
  return scenario.value;
}

async function hashOf(scenario: Scenario): Promise<string> {
  const figures = await measureScenario(releaseModule(), shippedCatalog(), { scenario, targets: {} }, {});
  if (!figures.ok) throw new Error(figures.error.message);
  return figures.value.resultHash;
}

async function saved(scenario: Scenario, kind: RunFileKind): Promise<string> {
  const resultHash = scenario.kind === 'classic' ? '' : await hashOf(scenario);
  const file = await writeRunFile(releaseModule(), shippedCatalog(), { scenario, kind, resultHash }, {});
  if (!file.ok) throw new Error(file.error.message);
  return file.value.text();
}

/** What the command writes to a path flag, or prints; `end` is what the flag's own value lacks. */
async function commanded(extra: string, pathFlag?: string, end = ''): Promise<string> {
  const path = pathFlag === undefined ? [] : [`--${pathFlag}`, 'out'];
  const run = await runCommand(buildRun, [...FLAGS.split(' '), ...extra.split(' ').filter(Boolean), ...path]);
  expect(run.problems).toEqual([]);
  return pathFlag === undefined ? run.stdout : (run.written.get(`out${end}`) ?? '');
}

describe('the files of a run', () => {
  it.each([
    ['text', undefined],
    ['metrics', 'metrics-path'],
    ['results', 'results-path'],
    ['steps', 'steps-path'],
    ['chrome-trace', 'chrome-trace-path'],
    ['decisions', 'decisions-path'],
  ] as const)('of one server: %s is what the command writes', async (kind, flag) => {
    const text = await saved(scenarioFrom({}), kind);
    expect(text.length).toBeGreaterThan(100);
    expect(text).toBe(await commanded('--num-instances 1 --routing-policy round-robin', flag));
  });

  it.each([
    ['text', undefined],
    ['metrics', 'metrics-path'],
    ['results', 'results-path'],
    ['chrome-trace', 'chrome-trace-path'],
    ['decisions', 'decisions-path'],
  ] as const)('of a fleet: %s is what the command writes', async (kind, flag) => {
    const text = await saved(scenarioFrom({ instances: '3', routingPolicy: 'least-loaded' }), kind);
    expect(text).toBe(await commanded('--num-instances 3 --routing-policy least-loaded', flag));
  });

  it.each([
    ['trace-header', '.yaml'],
    ['trace-data', '.csv'],
  ] as const)('of a fleet: %s is what --trace-output writes', async (kind, end) => {
    const text = await saved(scenarioFrom({ instances: '2', routingPolicy: 'least-loaded' }), kind);
    expect(text.length).toBeGreaterThan(50);
    const flags = '--num-instances 2 --routing-policy least-loaded';
    expect(text).toBe(await commanded(flags, 'trace-output', end));
  });

  it('have the aggregate alone, and the requests as CSV, empty where there is no value', async () => {
    const scenario = scenarioFrom({ instances: '2' });
    const aggregate = JSON.parse(await saved(scenario, 'aggregate')) as Record<string, unknown>;
    const metrics = JSON.parse(await saved(scenario, 'metrics')) as { requests: Record<string, unknown>[] };
    const { requests, ...rest } = metrics;
    expect(rest).toEqual(aggregate);
    const lines = (await saved(scenario, 'requests-csv')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + requests.length);
    const [head = [], first = []] = lines.map((line) => line.split(','));
    const row = Object.fromEntries(head.map((name, index) => [name, first[index]]));
    for (const key of ['requestID', 'ttft_ms', 'e2e_ms', 'handled_by'])
      expect(row[key]).toBe(String(requests[0]?.[key]));
    expect(row['status']).toBe('completed');
  });

  it('trace a fleet with a process an instance', async () => {
    const trace = JSON.parse(await saved(scenarioFrom({ instances: '3' }), 'chrome-trace')) as {
      traceEvents: { ph: string; pid: number; name: string; args?: { name?: string } }[];
    };
    const names = trace.traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => args?.name);
    expect(names).toEqual(['instance_0', 'instance_1', 'instance_2']);
    expect(new Set(trace.traceEvents.map(({ pid }) => pid))).toEqual(new Set([1, 2, 3]));
  });

  it('are refused with a reason: steps of a fleet, and a run that does not come out as before', async () => {
    await expect(saved(scenarioFrom({ instances: '2' }), 'steps')).rejects.toThrow('a fleet has no step log');
    const job = { scenario: scenarioFrom({}), kind: 'text', resultHash: 'other' } as const;
    const refused = await writeRunFile(releaseModule(), shippedCatalog(), job, {});
    expect(!refused.ok && refused.error.message).toContain('did not come out as before');
  });

  it('of the founding version are its own', async () => {
    const start = PRESETS.find(({ id }) => id === 'founding-readme')?.start;
    if (start?.kind !== 'classic') throw new Error('expected the classic preset');
    const metrics = JSON.parse(await saved(start, 'metrics')) as Record<string, unknown>;
    expect(Object.values(metrics)).toContain(1284);
    await expect(saved(start, 'decisions')).rejects.toThrow('The founding version writes no decisions.');
  });
});
