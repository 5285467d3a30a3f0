// What the timelines, the decision table and the regret chart share: the stretch of time on screen, the cursor, the instance.

import type { DecisionRow, RegretColumns } from '../../../domain/run-answers';
import type { FleetDetail } from '../../../domain/run-detail';
import type { KvStrips, LaneColumns, Window } from '../../../domain/timeline';
import type { RunQuestions } from '../../../workers/run-questions';
import { Asking } from './asking.svelte';
import { wholeView, type TimeView } from './time-view';

/** Strips shown until all are asked for. */
const FEW_STRIPS = 16;
const DECISIONS_SHOWN = 8;

export interface OverlaidRun {
  readonly letter: string;
  readonly detail: FleetDetail;
}

export interface Lanes {
  readonly own: LaneColumns;
  readonly others: readonly { readonly letter: string; readonly lanes: LaneColumns }[];
}

interface LanesQuestion {
  readonly window: Window;
  readonly instance: number | undefined;
  readonly others: readonly OverlaidRun[];
}

export class Course {
  readonly detail: FleetDetail;
  readonly #overlaid: () => readonly OverlaidRun[];
  readonly #questions: RunQuestions;
  #view = $state.raw<TimeView>({ fromUs: 0, toUs: 1 });
  #cursorUs = $state(0);
  #instance = $state<number | undefined>();
  #hasAllStrips = $state(false);
  readonly #lanes: Asking<LanesQuestion, Lanes>;
  readonly #strips: Asking<{ window: Window; most: number }, KvStrips>;
  readonly #decisions: Asking<number, readonly DecisionRow[]>;
  readonly #regrets: Asking<Window, RegretColumns>;

  constructor(detail: FleetDetail, overlaid: () => readonly OverlaidRun[], questions: RunQuestions) {
    this.detail = detail;
    this.#overlaid = overlaid;
    this.#questions = questions;
    this.#view = wholeView(this.endUs);
    this.#cursorUs = this.endUs / 2;
    this.#lanes = new Asking((question) => this.#askLanes(question));
    this.#strips = new Asking(({ window, most }) => questions.strips(detail.key, window, most));
    this.#decisions = new Asking((aroundUs) => questions.decisions(detail.key, aroundUs, DECISIONS_SHOWN));
    this.#regrets = new Asking((window) => questions.regrets(detail.key, window));
  }

  /** The longest of the runs on screen. */
  get endUs(): number {
    return Math.max(this.detail.endUs, ...this.#overlaid().map(({ detail }) => detail.endUs));
  }

  get view(): TimeView {
    return this.#view;
  }

  get cursorUs(): number {
    return this.#cursorUs;
  }

  /** undefined = the fleet. */
  get instance(): number | undefined {
    return this.#instance;
  }

  get hasAllStrips(): boolean {
    return this.#hasAllStrips;
  }

  get lanes(): Lanes | undefined {
    return this.#lanes.answer;
  }

  get strips(): KvStrips | undefined {
    return this.#strips.answer;
  }

  get decisions(): readonly DecisionRow[] | undefined {
    return this.#decisions.answer;
  }

  get regrets(): RegretColumns | undefined {
    return this.#regrets.answer;
  }

  show(view: TimeView): void {
    this.#view = view;
  }

  moveCursor(timeUs: number): void {
    this.#cursorUs = Math.min(Math.max(timeUs, 0), this.endUs);
  }

  choose(instance: number | undefined): void {
    this.#instance = instance;
  }

  showAllStrips(isAll: boolean): void {
    this.#hasAllStrips = isAll;
  }

  /** Call from an effect: asks for what is on screen in `columns` pixel columns. */
  refreshLanes(columns: number): void {
    const window = { ...this.#view, columns };
    // The runs beside this one are read here: the effect follows them, and a question that waits its turn may be put after the
    // screen has closed, when derived values can no longer be read.
    this.#lanes.ask({ window, instance: this.#instance, others: this.#overlaid() });
    this.#strips.ask({ window, most: this.#hasAllStrips ? Infinity : FEW_STRIPS });
  }

  refreshRegrets(columns: number): void {
    this.#regrets.ask({ ...this.#view, columns });
  }

  refreshDecisions(): void {
    this.#decisions.ask(this.#cursorUs);
  }

  async #askLanes({ window, instance, others: overlaid }: LanesQuestion): Promise<Lanes | undefined> {
    const [own, ...others] = await Promise.all([
      this.#questions.lanes(this.detail.key, instance, window),
      ...overlaid.map(async ({ letter, detail }) => ({
        letter,
        lanes: await this.#questions.lanes(detail.key, instance, window),
      })),
    ]);
    if (own === undefined) return undefined;
    return {
      own,
      others: others.flatMap(({ letter, lanes }) => (lanes === undefined ? [] : [{ letter, lanes }])),
    };
  }
}
