// How each simulator looks in a figure: order on axes, published name, colour, hatch and marker (validator spec 13.3). Colour
// alone never tells two apart: bars carry hatches, points carry markers. `page` is the palette of the page on white paper.

import type { HatchName } from '../scene/hatch';

export const MARKERS = [
  'star',
  'circle',
  'square',
  'diamond',
  'triangle-up',
  'triangle-down',
  'plus',
  'hexagon',
  'cross',
] as const;
export type MarkerName = (typeof MARKERS)[number];

export type Palette = 'published' | 'page';

export interface SimulatorStyle {
  readonly simulator: string;
  readonly name: string;
  readonly fill: Readonly<Record<Palette, string>>;
  readonly hatch: HatchName;
  readonly marker: MarkerName;
}

function style(
  simulator: string,
  name: string,
  published: string,
  page: string,
  hatch: HatchName,
  marker: MarkerName,
): SimulatorStyle {
  return { simulator, name, fill: { published, page }, hatch, marker };
}

/** In axis order. The last two have no published style. */
const STYLES: readonly SimulatorStyle[] = [
  style('blis-trained-physics', 'BLIS', '#D946EF', '#A20CC4', 'vertical', 'star'),
  style('blis-trained-roofline', 'BLIS-Trained', '#4C72B0', '#6A6F9E', 'none', 'circle'),
  style('blis-roofline', 'BLIS-Roofline', '#64B5F6', '#0A93EC', 'rising', 'square'),
  style('vidur', 'Vidur', '#DD8452', '#D16218', 'falling', 'diamond'),
  style('llm-optimizer-estimate', 'LLM-Optimizer', '#55A868', '#099265', 'crossed', 'triangle-up'),
  style('aiconfigurator-estimate', 'AIConfigurator', '#8172B3', '#5B1E96', 'dots', 'triangle-down'),
  style('llmservingsim', 'LLMServingSim', '#C44E52', '#981B1B', 'grid', 'plus'),
  style('blis-blackbox', 'BLIS-Blackbox', '#1F3A68', '#2E2F61', 'rings', 'hexagon'),
  style('blis-crossmodel', 'BLIS-CrossModel', '#00A6A6', '#0B6B5F', 'horizontal', 'cross'),
];

/** Greys for simulators without a style of their own, told apart by hatch and marker. */
const OTHER_FILLS = ['#9A9A9A', '#C4C4C4', '#6E6E6E'];
const OTHER_HATCHES: readonly HatchName[] = ['rising', 'crossed', 'falling', 'grid'];

/** A replay of measured requests (`…-replayed`) takes the colour of its simulator. */
function replayStyle(simulator: string): SimulatorStyle | undefined {
  const base = STYLES.find((entry) => simulator === `${entry.simulator}-replayed`);
  if (base === undefined) return undefined;
  const hatch: HatchName = base.hatch === 'none' ? 'dots' : 'none';
  return { ...base, simulator, name: `${base.name}, replayed`, hatch };
}

/** `others` = the simulators of a figure that have no style, in text order; they take theirs by position. */
export function simulatorStyle(simulator: string, others: readonly string[] = []): SimulatorStyle {
  const known = STYLES.find((entry) => entry.simulator === simulator);
  if (known !== undefined) return known;
  const replay = replayStyle(simulator);
  if (replay !== undefined) return replay;
  const place = Math.max(0, others.indexOf(simulator));
  const fill = OTHER_FILLS[place % OTHER_FILLS.length] ?? '#9A9A9A';
  return style(
    simulator,
    simulator,
    fill,
    fill,
    OTHER_HATCHES[place % OTHER_HATCHES.length] ?? 'none',
    MARKERS[(place + 1) % MARKERS.length] ?? 'circle',
  );
}

/** Axis order: styled ones first, then the others by text. */
export function inAxisOrder(simulators: Iterable<string>): string[] {
  const order = new Map(
    STYLES.flatMap((entry, index) => [
      [entry.simulator, index],
      [`${entry.simulator}-replayed`, index + 0.5],
    ]),
  );
  return [...new Set(simulators)].sort((a, b) => {
    const byStyle = (order.get(a) ?? STYLES.length) - (order.get(b) ?? STYLES.length);
    return byStyle !== 0 ? byStyle : a < b ? -1 : a > b ? 1 : 0;
  });
}
