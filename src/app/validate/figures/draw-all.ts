// All figures for one request, one a task, so that the page stays responsive; a newer request makes the older one's answers void.

import {
  FIGURES,
  type FigureDefinition,
  type FigureOutcome,
  type FigureRequest,
} from '../../../figures/figures';
import { writeSvg } from '../../../figures/scene/svg';
import type { Face } from '../../../figures/font/measure';

export interface DrawnFigure {
  readonly figure: FigureDefinition;
  readonly outcome: FigureOutcome;
  /** With the typeface embedded; empty when the figure was skipped. */
  readonly svg: string;
}

export type EmbeddedFonts = Readonly<Record<Face, string>>;

/** Calls `onFigure` for each figure in order until the signal is aborted. */
export async function drawAll(
  request: FigureRequest,
  fonts: EmbeddedFonts,
  pause: () => Promise<void>,
  signal: AbortSignal,
  onFigure: (drawn: DrawnFigure) => void,
): Promise<void> {
  for (const figure of FIGURES) {
    await pause();
    if (signal.aborted) return;
    const outcome = figure.draw(request);
    const svg = outcome.kind === 'drawn' ? writeSvg(outcome.scene, { fonts }) : '';
    onFigure({ figure, outcome, svg });
  }
}

/** The list with one figure put in its place, others as they were. */
export function withFigure(list: readonly DrawnFigure[], drawn: DrawnFigure): readonly DrawnFigure[] {
  const known = new Map(list.map((entry) => [entry.figure.name, entry]));
  known.set(drawn.figure.name, drawn);
  return FIGURES.flatMap(({ name }) => known.get(name) ?? []);
}
