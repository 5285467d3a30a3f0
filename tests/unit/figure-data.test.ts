import { describe, expect, it } from 'vitest';
import { selectConfigSensitivity } from '../../src/figures/data/config-sensitivity';
import { selectAggregate, selectPair } from '../../src/figures/data/comparison';
import { selectPareto } from '../../src/figures/data/pareto';
import { configTag, prepareFigureData } from '../../src/figures/data/prepare';
import type { StageMetrics } from '../../src/domain/experiment';
import { stageOf } from '../support/experiments';
import { measuredRealSeconds, selectRuntimeTable } from '../../src/figures/data/runtime-table';
import {
  selectHardwarePortability,
  selectModelSensitivity,
  selectWorkloadSensitivity,
} from '../../src/figures/data/sensitivity';
import { inAxisOrder, simulatorStyle } from '../../src/figures/data/simulators';
import type { ErrorRow, RowContext } from '../../src/domain/record-rows';
import { EXPERIMENTS, FIGURE_ERRORS, FIGURE_RUNTIMES } from '../support/figure-rows';

const data = prepareFigureData(FIGURE_ERRORS, FIGURE_RUNTIMES);

const context = (changes: Partial<RowContext>): RowContext => ({
  simulator: 'vidur',
  experimentFolder: 'f',
  model: 'Qwen/Qwen3-14B',
  workload: 'general',
  maxNumBatchedTokens: 2048,
  gpuMemUtil: 0.9,
  tp: 1,
  cpuOffload: false,
  ...changes,
});

function bars(groups: readonly { key: string; bars: readonly { simulator: string; value: number }[] }[]) {
  return Object.fromEntries(
    groups.map((group) => [
      group.key,
      Object.fromEntries(group.bars.map((bar) => [bar.simulator, bar.value])),
    ]),
  );
}

describe('configuration tags', () => {
  it('name the first departure from the default', () => {
    expect(configTag(context({}))).toBe('default');
    expect(configTag(context({ maxNumBatchedTokens: 1024, cpuOffload: true }))).toBe('mbt=1024');
    expect(configTag(context({ cpuOffload: true, gpuMemUtil: 0.95 }))).toBe('cpu-offload');
    expect(configTag(context({ gpuMemUtil: 0.95, dp: 2 }))).toBe('gpu-0.95');
    expect(configTag(context({ gpuMemUtil: 1 }))).toBe('gpu-1.0');
    expect(configTag(context({ dp: 2, tp: 4 }))).toBe('dp=2');
    expect(configTag(context({ dp: 2, tp: 4, model: 'mistralai/Mixtral-8x7B-v0.1' }))).toBe('ep=8');
    expect(configTag(context({ dp: 1, tp: 4 }))).toBe('tp=4');
    expect(configTag(context({ tp: 4, model: 'meta-llama/Llama-2-70b-hf' }))).toBe('default');
  });

  it('are all default when nobody states the token budget, and as stated where the file has them', () => {
    const bare: ErrorRow = {
      ...context({ cpuOffload: true, configTag: 'mine' }),
      stageIndex: -1,
      metricName: 'e2e_mean',
      mape: 1,
    };
    const { maxNumBatchedTokens: _, ...unstated } = bare;
    expect(prepareFigureData([unstated], []).summary[0]?.configTag).toBe('default');
    expect(prepareFigureData([bare], [], true).summary[0]?.configTag).toBe('mine');
  });
});

describe('figures 1 to 3', () => {
  it('take the lowest experiment of each model, in the published order', () => {
    const figure = selectModelSensitivity(data)!;
    expect(figure.panels[0]?.groups.map((group) => group.label)).toEqual(['Ll-3.1-8B', 'Qw-14B', 'Mx-8x7B']);
    expect(figure.experiments).toEqual(['#1', '#2', '#3']);
    // Qwen has experiments 2 (general) and 11 (general-lite): the first wins.
    expect(bars(figure.panels[0]!.groups)['Qwen/Qwen3-14B']).toMatchObject({ 'blis-trained-physics': 4 });
  });

  it('take medians over general and general-lite on each GPU', () => {
    const figure = selectHardwarePortability(data)!;
    const h100 = bars(figure.panels[0]!.groups)['H100']!;
    // Experiments 1, 2, 3, 11 with factors 0.7, 1.0, 1.3, 1.3.
    expect(h100['blis-trained-physics']).toBeCloseTo(4 * 1.15, 12);
    expect(figure.panels[0]?.groups.map((group) => group.label)).toEqual(['H100', 'A100']);
  });

  it('keep a missing simulator out of its group', () => {
    const a100 = bars(selectHardwarePortability(data)!.panels[0]!.groups)['A100-80GB']!;
    expect(Object.keys(a100)).not.toContain('vidur');
  });

  it('leave out what the user excludes', () => {
    const figure = selectWorkloadSensitivity(data, { excluded: ['blis-roofline'] })!;
    expect(figure.simulators).not.toContain('blis-roofline');
    expect(figure.panels[0]?.groups.map((group) => group.key)).toEqual(['general', 'codegen', 'reasoning']);
  });

  it('place other models behind the published ones on request only', () => {
    const other = FIGURE_ERRORS.map((row) => (row.expId === 1 ? { ...row, model: 'acme/Tiny-1B' } : row));
    const rows = prepareFigureData(other, []);
    const labels = (otherModels: boolean) =>
      selectModelSensitivity(rows, { otherModels })!.panels[0]!.groups.map((group) => group.label);
    expect(labels(false)).toEqual(['Qw-14B', 'Mx-8x7B']);
    expect(labels(true)).toEqual(['Qw-14B', 'Mx-8x7B', 'Tiny-1B']);
  });

  it('draw files without metadata unfiltered, but not by GPU', () => {
    const bare = FIGURE_ERRORS.map(({ hardware: _h, maxNumBatchedTokens: _m, ...row }) => row);
    const rows = prepareFigureData(bare, []);
    expect(selectModelSensitivity(rows)).toBeDefined();
    expect(selectHardwarePortability(rows)).toBeUndefined();
    expect(selectConfigSensitivity(rows, 'dense')).toBeUndefined();
  });
});

describe('figures 4a and 4b', () => {
  it('vary one parameter around the most frequent configuration', () => {
    const figure = selectConfigSensitivity(data, 'dense')!;
    expect(figure.model).toBe('meta-llama/Llama-3.1-8B-Instruct');
    // tp 1, 2 and offloading off, on.
    expect(figure.score).toBe(4);
    expect(
      figure.parameters.map((parameter) => [parameter.label, parameter.entries.map((entry) => entry.label)]),
    ).toEqual([
      ['TP', ['1', '2']],
      ['KV Cache Offloading', ['Off', 'On']],
    ]);
    expect(selectConfigSensitivity(data, 'moe')!.parameters.map((parameter) => parameter.label)).toEqual([
      'TP',
      'Chunk Size',
    ]);
  });
});

describe('comparisons', () => {
  it('compare only where all have results', () => {
    expect(selectAggregate(data, 'trace')!.experiments).toEqual(['#1', '#2']);
    expect(selectPair(data, 'blis-trained-physics', 'vidur')!.experiments).toEqual(['#1', '#2']);
    expect(selectAggregate(data, 'trace', { excluded: ['vidur'] })).toBeDefined();
    expect(selectAggregate(data, 'analytical', { excluded: ['blis-roofline'] })).toBeUndefined();
  });
});

describe('figure 5 and table 1', () => {
  it('find the simulators that no other beats', () => {
    const { points, experimentCount } = selectPareto(data)!;
    expect(experimentCount).toBe(EXPERIMENTS.length);
    const frontier = points.filter((point) => point.onFrontier).map((point) => point.simulator);
    expect(frontier).toEqual(['blis-trained-physics', 'blis-roofline', 'llm-optimizer-estimate']);
    expect(points.find((point) => point.simulator === 'vidur')).toMatchObject({ count: 2 });
  });

  it('takes the median measured run as the real time, leaving out runs without a rate', () => {
    const run = (numRequests: number, requestsPerSec: number): StageMetrics => ({
      ...stageOf(-1, 0, 0, numRequests),
      throughput: { inputTokensPerSec: 0, outputTokensPerSec: 0, requestsPerSec },
    });
    expect(measuredRealSeconds([run(100, 1), run(300, 2), run(900, 3), run(5, 0)])).toBe(150);
    expect(measuredRealSeconds([])).toBeUndefined();
  });

  it('divide the real time by the median runtime', () => {
    const rows = selectRuntimeTable(data);
    // Vidur ran twice: 9 × 0.6 and 9 × 0.8 s.
    expect(rows.find((row) => row.simulator === 'vidur')?.medianRuntimeS).toBeCloseTo(6.3, 12);
    expect(rows.find((row) => row.simulator === 'vidur')?.speedup).toBeCloseTo(1200 / 6.3, 9);
    const instant = prepareFigureData([], [{ ...FIGURE_RUNTIMES[0]!, wallClockSeconds: 0 }]);
    expect(selectRuntimeTable(instant)[0]?.speedup).toBe(Infinity);
  });
});

describe('simulator styles', () => {
  it('put known simulators first and tell all of them apart by hatch and by marker', () => {
    expect(inAxisOrder(['zeta', 'vidur', 'alpha', 'blis-trained-physics', 'vidur'])).toEqual([
      'blis-trained-physics',
      'vidur',
      'alpha',
      'zeta',
    ]);
    const names = [
      'blis-blackbox',
      'blis-roofline',
      'blis-crossmodel',
      'blis-trained-roofline',
      'blis-trained-physics',
    ];
    const styles = [
      ...names,
      'vidur',
      'llm-optimizer-estimate',
      'aiconfigurator-estimate',
      'llmservingsim',
    ].map((name) => simulatorStyle(name));
    expect(new Set(styles.map((style) => style.hatch)).size).toBe(9);
    expect(new Set(styles.map((style) => style.marker)).size).toBe(9);
  });
});
