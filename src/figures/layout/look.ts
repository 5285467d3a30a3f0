// How figures are dressed: two presets, sizes of type, line weights. All lengths in points at final size.
// Plumbline: clipped bars with their values, nothing under 6.5 pt. Published: the geometry, broken axes and titles of the
// reference's HEAD (dcec3fd), validator spec 13.3–13.8.

import { simulatorStyle, type Palette, type SimulatorStyle } from '../data/simulators';
import type { Fill, Stroke } from '../scene/scene';
import { INK } from '../scene/scene';

export type Preset = 'plumbline' | 'published';

/** What happens to bars beyond the axis: cut and labelled, a second axis above a gap, or points on a logarithmic axis. */
export type AxisPolicy = 'clipped' | 'broken' | 'log';

/** Text width of a two-column page, of one of its columns, or the canvas of the published figures (10 in, fig 5: 4.5 in). */
export type FigureWidth = '7in' | '3.3in' | 'published';

export interface DrawOptions {
  readonly preset: Preset;
  readonly width: FigureWidth;
  readonly palette: Palette;
  readonly axis: AxisPolicy;
  /** Title over the whole figure; captions usually carry it. */
  readonly hasTitle: boolean;
  /** Highest value on a clipped axis, percent. */
  readonly limits: { readonly ttft: number; readonly others: number };
}

const DEFAULT_LIMITS = { ttft: 200, others: 100 } as const;

export const PRESETS: Readonly<Record<Preset, DrawOptions>> = {
  plumbline: {
    preset: 'plumbline',
    width: '7in',
    palette: 'published',
    axis: 'clipped',
    hasTitle: false,
    limits: DEFAULT_LIMITS,
  },
  published: {
    preset: 'published',
    width: 'published',
    palette: 'published',
    axis: 'broken',
    hasTitle: true,
    limits: DEFAULT_LIMITS,
  },
};

export interface TypeSizes {
  readonly figureTitle: number;
  readonly panelTitle: number;
  readonly label: number;
  readonly tick: number;
  readonly legend: number;
  readonly value: number;
}

const PLUMBLINE_SIZES: TypeSizes = {
  figureTitle: 10,
  panelTitle: 9,
  label: 8,
  tick: 7,
  legend: 8,
  value: 6.5,
};

const PUBLISHED_SIZES: TypeSizes = {
  figureTitle: 11,
  panelTitle: 10,
  label: 9,
  tick: 8,
  legend: 8,
  value: 6.5,
};

export function typeSizes(options: DrawOptions): TypeSizes {
  if (options.preset === 'plumbline') return PLUMBLINE_SIZES;
  // A column is too narrow for the published sizes.
  return options.width === '3.3in' ? { ...PUBLISHED_SIZES, figureTitle: 9, panelTitle: 9 } : PUBLISHED_SIZES;
}

export const OUTLINE: Stroke = { color: INK, widthPt: 0.5 };
export const AXIS_WIDTH_PT = 0.7;
export const TICK_LENGTH_PT = 2.5;
export const GRID: Stroke = { color: '#B0B0B0', widthPt: 0.4, opacity: 0.55 };

/** Below, a hatch cannot be made out and is left away; outline and order remain. Six simulators at 7 in have bars of 3.7 pt and
 * cannot be told apart in greyscale without. */
export const MIN_HATCHED_BAR_PT = 3.3;
/** Below, side-by-side panels are stacked instead. */
export const MIN_BAR_PT = 3;

/** Looks up styles for the simulators of one figure. */
export class Styles {
  private readonly others: readonly string[];
  constructor(
    simulators: readonly string[],
    private readonly palette: Palette,
    private readonly isHatched: boolean,
  ) {
    this.others = [...simulators].filter((name) => simulatorStyle(name).name === name).sort();
  }

  of(simulator: string): SimulatorStyle {
    return simulatorStyle(simulator, this.others);
  }

  color(simulator: string): string {
    return this.of(simulator).fill[this.palette];
  }

  fill(simulator: string): Fill {
    const color = this.color(simulator);
    return this.isHatched ? { color, hatch: this.of(simulator).hatch } : { color };
  }
}
