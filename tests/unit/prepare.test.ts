// What calibration says to data that it cannot use, or must not use silently.

import { describe, expect, it } from 'vitest';
import { assessFit } from '../../src/calibration/assessment';
import { DEFAULT_FIT, fitServer } from '../../src/calibration/fit';
import { finish } from '../../src/calibration/least-squares';
import { predictWithBands } from '../../src/calibration/predict';
import { prepareRun, type PrepareOptions } from '../../src/calibration/prepare';
import type { PreparedRun } from '../../src/calibration/prepared-run';
import { SimulatedRun } from '../../src/calibration/simulated-run';
import { transferTo } from '../../src/calibration/transfer';
import { DEFAULT_PHYSICS } from '../../src/domain/physics';
import type { Experiment, MeasuredRequests } from '../../src/domain/experiment';
import { H100 } from '../support/measured';
import { measureSynthetic, syntheticFacts, type SyntheticLoad } from '../support/synthetic-server';
import { releaseModule } from '../support/wasm';

const load: SyntheticLoad = {
  expId: 1,
  model: 'meta-llama/Llama-2-7b-hf',
  tp: 1,
  rates: [5, 8],
  requestsPerStage: 300,
  promptTokens: 500,
  outputTokens: 60,
  seed: 3,
};
const facts = syntheticFacts(load);
const sound = measureSynthetic(releaseModule(), load, DEFAULT_PHYSICS);
const rowsOf = ({ requests }: Experiment): MeasuredRequests => {
  if (requests === undefined) throw new Error('no rows');
  return requests;
};
const withRows = (change: Partial<MeasuredRequests>): Experiment => ({
  ...sound,
  requests: { ...rowsOf(sound), ...change },
});
const prepared = (experiment: Experiment, options?: PrepareOptions): PreparedRun => {
  const run = prepareRun(experiment, facts, options);
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
};
const message = (experiment: Experiment, options?: PrepareOptions): string => {
  const run = prepareRun(experiment, facts, options);
  return run.ok ? 'accepted' : run.error.message;
};

describe('preparation', () => {
  it('splits stages, finds the cycle of prompts and the warm set', () => {
    const run = prepared(sound);
    expect(run.stages.map(({ from, to }) => [from, to])).toEqual([
      [0, 300],
      [300, 600],
    ]);
    expect(run.reuse).toMatchObject({ kind: 'periodic', period: 100 });
    expect(run.warmFrom).toBe(100);
    expect(run.cachedShare).toBeGreaterThan(0.95);
    expect(run.stages.some(({ isBurst, isSaturated }) => isBurst || isSaturated)).toBe(false);
  });

  it('believes the configured length, not the client, and says so', () => {
    const reported = withRows({ outputTokens: new Uint32Array(600).fill(50) });
    expect(prepared(reported).outputTokens[0]).toBe(60);
    expect(prepared(reported).notes.join()).toMatch(/re-tokenised/);
    const free = { ...reported, profile: { ...reported.profile, ignoreEos: false } };
    expect(prepared(free).outputTokens[0]).toBe(50);
  });

  it('sorts rows by arrival and counts from the first', () => {
    const rows = rowsOf(sound);
    const reversed = <T extends Float64Array | Uint32Array | Uint8Array>(column: T): T =>
      column.slice().reverse() as T;
    const run = prepared(
      withRows({
        arrivalUs: reversed(rows.arrivalUs).map((us) => us + 5e6),
        inputTokens: reversed(rows.inputTokens),
        outputTokens: reversed(rows.outputTokens),
        ttftUs: reversed(rows.ttftUs),
        e2eUs: reversed(rows.e2eUs),
      }),
    );
    expect(run.arrivalUs).toEqual(rows.arrivalUs);
    expect(run.ttftUs).toEqual(rows.ttftUs);
  });

  it('leaves failed and impossible rows out, and says how many', () => {
    const failed = rowsOf(sound).failed.map((_, i) => (i < 10 ? 1 : 0));
    const ttftUs = rowsOf(sound).ttftUs.map((us, i) => (i === 20 ? 0 : i === 21 ? NaN : us));
    const run = prepared(withRows({ failed, ttftUs }));
    expect(run.succeeded.reduce((sum, flag) => sum + flag, 0)).toBe(588);
    expect(run.isOverloaded).toBe(false);
    expect(run.notes.join(' ')).toMatch(/2 rows have zero.*10 of 600 requests failed/);
  });

  it('flags overload, saturation and pressure on KV blocks', () => {
    const third = rowsOf(sound).failed.map((_, i) => (i % 3 === 0 ? 1 : 0));
    expect(prepared(withRows({ failed: third })).isOverloaded).toBe(true);
    const slow = rowsOf(sound).ttftUs.map((us) => us * 200);
    const late = withRows({ ttftUs: slow, e2eUs: rowsOf(sound).e2eUs.map((us, i) => us + (slow[i] ?? 0)) });
    expect(prepared(late).stages.every(({ isSaturated }) => isSaturated)).toBe(true);
    expect(prepared(sound).kvPressure).toBeLessThan(1);
    expect(prepared({ ...sound, totalKvBlocks: 1000 }).kvPressure).toBeGreaterThan(1);
  });

  it('refuses, with the reason, what would give a confident wrong number', () => {
    const { requests: _, ...without } = sound;
    expect(message(without)).toMatch(/no per-request rows .* summaries/);
    expect(message(withRows({ failed: new Uint8Array(600).fill(1) }))).toMatch(/all requests failed/);
    expect(message(withRows({ ttftUs: new Float64Array(600) }))).toMatch(/600 of 600 rows have zero/);
    expect(message({ ...sound, tp: NaN })).toMatch(/tensor-parallel degree is missing/);
    expect(message({ ...sound, totalKvBlocks: 0 })).toMatch(/number of KV blocks is missing/);
    expect(message({ ...sound, dp: 2 })).toMatch(/ran on 2 replicas .* the model describes one/);
    const seconds = withRows({ arrivalUs: rowsOf(sound).arrivalUs.map((us) => us / 1e6) });
    expect(message(seconds)).toMatch(
      /600 requests arrive within .* the profile's rates say about .* arrival_us/,
    );
    const even = withRows({ inputTokens: new Uint32Array(600).fill(512) });
    expect(message(even)).toMatch(/neither shown nor ruled out|can be neither shown/);
    expect(prepared(even, { promptPeriod: 100 }).reuse).toMatchObject({ period: 100, source: 'stated' });
    expect(prepared(even, { promptPeriod: 'distinct' }).reuse).toEqual({
      kind: 'distinct',
      source: 'stated',
    });
    const blind = prepareRun(sound, { ...facts, gpu: { ...H100, name: 'MI300X', memoryBandwidthTbs: 0 } });
    expect(blind).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/MI300X has no memory-bandwidth/) },
    });
  });

  it('does not fit where nothing can be inverted', () => {
    const short = { ...sound, profile: { ...sound.profile, outputLen: 8 } };
    const fit = finish(fitServer(releaseModule(), [prepared(short)]));
    expect(fit).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/50 warm successful requests/) },
    });
  });

  it('does not vouch for quantised servers', () => {
    const run = prepared({ ...sound, precision: 'FP8' });
    expect(run.notes.join()).toMatch(/Served in FP8: quantised kernels are not part of the model/);
    const fit = finish(fitServer(releaseModule(), [run]));
    if (!fit.ok) throw new Error(fit.error.message);
    expect(assessFit(fit.value, undefined)).toMatchObject({
      isConsistent: false,
      reasons: [expect.stringMatching(/ran in FP8/)],
    });
    expect(prepared({ ...sound, precision: 'BF16' }).notes.join()).not.toMatch(/quantised/);
  });

  it('widens the bands where nothing backs the parameters, and says so', () => {
    const widthOf = (experiment: Experiment, gpu: typeof H100): { width: number; notes: string } => {
      const run = prepareRun(experiment, { ...facts, gpu });
      if (!run.ok) throw new Error(run.error.message);
      const simulated = SimulatedRun.create(releaseModule(), run.value);
      if (!simulated.ok) throw new Error(simulated.error.message);
      const { predictions } = predictWithBands(simulated.value, DEFAULT_FIT);
      const [low = NaN, high = NaN] =
        predictions.find(({ metric, set }) => metric === 'e2e_mean' && set === 'warm')?.band ?? [];
      return { width: high / low - 1, notes: transferTo(run.value.deployment, DEFAULT_FIT).notes.join(' ') };
    };
    const known = widthOf(sound, H100);
    const otherTp = widthOf({ ...sound, tp: 2 }, H100);
    const otherGpu = widthOf(sound, { ...H100, name: 'H200-SXM', memoryBandwidthTbs: 4.8 });
    expect(known.width).toBeLessThan(0.06);
    expect(known.notes).toBe('');
    expect(otherTp.width).toBeGreaterThan(0.15);
    expect(otherTp.notes).toMatch(/tp2 .* is not among the deployments/);
    expect(otherGpu.width).toBeGreaterThan(1.3 * otherTp.width);
    expect(otherGpu.notes).toMatch(/Efficiencies are transferred from H100 to H200-SXM/);
  });

  it('warns when the GPU is not the one behind the defaults', () => {
    const run = prepareRun(sound, {
      ...facts,
      gpu: { ...H100, name: 'A100-SXM', memoryBandwidthTbs: 2.039, peakTflops: 312 },
    });
    if (!run.ok) throw new Error(run.error.message);
    const fit = finish(fitServer(releaseModule(), [run.value]));
    if (!fit.ok) throw new Error(fit.error.message);
    expect(fit.value.warnings.join()).toMatch(/Efficiencies transferred from H100 to A100-SXM/);
  });
});
