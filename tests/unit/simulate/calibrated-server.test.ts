// A calibrated server as the latency model of Simulate: what reaches the worker, what is refused, what is said beside the figures.

import { beforeEach, describe, expect, it } from 'vitest';
import { calibrationOf, choiceOf, heldServers } from '../../../src/app/simulate/held-servers';
import { isRead } from '../../../src/app/simulate/relevance';
import { runCommandText } from '../../../src/app/simulate/run-command';
import { scenarioOf, settingsOf, type FleetSettings } from '../../../src/app/simulate/settings';
import { cellWords, expandCells, planOf } from '../../../src/app/simulate/sweep/grid';
import { sweepCsv } from '../../../src/app/simulate/sweep/sweep-csv';
import { encodeLink, decodeLink } from '../../../src/app/simulate/share-link';
import type { Problem } from '../../../src/base/problem';
import type { CalibratedServer } from '../../../src/domain/calibrated-server';
import { DEFAULT_PHYSICS } from '../../../src/domain/physics';
import { simulateCluster } from '../../../src/engine/simulate-cluster';
import { prepareFleet } from '../../../src/workers/prepare-fleet';
import type { FleetScenario } from '../../../src/workers/simulate-protocol';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

const server: CalibratedServer = {
  name: 'Rack 7',
  vector: { ...DEFAULT_PHYSICS, q: 9000 },
  models: ['meta-llama/llama-2-7b-hf'],
  gpu: 'H100',
  tp: 1,
  precision: 'FP16',
  pipelinedScheduling: true,
  prefixCaching: true,
  blockSizeTokens: 16,
  calibratedOn: [{ name: '101-general', identity: 'abc' }],
  contextRange: [600, 900],
  heldOutE2ePercent: 1.2,
};

const settings = (change: Partial<FleetSettings> = {}): FleetSettings => ({
  ...settingsOf(),
  model: 'meta-llama/llama-2-7b-hf',
  latencyModel: choiceOf(server),
  numRequests: '50',
  ...change,
});
const scenario = (change: Partial<FleetSettings> = {}): FleetScenario => {
  const made = scenarioOf(settings(change));
  if (!made.ok) throw new Error(made.error.message);
  if (made.value.kind !== 'fleet') throw new Error('expected a fleet');
  return made.value;
};
const refusal = (change: Partial<FleetSettings>): Problem | undefined => {
  const made = scenarioOf(settings(change));
  return made.ok ? undefined : made.error;
};
const prepared = async (change: Partial<FleetSettings> = {}) => {
  const fleet = await prepareFleet(releaseModule(), shippedCatalog(), scenario(change));
  if (!fleet.ok) throw new Error(fleet.error.message);
  return fleet.value;
};

beforeEach(() => heldServers.hold([server]));

describe('a calibrated server in Simulate', () => {
  it('reaches the engine as the physical model with its parameters and its schedule', async () => {
    const { instance } = await prepared({ tp: '', hardware: '' });
    expect(instance).toMatchObject({ pipelinedScheduling: true, latency: { name: 'physics', tp: 1 } });
    expect(instance.latency.coefficients.alpha).toEqual([9000, DEFAULT_PHYSICS.pD]);
    expect(instance.latency.gpu?.name).toBe('H100');
    expect(isRead('alpha', settings())).toBe(false);
    expect(isRead('pipelinedScheduling', settings())).toBe(false);
  });

  it('runs on the full engine, a fleet of it too', async () => {
    const ttft = async (change: Partial<FleetSettings>): Promise<number> => {
      const { cluster, instance, workload } = await prepared(change);
      const result = await simulateCluster(releaseModule(), cluster, instance, workload, {});
      if (!result.ok) throw new Error(result.error.message);
      expect(result.value.aggregate.completed_requests).toBe(50);
      return result.value.aggregate.ttft_mean_ms;
    };
    // Never below the 9 ms of the front end.
    expect(await ttft({})).toBeGreaterThan(9);
    expect(await ttft({ instances: '3', rateRps: '30' })).toBeLessThan(await ttft({ rateRps: '30' }));
  });

  it('says what it rests on, and that the load leaves the contexts it has seen', async () => {
    const near = { promptMean: '600', promptStddev: '10', outputMean: '200', outputStddev: '10' };
    expect((await prepared(near)).basis).toEqual([
      'Step times: Rack 7, calibrated on 101-general; 1.2 % E2E error on what was held out.',
    ]);
    const { basis } = await prepared({ ...near, promptMean: '3000' });
    expect(basis?.[1]).toMatch(/Extrapolated in context length: .* the fit saw 600 to 900/);
    expect((await prepared({ latencyModel: 'roofline' })).basis).toBeUndefined();
  });

  it('is refused for another model, degree, GPU or pool, at the field', () => {
    expect(refusal({ tp: '2' })).toMatchObject({
      field: 'tp',
      message: expect.stringMatching(/calibrated on 1 × H100; this configuration runs on 2 × H100/),
    });
    expect(refusal({ hardware: 'A100-80' })?.field).toBe('hardware');
    expect(refusal({ model: 'qwen/qwen3-14b' })?.field).toBe('model');
    expect(refusal({ prefillInstances: '1', decodeInstances: '1', decodeTp: '4' })?.field).toBe('decodeTp');
    heldServers.hold([]);
    expect(refusal({})?.message).toMatch(/is not on this device. Import its exported file/);
  });

  it('stands in links by its fingerprint, and in the command by its coefficients', () => {
    const link = decodeLink(encodeLink(settings()));
    expect(link.ok && link.value.settings.latencyModel).toBe(choiceOf(server));
    expect(choiceOf(server)).toMatch(/^calibrated:[0-9a-f]{8}$/);
    const command = runCommandText(settings());
    expect(command).toContain('--latency-model physics');
    expect(command).toContain('--alpha-coeffs 9000,52.2');
    expect(command).toContain('--pipelined-scheduling');
    expect(command).not.toContain('Rack 7');
  });

  it('marks every cell of a sweep that rests on it, and no other, in words and in the file', () => {
    const values = `${choiceOf(server)}\nroofline`;
    const plan = planOf(settings(), [{ name: 'latencyModel', values }], '1');
    if (!plan.ok) throw new Error(plan.error.message);
    const cells = expandCells(plan.value);
    expect(cells.map(({ calibration }) => calibration)).toEqual(['calibrated on 101-general', undefined]);
    const words = cells.map((cell) => cellWords(plan.value.axes, cell));
    expect(words[0]).toMatch(/^Latency model Rack 7 \(calibrated/);
    expect(words[1]).toBe('Latency model roofline');
    const waiting = cells.map(() => ({ kind: 'waiting' }) as const);
    const [, first = '', second = ''] = sweepCsv(plan.value.axes, cells, 1, waiting).split('\r\n');
    expect(first).toContain('calibrated on 101-general');
    expect(second).not.toContain('calibrated');
  });

  it('stays marked after it was deleted', () => {
    heldServers.hold([]);
    expect(calibrationOf(settings())).toBe('calibrated');
    expect(calibrationOf(settingsOf())).toBeUndefined();
  });
});
