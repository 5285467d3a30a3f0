import { describe, expect, it } from 'vitest';
import { prepareFigureData } from '../../src/figures/data/prepare';
import { FIGURES, type FigureRequest } from '../../src/figures/figures';
import { PRESETS, type DrawOptions } from '../../src/figures/layout/look';
import type { Scene } from '../../src/figures/scene/scene';
import { writeSvg } from '../../src/figures/scene/svg';
import { FIGURE_ERRORS, FIGURE_RUNTIMES } from '../support/figure-rows';
import { overlappingTexts, texts, textsOffPage } from '../support/scene-checks';

const data = prepareFigureData(FIGURE_ERRORS, FIGURE_RUNTIMES);

function request(draw: DrawOptions): FigureRequest {
  return { data, selection: {}, draw, hasAggregateRow: true };
}

function drawn(name: string, draw: DrawOptions): Scene {
  const outcome = FIGURES.find((figure) => figure.name === name)!.draw(request(draw));
  if (outcome.kind === 'skipped') throw new Error(`${name} was skipped: ${outcome.reason}`);
  return outcome.scene;
}

const { plumbline, published } = PRESETS;

const SNAPSHOTS: readonly [file: string, name: string, draw: DrawOptions][] = [
  ['fig1-7in', 'fig1_model_sensitivity', plumbline],
  ['fig1-3in', 'fig1_model_sensitivity', { ...plumbline, width: '3.3in' }],
  ['fig1-log', 'fig1_model_sensitivity', { ...plumbline, axis: 'log', palette: 'page' }],
  ['fig1-published', 'fig1_model_sensitivity', published],
  ['fig2-7in', 'fig2_hardware_portability', plumbline],
  ['fig3-7in', 'fig3_workload_sensitivity', plumbline],
  ['fig4a-7in', 'fig4a_config_dense', plumbline],
  ['fig4b-published', 'fig4b_config_moe', published],
  ['fig5-7in', 'fig5_pareto', plumbline],
  ['fig5-published', 'fig5_pareto', published],
  ['fig0b-3in', 'fig0b_aggregate_trace', { ...plumbline, width: '3.3in' }],
  ['pair-7in', 'sim_comparisons/blis_vs_llmservingsim', plumbline],
];

describe('figures', () => {
  it.each(SNAPSHOTS)('%s looks as it did', async (file, name, draw) => {
    await expect(writeSvg(drawn(name, draw))).toMatchFileSnapshot(`../golden/snapshots/figures/${file}.svg`);
  });

  it('are the same bytes for the same data', () => {
    const again = prepareFigureData([...FIGURE_ERRORS], [...FIGURE_RUNTIMES]);
    for (const figure of FIGURES) {
      const [first, second] = [data, again].map((input) =>
        figure.draw({ ...request(plumbline), data: input }),
      );
      expect(first).toEqual(second);
    }
  });

  it('leave nothing off the page and no text on another', () => {
    for (const preset of [plumbline, published]) {
      for (const width of ['7in', '3.3in'] as const) {
        for (const figure of FIGURES) {
          const scene = drawn(figure.name, { ...preset, width });
          const where = `${figure.name} ${preset.preset} ${width}`;
          expect(textsOffPage(scene), where).toEqual([]);
          if (preset.preset === 'plumbline') expect(overlappingTexts(scene), where).toEqual([]);
        }
      }
    }
  });

  it('have no type under 6.5 pt in the Plumbline preset', () => {
    for (const figure of FIGURES) {
      for (const mark of texts(drawn(figure.name, plumbline)))
        expect(mark.sizePt).toBeGreaterThanOrEqual(6.5);
    }
  });

  it('keep to the promised sizes', () => {
    const inches = (name: string, width: '7in' | '3.3in'): string => {
      const scene = drawn(name, { ...plumbline, width });
      return `${(scene.widthPt / 72).toFixed(1)} × ${(scene.heightPt / 72).toFixed(1)}`;
    };
    expect(inches('fig1_model_sensitivity', '7in')).toBe('7.0 × 2.7');
    expect(inches('fig1_model_sensitivity', '3.3in')).toBe('3.3 × 4.9');
    expect(inches('fig4a_config_dense', '7in')).toBe('7.0 × 2.4');
    expect(inches('fig4a_config_dense', '3.3in')).toBe('3.3 × 2.6');
    expect(inches('fig5_pareto', '7in')).toBe('4.5 × 4.0');
    expect(inches('fig5_pareto', '3.3in')).toBe('3.3 × 3.1');
  });

  it('write what a cut bar hides, and infinity by name', () => {
    const words = texts(drawn('fig1_model_sensitivity', plumbline)).map((mark) => mark.text);
    // Vidur on Qwen; BLIS-Roofline on Mixtral predicts something where 0 was measured.
    expect(words).toEqual(expect.arrayContaining(['11.5k', 'inf']));
  });

  it('skip with a reason when nothing matches', () => {
    const empty = prepareFigureData([], []);
    for (const figure of FIGURES) {
      const outcome = figure.draw({ ...request(plumbline), data: empty });
      expect(outcome).toMatchObject({ kind: 'skipped', reason: expect.stringMatching(/\w{4}/) as string });
    }
  });

  it('carry n, filter and statistic in the caption', () => {
    const outcome = FIGURES[0]!.draw({
      ...request(plumbline),
      provenance: 'mode reference, Plumbline 0.1.0',
    });
    expect(outcome.kind === 'drawn' && outcome.caption).toBe(
      'Prediction error (MAPE) by model. H100, default configuration, general-purpose workload; each bar one experiment; ' +
        'n = 3 experiments. Bars above 100 % (TTFT: 200 %) are cut; their values, and those under 2 %, are written above ' +
        'the group. Mode reference, Plumbline 0.1.0.',
    );
  });

  it('escape what comes from files', () => {
    const hostile = FIGURE_ERRORS.map((row) => ({ ...row, simulator: `<script>"&${row.simulator}` }));
    const outcome = FIGURES[0]!.draw({ ...request(plumbline), data: prepareFigureData(hostile, []) });
    if (outcome.kind === 'skipped') throw new Error(outcome.reason);
    const svg = writeSvg(outcome.scene);
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;&quot;&amp;vidur');
  });
});
