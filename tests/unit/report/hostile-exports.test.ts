// Names from files in what goes out: they run no formula, close no tag, break no table, and ordinary ones stay byte for byte.

import { expect, describe, it } from 'vitest';
import { timesCsv } from '../../../src/app/catalogue/explore-questions';
import { tableCsv } from '../../../src/app/charts/chart-files';
import { valuesCsv } from '../../../src/app/validate/figures/figure-files';
import { writeSvg } from '../../../src/figures/scene/svg';
import { prepareFigureData } from '../../../src/figures/data/prepare';
import { FIGURES } from '../../../src/figures/figures';
import { PRESETS } from '../../../src/figures/layout/look';
import { htmlReport } from '../../../src/report/bundle/html-report';
import { runtimeTableLatex } from '../../../src/report/latex';
import { errorRecordsCsv, textCell } from '../../../src/report/record-csv';
import { readErrorRecords } from '../../../src/sources/records-csv';
import { compare } from '../../../src/validation/compare';
import { FIGURE_ERRORS, FIGURE_RUNTIMES } from '../../support/figure-rows';
import { madeExperiment, madeResult } from '../../support/made-experiment';

const FORMULAS = ['=HYPERLINK("http://x")', '+1+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1'];
const NAMES = [
  ...FORMULAS,
  '</script><script>',
  "'; DROP TABLE",
  '"quoted", and more',
  'a\nb',
  '\ud800 half',
  '\u202egnp.exe',
  '\u0000\u0007',
];

/** The cells of a CSV without line breaks inside of cells. */
const startsOfCells = (csv: string): string[] => csv.split('\r\n').flatMap((line) => line.split(','));

describe('CSV', () => {
  it.each(FORMULAS)('runs no %j', (name) => {
    for (const csv of [
      textCell(name),
      tableCsv({ head: [name], rows: [[name]] }),
      valuesCsv([{ panel: name, group: name, simulator: name, value: 1, count: 1 }]),
    ]) {
      for (const cell of startsOfCells(csv)) expect(cell).not.toMatch(/^"?[=+\-@\t\r]/);
    }
  });

  it('keeps ordinary names as they are', () => {
    for (const name of ['meta-llama/Llama-3.1-8B', '7-a=b+c@d', 'ü', '3', ' x']) {
      expect(textCell(name).replaceAll('"', '')).toBe(name);
    }
    expect(textCell('meta-llama/Llama-3.1-8B')).toBe('meta-llama/Llama-3.1-8B');
  });

  it('of errors gives every name back when it is read', () => {
    for (const name of NAMES.filter(
      (each) => each.trim() === each && !each.includes('\ud800') && !each.includes('\u0000'),
    )) {
      const experiment = madeExperiment({ folder: name, model: name, workload: name });
      const csv = errorRecordsCsv(compare(experiment, madeResult({ folder: name })));
      const read = readErrorRecords(csv, 'error_records.csv');
      expect(read.ok && read.value.rows[0]?.model, name).toBe(name);
      expect(read.ok && read.value.warnings).toEqual([]);
    }
  });

  it('of step times takes the name of a calibrated server', () => {
    const choice = { model: 'm', gpu: 'g', tp: 1, mode: 'reference', prefillTokens: 0, contextTokens: 1 };
    const csv = timesCsv(choice as Parameters<typeof timesCsv>[0], [
      { name: '=a,b', sweepUs: [] } as unknown as Parameters<typeof timesCsv>[1][number],
    ]);
    expect(csv.split('\n')[0]).toContain(`,"'=a,b_us"`);
  });
});

describe('LaTeX', () => {
  const cellOf = (name: string): string =>
    (runtimeTableLatex([{ name, medianRuntimeS: 1, speedup: 1 }]).split('\n')[4] ?? '').split(' & ')[0] ?? '';

  it('prints every character that means something to it', () => {
    expect(cellOf('a_b%c$d#e{f}g&h')).toBe('a\\_b\\%c\\$d\\#e\\{f\\}g\\&h');
    expect(cellOf('\\input{x}~^<|>')).toBe(
      '\\textbackslash{}input\\{x\\}\\textasciitilde{}\\textasciicircum{}\\textless{}\\textbar{}\\textgreater{}',
    );
  });

  it('keeps a name on its line', () => {
    expect(cellOf('a\n\nb\r\u2028c\u0000')).toBe('a b c ');
  });
});

describe('pictures and pages', () => {
  const drawing = (name: string): string => {
    const errors = FIGURE_ERRORS.map((row) => ({ ...row, model: `${row.model}${name}` }));
    const data = prepareFigureData(errors, FIGURE_RUNTIMES);
    return FIGURES.flatMap((figure) => {
      const drawn = figure.draw({ data, selection: {}, draw: PRESETS.plumbline, hasAggregateRow: true });
      return drawn.kind === 'drawn' ? [writeSvg({ ...drawn.scene, title: name, description: name })] : [];
    }).join('\n');
  };

  it.each(NAMES)('an SVG stays well-formed with %j', (name) => {
    const svg = drawing(name);
    expect(svg).not.toMatch(/<script|onerror|[\ufffe\uffff]/);
    expect([...svg].filter((letter) => letter < ' ' && !'\t\n'.includes(letter))).toEqual([]);
    // Half a surrogate pair would make this throw, as it would the page that holds the picture.
    expect(() => encodeURIComponent(svg)).not.toThrow();
    expect(svg).toContain('<text');
    expect(svg.match(/<[a-z]/g)?.length).toBe((svg.match(/<\/[a-z]|\/>/g) ?? []).length);
  });

  it.each(NAMES)('a page shows %j as text', (name) => {
    const experiment = madeExperiment({ folder: name, model: name, workload: name, warnings: [name] });
    const result = madeResult({ folder: name });
    const page = htmlReport(
      {
        name,
        version: '1',
        options: { mode: 'reference', multiTurn: 'off' },
        experiments: [experiment],
        simulators: [{ name: 'made', label: name }],
        outcomes: [{ result, records: compare(experiment, result) }],
        missing: [],
        leftOut: [{ folder: name, reason: name }],
      },
      [{ name: 'fig1', caption: name, svg: drawing(name) }],
    );
    expect(page).not.toMatch(/<\/?script/);
    expect(page.match(/<td>/g)?.length).toBe(page.match(/<\/td>/g)?.length);
  });
});
