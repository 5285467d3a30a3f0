// What is known of the runs of a sweep, and of the cells that they make up.

import type { RunFigures } from '../../../domain/run-figures';
import type { SweepMetric } from './metrics';

export type RunState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly done: number; readonly total?: number }
  | { readonly kind: 'done'; readonly figures: RunFigures }
  | { readonly kind: 'failed'; readonly message: string };

/** A cell is as far as its least finished run; it has failed when any of its runs has. */
export type CellState =
  | { readonly kind: 'waiting' }
  /** 0 … 1 over its runs. */
  | { readonly kind: 'running'; readonly share: number }
  | { readonly kind: 'done'; readonly runs: readonly RunFigures[] }
  | { readonly kind: 'failed'; readonly message: string };

const shareOf = (run: RunState): number => {
  if (run.kind === 'done') return 1;
  if (run.kind !== 'running' || run.total === undefined || run.total === 0) return 0;
  return Math.min(1, run.done / run.total);
};

export function cellState(runs: readonly RunState[]): CellState {
  const failed = runs.filter((run) => run.kind === 'failed');
  const [first] = failed;
  if (first !== undefined) {
    const which = runs.length > 1 ? `${failed.length} of ${runs.length} seeds failed: ` : '';
    return { kind: 'failed', message: `${which}${first.message}` };
  }
  const done = runs.flatMap((run) => (run.kind === 'done' ? [run.figures] : []));
  if (done.length === runs.length) return { kind: 'done', runs: done };
  if (done.length === 0 && runs.every((run) => run.kind === 'waiting')) return { kind: 'waiting' };
  return { kind: 'running', share: runs.reduce((sum, run) => sum + shareOf(run), 0) / runs.length };
}

/** A cell that nothing happened to stays the same object, so that a table of many cells redraws only the others. */
export class KeptCellStates {
  readonly #known = new Map<number, { readonly runs: readonly RunState[]; readonly state: CellState }>();

  of(cell: number, runs: readonly RunState[]): CellState {
    const known = this.#known.get(cell);
    const isSame = known?.runs.length === runs.length && runs.every((run, at) => run === known.runs[at]);
    if (known !== undefined && isSame) return known.state;
    const state = cellState(runs);
    this.#known.set(cell, { runs, state });
    return state;
  }
}

export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** Over the seeds; absent when any of them has no such figure. */
export function spreadOf(metric: SweepMetric, runs: readonly RunFigures[]): Spread | undefined {
  const values: number[] = [];
  for (const figures of runs) {
    const value = metric.read(figures);
    if (value === undefined || Number.isNaN(value)) return undefined;
    values.push(value);
  }
  if (values.length === 0) return undefined;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

/** Requests that were left unfinished, over the seeds. */
export const unfinishedOf = (runs: readonly RunFigures[]): number =>
  runs.reduce((sum, { requests, completed }) => sum + requests - completed, 0);
