import { describe, expect, it } from 'vitest';
import { blisOptions } from '../../../src/adapters/blis/blis-command';
import { workloadSpecYaml } from '../../../src/adapters/blis/profile-workload';
import { resolveBlisOptions } from '../../../src/adapters/blis/resolve-options';
import { experimentSettings, modelThatRuns } from '../../../src/app/simulate/experiment-settings';
import { scenarioOf } from '../../../src/app/simulate/settings';
import { resolveScenario } from '../../../src/workers/prepare-fleet';
import { shippedCatalog } from '../../support/catalog';
import { madeExperiment } from '../../support/made-experiment';

describe('an experiment opened in Simulate', () => {
  it.each(['trained-physics', 'roofline'] as const)('is the server that Validate simulates (%s)', (model) => {
    const catalog = shippedCatalog();
    const measured = madeExperiment({
      model: 'meta-llama/Llama-3.1-8B-Instruct',
      hardware: 'A100-80GB',
      cpuKvBlocks: 300,
    });
    const choice = { mode: 'reference', multiTurn: 'off' } as const;
    const scenario = scenarioOf(experimentSettings(measured, model, choice));
    if (!scenario.ok || scenario.value.kind !== 'fleet') throw new Error('No scenario came of it.');
    expect(scenario.value.load).toEqual({
      kind: 'spec',
      yaml: workloadSpecYaml(measured.profile, 'off').trimEnd(),
    });
    const here = resolveScenario(catalog, scenario.value);
    const there = resolveBlisOptions(blisOptions(measured, model, 'reference'), catalog);
    if (!here.ok || !there.ok) throw new Error('The server was not resolved.');
    expect(here.value.instance).toEqual({ ...there.value.config, model: here.value.instance.model });
    expect(here.value.cluster.instances).toBe(1);
  });

  it('takes the first latency model that can run, and one that says why when none can', () => {
    expect(modelThatRuns((name) => name === 'roofline' || name === 'blackbox')).toBe('roofline');
    expect(modelThatRuns(() => false)).toBe('trained-physics');
  });
});
