// How the figures are drawn, from the hash and back. Every choice has a default, so that an old or hand-typed link still opens.

import type { SelectionOptions } from '../../../figures/data/sensitivity';
import type { Palette } from '../../../figures/data/simulators';
import {
  PRESETS,
  type AxisPolicy,
  type DrawOptions,
  type FigureWidth,
  type Preset,
} from '../../../figures/layout/look';

export interface FigureChoices {
  readonly draw: DrawOptions;
  readonly selection: Required<SelectionOptions>;
  readonly hasAggregateRow: boolean;
}

type Query = Readonly<Record<string, string>>;

const PRESET_NAMES: readonly Preset[] = ['plumbline', 'published'];
const WIDTHS: readonly FigureWidth[] = ['7in', '3.3in', 'published'];
const PALETTES: readonly Palette[] = ['published', 'page'];

const oneOf = <T extends string>(options: readonly T[], text: string | undefined, otherwise: T): T =>
  options.find((option) => option === text) ?? otherwise;

export function figureChoices(query: Query): FigureChoices {
  const preset = oneOf(PRESET_NAMES, query.look, 'plumbline');
  const base = PRESETS[preset];
  return {
    draw: {
      ...base,
      width: oneOf(widthsOf(preset), query.width, base.width),
      palette: oneOf(PALETTES, query.palette, base.palette),
      axis: oneOf(axesOf(preset), query.axis, base.axis),
      hasTitle: query.title === undefined ? base.hasTitle : query.title === '1',
      limits: {
        ttft: limitOf(query.ttft, base.limits.ttft),
        others: limitOf(query.limit, base.limits.others),
      },
    },
    selection: {
      excluded: (query.hide ?? '').split(',').filter((name) => name !== ''),
      otherModels: query.models === 'all',
      anyConfiguration: query.config === 'any',
    },
    hasAggregateRow: query.top !== '0',
  };
}

/** Only the published figures have a canvas of their own. */
export function widthsOf(preset: Preset): readonly FigureWidth[] {
  return preset === 'published' ? WIDTHS : WIDTHS.filter((width) => width !== 'published');
}

/** Broken axes hide how far bars reach, so only the published look has them. */
export function axesOf(preset: Preset): readonly AxisPolicy[] {
  return preset === 'published' ? ['broken'] : ['clipped', 'log'];
}

export const MAX_LIMIT = 100_000;

/** A percentage above 0; anything else is the default. */
function limitOf(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? '');
  return value >= 1 && value <= MAX_LIMIT ? value : otherwise;
}

/** The query without, or with, one simulator hidden. */
export function withHidden(choices: FigureChoices, simulator: string, isHidden: boolean): string | undefined {
  const others = choices.selection.excluded.filter((name) => name !== simulator);
  const hidden = isHidden ? [...others, simulator] : others;
  return hidden.length === 0 ? undefined : hidden.join(',');
}
