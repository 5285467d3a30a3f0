import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/app/simulate/presets';
import { scenarioOf, settingProblem, settingsOf } from '../../../src/app/simulate/settings';
import { simulateClassic } from '../../../src/engine/simulate-classic';
import { openRandomDoor } from '../../../src/engine/random-door';
import { classicText } from '../../../src/report/classic-output';
import { generateClassicRequests, parseClassicGenerator } from '../../../src/workload/classic-generator';
import { releaseModule } from '../../support/wasm';

describe('the form of the Simulate place', () => {
  it('turns typed texts into a scenario; empty fields stay ungiven', () => {
    const scenario = scenarioOf({
      ...settingsOf(),
      tp: '',
      totalKvBlocks: ' ',
      beta: '6000, 17, 2.5',
      alpha: '0,0,0',
    });
    if (!scenario.ok || scenario.value.kind !== 'fleet') throw new Error('expected a fleet');
    expect(scenario.value.options).not.toHaveProperty('tp');
    expect(scenario.value.options).not.toHaveProperty('totalKvBlocks');
    expect(scenario.value.options.beta).toEqual([6000, 17, 2.5]);
    expect(scenario.value.load.rateRps).toBe(5);
  });

  it('keeps scorers only where they have an effect', () => {
    const typed = { ...settingsOf(), routingScorers: 'queue-depth:1' };
    const plain = scenarioOf(typed);
    const weighted = scenarioOf({ ...typed, routingPolicy: 'weighted' });
    expect(plain.ok && plain.value.kind === 'fleet' && plain.value.routingScorers).toBe('');
    expect(weighted.ok && weighted.value.kind === 'fleet' && weighted.value.routingScorers).toBe(
      'queue-depth:1',
    );
  });

  it.each([
    ['instances', '0', 'Instances: found “0”, expected a whole number from 1 to 256.'],
    ['numRequests', '2.5', 'Requests: found “2.5”, expected a whole number from 1 to 1000000.'],
    ['rateRps', 'fast', 'Rate: found “fast”, expected a number from 0.001 to 1000000.'],
    ['seed', '', 'Seed: found “”, expected a whole number from 0 to 2147483647.'],
  ] as const)('says what is wrong with %s = %j', (name, text, message) => {
    expect(settingProblem(name, text)).toBe(message);
    const scenario = scenarioOf({ ...settingsOf(), [name]: text });
    expect(!scenario.ok && scenario.error.message).toBe(message);
  });

  it('refuses coefficients that are no numbers', () => {
    const scenario = scenarioOf({ ...settingsOf(), beta: '1, x' });
    expect(!scenario.ok && scenario.error.message).toContain('β: found “1, x”');
  });

  it('accepts every preset', () => {
    for (const preset of PRESETS) {
      if (preset.start.kind === 'fleet') expect(scenarioOf(preset.start.settings).ok).toBe(true);
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
