import { describe, expect, it } from 'vitest';
import { figureChoices, withHidden } from '../../../src/app/validate/figures/choices';
import { valuesCsv } from '../../../src/app/validate/figures/figure-files';
import { FigureStudio } from '../../../src/app/validate/figures/studio.svelte';
import {
  areResultsToDraw,
  isErrorRecords,
  isMatchedErrors,
  isRuntime,
} from '../../../src/app/validate/figures/result-files';
import { leftOutRows } from '../../../src/app/validate/quality/left-out-rows';
import { withDensity } from '../../../src/figures/scene/png-density';
import type { Finding } from '../../../src/validation/quality/finding';

describe('figure choices', () => {
  it('default to the Plumbline look at 7 in', () => {
    const { draw, selection, hasAggregateRow } = figureChoices({});
    expect(draw).toMatchObject({ preset: 'plumbline', width: '7in', axis: 'clipped', hasTitle: false });
    expect(selection).toEqual({ excluded: [], otherModels: false, anyConfiguration: false });
    expect(hasAggregateRow).toBe(true);
  });

  it('take only what the look has', () => {
    expect(figureChoices({ width: 'published', axis: 'broken' }).draw).toMatchObject({
      width: '7in',
      axis: 'clipped',
    });
    expect(figureChoices({ look: 'published', axis: 'log' }).draw).toMatchObject({
      width: 'published',
      axis: 'broken',
      hasTitle: true,
    });
    expect(figureChoices({ look: 'neon', limit: '-3', ttft: 'abc' }).draw.limits).toEqual({
      ttft: 200,
      others: 100,
    });
    expect(figureChoices({ limit: '50', ttft: '400' }).draw.limits).toEqual({ ttft: 400, others: 50 });
  });

  it('hide and show simulators', () => {
    const choices = figureChoices({ hide: 'vidur,llmservingsim' });
    expect(withHidden(choices, 'vidur', false)).toBe('llmservingsim');
    expect(withHidden(choices, 'vidur', true)).toBe('llmservingsim,vidur');
    expect(withHidden(figureChoices({ hide: 'vidur' }), 'vidur', false)).toBeUndefined();
  });
});

describe('opened result files', () => {
  const file = (name: string, text: string) => ({ name, text: () => Promise.resolve(text) });
  const HEAD = 'simulator,experiment_folder,model,workload,stage_index,metric_name,mape';

  it('are told apart by name', () => {
    expect(areResultsToDraw(['a/error_records.csv', 'a/runtime.csv'])).toBe(true);
    expect(areResultsToDraw(['error_records.csv', 'manifest.json', 'project.json'])).toBe(false);
    expect(areResultsToDraw(['expected/error_records.csv', '7-x/exp-config.yaml'])).toBe(false);
    expect(isErrorRecords('results/my_error_records.csv')).toBe(true);
    expect(isErrorRecords('llmservingsim_error_records_matched.csv')).toBe(false);
    expect(isMatchedErrors('llmservingsim_error_records_matched.csv')).toBe(true);
    expect(isRuntime('runtime.csv')).toBe(true);
    expect(isRuntime('llmservingsim_runtime.csv')).toBe(false);
  });

  it('draw without runtimes, saying what is missing, and keep the last good files on a bad one', async () => {
    const studio = new FigureStudio();
    await studio.open([file('error_records.csv', `${HEAD}\nvidur,1-a,m,general,-1,e2e_mean,5\n`)]);
    expect(studio.source).toMatchObject({
      kind: 'files',
      warnings: ['No runtimes were opened, so figure 5 and the runtime table are missing.'],
    });
    await studio.open([file('error_records.csv', 'a,b\n')]);
    expect(studio.problem?.message).toContain('lacks the columns');
    expect(studio.source.kind).toBe('files');
    studio.useRun();
    expect([studio.source.kind, studio.problem]).toEqual(['run', undefined]);
  });
});

describe('files of a figure', () => {
  it('hold the values at full precision, safe for spreadsheets', () => {
    const csv = valuesCsv([{ panel: 'E2E Mean', group: '=1+1', simulator: 'vidur', value: 1 / 3, count: 2 }]);
    expect(csv).toBe("panel,group,simulator,value,n\r\nE2E Mean,'=1+1,vidur,0.3333333333333333,2\r\n");
  });

  it('state the print resolution of a PNG', () => {
    const png = new Uint8Array(60).fill(7);
    const marked = withDensity(png, 300);
    const view = new DataView(marked.buffer);
    expect(marked.length).toBe(81);
    expect(String.fromCharCode(...marked.subarray(37, 41))).toBe('pHYs');
    // 300 dpi = 11 811 pixels a metre, unit metre; checksum as the PNG specification computes it.
    expect([view.getUint32(33), view.getUint32(41), view.getUint32(45), marked[49]]).toEqual([
      9, 11_811, 11_811, 1,
    ]);
    expect(view.getUint32(50)).toBe(0x78a53f76);
    expect([...marked.subarray(54)]).toEqual([...png.subarray(33)]);
  });
});

describe('rows left out', () => {
  const finding = (check: Finding['check'], rows: number[], hasEffect = true): Finding => ({
    check,
    severity: 'warning',
    count: rows.length,
    of: 100,
    firstRows: [],
    sentence: '',
    rows,
    effects: hasEffect ? [{ metric: 'TTFT mean', withMs: 1, withoutMs: 2 }] : [],
  });

  it('are those of the chosen checks, each once', () => {
    const findings = [
      finding('cold-start', [0, 1]),
      finding('stalls', [1, 7]),
      finding('failed-requests', [9], false),
    ];
    expect(leftOutRows(findings, ['cold-start', 'stalls', 'failed-requests'])).toEqual([0, 1, 7]);
    expect(leftOutRows(findings, [])).toEqual([]);
  });
});
