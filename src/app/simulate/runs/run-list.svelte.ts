// The runs on the table: those that were pinned, the first of which is what changes are told against, and the current one, which
// the next run replaces. A run keeps its letter for as long as it is in the list.

import type { SimulatedRun } from '../../../domain/simulated-run';
import type { RunOrigin } from './difference';

const LETTERS = ['A', 'B', 'C', 'D', 'E'] as const;
export type Letter = (typeof LETTERS)[number];
export const MOST_RUNS = LETTERS.length;

export interface ListedRun {
  readonly id: number;
  readonly letter: Letter;
  /** Given by the reader; undefined = named by what it differs in. */
  readonly name: string | undefined;
  /** What the form called it. */
  readonly label: string;
  readonly origin: RunOrigin;
  readonly run: SimulatedRun;
}

interface Removal {
  readonly removed: ListedRun;
  readonly pinned: readonly ListedRun[];
  readonly current: ListedRun | undefined;
  readonly baselineId: number | undefined;
}

export class RunList {
  #pinned = $state.raw<readonly ListedRun[]>([]);
  #current = $state.raw<ListedRun | undefined>();
  #baselineId = $state<number | undefined>();
  #shownId = $state<number | undefined>();
  #removal = $state.raw<Removal | undefined>();
  #nextId = 1;

  get pinned(): readonly ListedRun[] {
    return this.#pinned;
  }

  /** The run that the next one replaces. */
  get current(): ListedRun | undefined {
    return this.#current;
  }

  /** In the order of pinning, the current run last. */
  get all(): readonly ListedRun[] {
    return this.#current === undefined ? this.#pinned : [...this.#pinned, this.#current];
  }

  /** What changes are told against: the first pinned run unless another was chosen. */
  get baseline(): ListedRun | undefined {
    return this.#pinned.find(({ id }) => id === this.#baselineId) ?? this.#pinned[0];
  }

  /** The run on screen: the newest unless another was chosen. */
  get shown(): ListedRun | undefined {
    const all = this.all;
    return all.find(({ id }) => id === this.#shownId) ?? all.at(-1);
  }

  get canPin(): boolean {
    return this.#current !== undefined && this.#pinned.length < MOST_RUNS - 1;
  }

  /** The last removal, until it is undone or something else happens. */
  get removed(): ListedRun | undefined {
    return this.#removal?.removed;
  }

  isPinned(id: number): boolean {
    return this.#pinned.some((run) => run.id === id);
  }

  /** A run has finished: it becomes the current one and is shown. */
  finish(finished: Pick<ListedRun, 'label' | 'origin' | 'run'>): void {
    const taken = this.#pinned.map(({ letter }) => letter);
    const letter = LETTERS.find((each) => !taken.includes(each)) ?? 'E';
    this.#current = { id: this.#nextId++, letter, name: undefined, ...finished };
    this.#shownId = undefined;
    this.#removal = undefined;
  }

  /** Keeps the current run; the next one stands beside it. */
  pin(): void {
    if (this.#current === undefined || !this.canPin) return;
    this.#pinned = [...this.#pinned, this.#current];
    this.#current = undefined;
    this.#removal = undefined;
  }

  /** Tells changes against another pinned run. */
  compareAgainst(id: number): void {
    this.#baselineId = id;
  }

  show(id: number): void {
    this.#shownId = id;
  }

  /** An empty name gives back the one made from the settings. */
  rename(id: number, name: string): void {
    const trimmed = name.trim();
    const renamed = (run: ListedRun): ListedRun =>
      run.id === id ? { ...run, name: trimmed === '' ? undefined : trimmed } : run;
    this.#pinned = this.#pinned.map(renamed);
    if (this.#current !== undefined) this.#current = renamed(this.#current);
  }

  remove(id: number): void {
    const removed = this.all.find((run) => run.id === id);
    if (removed === undefined) return;
    this.#removal = {
      removed,
      pinned: this.#pinned,
      current: this.#current,
      baselineId: this.#baselineId,
    };
    this.#pinned = this.#pinned.filter((run) => run.id !== id);
    if (this.#current?.id === id) this.#current = undefined;
  }

  undoRemove(): void {
    if (this.#removal === undefined) return;
    const { pinned, current, baselineId } = this.#removal;
    this.#pinned = pinned;
    this.#current = current;
    this.#baselineId = baselineId;
    this.#removal = undefined;
  }
}
