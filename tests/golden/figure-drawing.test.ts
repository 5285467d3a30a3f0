import { expect, it } from 'vitest';
import { prepareFigureData } from '../../src/figures/data/prepare';
import { FIGURES } from '../../src/figures/figures';
import { PRESETS } from '../../src/figures/layout/look';
import { writeSvg } from '../../src/figures/scene/svg';
import { publishedRows } from '../support/published';
import { overlappingTexts, texts, textsOffPage } from '../support/scene-checks';
import { describeShared } from '../support/shared';

describeShared('every figure of the published results', () => {
  const { errors, runtimes } = publishedRows();
  const data = prepareFigureData(errors, runtimes);
  const selection = {};

  it.each(['7in', '3.3in'] as const)('is readable at %s', (width) => {
    for (const axis of ['clipped', 'log'] as const) {
      for (const figure of FIGURES) {
        const draw = { ...PRESETS.plumbline, width, axis };
        const outcome = figure.draw({ data, selection, draw, hasAggregateRow: true });
        if (outcome.kind === 'skipped') throw new Error(`${figure.name}: ${outcome.reason}`);
        const where = `${figure.name} ${axis}`;
        expect(overlappingTexts(outcome.scene), where).toEqual([]);
        expect(textsOffPage(outcome.scene), where).toEqual([]);
        for (const mark of texts(outcome.scene)) expect(mark.sizePt, where).toBeGreaterThanOrEqual(6.5);
      }
    }
  });

  it.each(['published', '7in', '3.3in'] as const)('is drawn whole in the published preset at %s', (width) => {
    for (const figure of FIGURES) {
      const outcome = figure.draw({
        data,
        selection,
        draw: { ...PRESETS.published, width },
        hasAggregateRow: true,
      });
      if (outcome.kind === 'skipped') throw new Error(`${figure.name}: ${outcome.reason}`);
      expect(textsOffPage(outcome.scene), figure.name).toEqual([]);
      expect(writeSvg(outcome.scene), figure.name).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});
