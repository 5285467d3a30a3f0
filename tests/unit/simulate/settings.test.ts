import { describe, expect, it } from 'vitest';
import { CLUSTER_FLAG_DEFAULTS } from '../../../src/adapters/blis/cluster-options';
import { CLUSTER_FLAGS, RUN_FLAGS } from '../../../src/adapters/blis/run-flags';
import { FIELDS } from '../../../src/app/simulate/fields';
import { PRESETS } from '../../../src/app/simulate/presets';
import { isRead } from '../../../src/app/simulate/relevance';
import { DEFAULT_SETTINGS, FLAG_SETTINGS, SETTING_NAMES } from '../../../src/app/simulate/setting-table';
import {
  scenarioOf,
  settingProblem,
  settingsOf,
  type FleetSettings,
} from '../../../src/app/simulate/settings';
import { simulateClassic } from '../../../src/engine/simulate-classic';
import { openRandomDoor } from '../../../src/engine/random-door';
import { classicText } from '../../../src/report/classic-output';
import { generateClassicRequests, parseClassicGenerator } from '../../../src/workload/classic-generator';
import { prepareFleet } from '../../../src/workers/prepare-fleet';
import type { FleetScenario } from '../../../src/workers/simulate-protocol';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

function fleet(change: Partial<FleetSettings> = {}): FleetScenario {
  const scenario = scenarioOf({ ...settingsOf(), ...change });
  if (!scenario.ok) throw new Error(scenario.error.message);
  if (scenario.value.kind !== 'fleet') throw new Error('expected a fleet');
  return scenario.value;
}

describe('the settings of Simulate', () => {
  it('turn typed texts into the flags that differ from the defaults', () => {
    const { values, bundle, load } = fleet({
      tp: '',
      totalKvBlocks: ' ',
      beta: '6000, 17, 2.5',
      alpha: '0,0,0',
    });
    expect(values).toEqual({
      model: 'qwen/qwen3-14b',
      hardware: 'H100',
      'latency-model': 'trained-physics',
      'alpha-coeffs': [0, 0, 0],
      'beta-coeffs': [6000, 17, 2.5],
      rate: 5,
      'num-requests': 500,
      seed: 42n,
    });
    expect(bundle).toBe('');
    expect(load).toEqual({ kind: 'flags' });
  });

  it('have a flag of the command line for every flag there, and its default', () => {
    const flags = FLAG_SETTINGS.map((row) => row[1]);
    expect([...RUN_FLAGS.keys()].filter((flag) => !flags.includes(flag))).toEqual([]);
    for (const [flag, , key] of CLUSTER_FLAGS) {
      const name = FLAG_SETTINGS.find((row) => row[1] === flag)?.[0];
      expect([flag, DEFAULT_SETTINGS[name ?? 'model']]).toEqual([flag, String(CLUSTER_FLAG_DEFAULTS[key])]);
    }
  });

  it('each have one field, but for where requests come from', () => {
    const names = FIELDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(SETTING_NAMES.filter((name) => !names.includes(name))).toEqual([
      'workload',
      'workloadSpec',
      'recordedLoad',
    ]);
  });

  it('keep back what nothing reads beside the others', () => {
    expect(fleet({ routingScorers: 'queue-depth:1' }).values).not.toHaveProperty('routing-scorers');
    const weighted = fleet({ routingScorers: 'queue-depth:1', routingPolicy: 'weighted' });
    expect(weighted.values['routing-scorers']).toBe('queue-depth:1');
    const users = fleet({ concurrency: '4', thinkTimeMs: '50' });
    expect(users.values).toMatchObject({ concurrency: 4, 'think-time-ms': 50 });
    expect(users.values).not.toHaveProperty('rate');
    expect(isRead('promptMean', { ...settingsOf(), workload: 'chatbot' })).toBe(false);
    expect(fleet({ workloadSpec: 'version: "2"', rateRps: '9' }).load).toEqual({
      kind: 'spec',
      yaml: 'version: "2"',
    });
  });

  it('put what only bundles know into one', () => {
    const { bundle } = fleet({
      admissionPolicy: 'tier-shed',
      tierShedThreshold: '12',
      gaieQdThreshold: '3',
      sloPriorities: 'batch:1, urgent:9',
      tenantBudgets: 'acme:0.25',
      nodePools: '- {name: a, gpu_type: H100}',
    });
    expect(bundle).toBe(
      'admission:\n  tier_shed_threshold: 12\n  slo_priorities:\n    batch: 1\n    urgent: 9\n' +
        'tenant_budgets:\n  acme: 0.25\nnode_pools:\n  - name: a\n    gpu_type: H100\n',
    );
  });

  it.each([
    ['instances', '0', 'Instances: found “0”, expected a whole number from 1 to 256.'],
    ['numRequests', '2.5', 'Requests: found “2.5”, expected a whole number from 0 to 5000000.'],
    ['rateRps', 'fast', 'Rate: found “fast”, expected a number from 0.001 to 1000000.'],
    ['seed', '1.5', 'Seed: found “1.5”, expected a whole number of 64 bits.'],
    ['beta', '1, x', 'β, step time: found “1, x”, expected numbers of at least 0, comma-joined.'],
    ['flowControl', 'maybe', 'Hold requests while saturated: found “maybe”, expected true or false.'],
    ['tenantBudgets', 'acme', 'Tenant budgets: found “acme”, expected name:number, comma-joined.'],
  ] as const)('say what is wrong with %s = %j', (name, text, message) => {
    expect(settingProblem(name, text)).toBe(message);
    const scenario = scenarioOf({ ...settingsOf(), [name]: text });
    expect(!scenario.ok && scenario.error).toMatchObject({ message, field: name });
  });

  it('are refused with the flag that is to blame, the limit and the reason', async () => {
    const problem = async (change: Partial<FleetSettings>) => {
      const prepared = await prepareFleet(releaseModule(), shippedCatalog(), fleet(change));
      return prepared.ok ? undefined : { field: prepared.error.field, message: prepared.error.message };
    };
    expect(await problem({ tp: '3' })).toEqual({
      field: 'tp',
      message: 'TP 3 does not divide 40 attention heads. Use 1, 2, 4 or 8.',
    });
    expect(await problem({ routingPolicy: 'weighted', routingScorers: 'queue:1' })).toMatchObject({
      field: 'routing-scorers',
    });
    expect(await problem({ instances: '2', prefillInstances: '2', decodeInstances: '1' })).toMatchObject({
      field: 'prefill-instances',
    });
    expect(await problem({ workloadSpec: 'version: "2"\nclints: []' })).toMatchObject({
      field: 'workload-spec',
    });
  });

  it('of every preset make a fleet and a workload', async () => {
    for (const { id, start } of PRESETS) {
      if (start.kind !== 'fleet') continue;
      const prepared = await prepareFleet(releaseModule(), shippedCatalog(), fleet(start.settings));
      expect([id, prepared.ok ? '' : prepared.error.message]).toEqual([id, '']);
    }
  });
});

describe('the founding README preset', () => {
  it('prints that run, digit for digit, but for the wall clock', async () => {
    const preset = PRESETS.find(({ id }) => id === 'founding-readme');
    if (preset?.start.kind !== 'classic') throw new Error('expected the classic preset');
    const generator = parseClassicGenerator(preset.start.generator, 'requestgenconfig.yaml');
    if (!generator.ok) throw new Error(generator.error.message);
    const module = releaseModule();
    const requests = generateClassicRequests(
      generator.value,
      preset.start.config.horizonUs,
      openRandomDoor(module),
    );
    if (!requests.ok) throw new Error(requests.error.message);
    const result = await simulateClassic(module, preset.start.config, requests.value, { stepLog: false });
    if (!result.ok) throw new Error(result.error.message);
    const lines = classicText(result.value, generator.value.rateRps, 1).split('\n');
    // The figures of BLIS 148be7f3's README.
    for (const line of [
      'Completed Requests   : 1284',
      'Total Input Tokens   : 5282504',
      'Total Output Tokens  : 327058',
      'vLLM estimated Duration(s): 199.921',
      'Mean E2E(ms)     : 30550.837',
      'Median E2E(ms)   : 28328.736',
      'P99 E2E(ms)      : 74076.961',
      'Mean Active Steps     : 255.143',
      'Avg KV Blocks Usage : 29241.280',
      'Peak KV Usage       : 64008 blocks',
      'Throughput to arrival rate ratio:  : 0.642',
    ]) {
      expect(lines).toContain(line);
    }
  });
});
