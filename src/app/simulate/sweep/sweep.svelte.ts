// The sweep of the Simulate place: what is typed, what runs, what came out. Outlives its screen, so that a sweep goes on while
// the reader is elsewhere, and is still there afterwards.

import type { Result } from '../../../base/result';
import type { RunFigures } from '../../../domain/run-figures';
import type { JobFailure, PoolHooks } from '../../../workers/pool';
import type { MeasureJob } from '../../../workers/simulate-protocol';
import { scenarioOf, type FleetSettings, type SettingName } from '../settings';
import {
  cellCount,
  cellWords,
  expandCells,
  expandRuns,
  planOf,
  runCount,
  type Axis,
  type AxisInput,
  type Cell,
  type SweepPlan,
} from './grid';
import { isRead } from '../relevance';
import { DEFAULT_METRIC, type LatencyName, type Statistic } from './metrics';
import { parameterNamed, proposedValues } from './parameters';
import { KeptCellStates, type CellState, type RunState } from './run-state';
import { answerSlo, targetsOf, type Answer, type Objective, type SloLimit } from './slo';

/** What the sweep needs from the world: workers. */
export interface SweepRoom {
  readonly workerCount: number;
  run(jobs: readonly SweepJob[], hooks: PoolHooks<SweepJob, RunFigures>, signal: AbortSignal): Promise<void>;
}

export interface SweepJob extends MeasureJob {
  /** Place in the list of runs. */
  readonly at: number;
}

/** One row of the stated SLO, as typed; '' = no limit. */
export interface LimitInput {
  readonly latency: LatencyName;
  readonly statistic: Statistic;
  readonly limitMs: string;
}

/** A sweep that was started; what is typed afterwards is for the next one. */
export interface StartedSweep {
  readonly plan: SweepPlan;
  readonly axes: readonly Axis[];
  readonly cells: readonly Cell[];
  readonly repeats: number;
  /** Limits for single requests that the shares within the SLO were counted with. */
  readonly limits: readonly SloLimit[];
}

export type SweepActivity = 'idle' | 'running' | 'stopped';

/** Between two updates of the screen while cells fill: fast runs end faster than anybody reads. */
const REFRESH_MS = 80;

/** Runs that must be finished before the time left is estimated. */
const RUNS_BEFORE_ESTIMATE = 3;

/** Forms read in one go, a few ms. */
const RUNS_PER_SLICE = 25;

const WAITING: RunState = { kind: 'waiting' };

export class SweepState {
  #axes = $state.raw<readonly AxisInput[]>([{ name: 'rateRps', values: '2, 4, 8, 12' }]);
  #isTyped = false;
  #repeats = $state('1');
  #limits = $state.raw<readonly LimitInput[]>([
    { latency: 'ttft', statistic: 'p99', limitMs: '500' },
    { latency: 'itl', statistic: 'p99', limitMs: '' },
    { latency: 'e2e', statistic: 'p99', limitMs: '' },
  ]);
  #objective = $state<Objective>('fewest-gpus');
  #metric = $state(DEFAULT_METRIC);
  #started = $state.raw<StartedSweep | undefined>();
  #runs = $state.raw<readonly RunState[]>([]);
  #activity = $state<SweepActivity>('idle');
  #stop: AbortController | undefined;
  #selected = $state<number | undefined>();
  #secondsLeft = $state<number | undefined>();
  #room: SweepRoom;
  #now: () => number;

  readonly #kept = new KeptCellStates();
  readonly #cells: readonly CellState[] = $derived.by(() => {
    const repeats = this.#started?.repeats ?? 1;
    const cells = this.#started?.cells ?? [];
    return cells.map(({ index }) =>
      this.#kept.of(index, this.#runs.slice(index * repeats, (index + 1) * repeats)),
    );
  });
  readonly #answer: Answer = $derived.by(() => this.#judge());

  /** @param now ms, for the estimate of what is left only. */
  constructor(room: SweepRoom, now: () => number) {
    this.#room = room;
    this.#now = now;
  }

  get axes(): readonly AxisInput[] {
    return this.#axes;
  }

  get repeats(): string {
    return this.#repeats;
  }

  get limits(): readonly LimitInput[] {
    return this.#limits;
  }

  get objective(): Objective {
    return this.#objective;
  }

  /** Id of the metric on show. */
  get metric(): string {
    return this.#metric;
  }

  get started(): StartedSweep | undefined {
    return this.#started;
  }

  /** One state a run, in the order of `expandRuns`. */
  get runs(): readonly RunState[] {
    return this.#runs;
  }

  /** One state a cell. */
  get cells(): readonly CellState[] {
    return this.#cells;
  }

  get activity(): SweepActivity {
    return this.#activity;
  }

  /** Cell whose details are open. */
  get selected(): number | undefined {
    return this.#selected;
  }

  /** Judged by the runs of this start; unknown until three are finished. */
  get secondsLeft(): number | undefined {
    return this.#secondsLeft;
  }

  get answer(): Answer {
    return this.#answer;
  }

  get workerCount(): number {
    return this.#room.workerCount;
  }

  /** True where the shares within the SLO were counted for other limits than the stated ones. */
  get areSharesOld(): boolean {
    const then = this.#started?.limits;
    if (then === undefined) return false;
    return JSON.stringify(targetsOf(then)) !== JSON.stringify(targetsOf(limitsOf(this.#limits)));
  }

  /** Before anything is typed: where the form's workload has no rate of its own to change, instances are swept. */
  suit(base: FleetSettings): void {
    const [first] = this.#axes;
    if (this.#isTyped || first === undefined || isRead(first.name, base)) return;
    const instances = parameterNamed('instances');
    this.#axes = [{ name: instances.name, values: proposedValues(instances, base) }];
  }

  setParameter(axis: number, name: SettingName, values: string): void {
    this.#isTyped = true;
    this.#axes = this.#axes.map((input, index) => (index === axis ? { name, values } : input));
  }

  addParameter(name: SettingName, values: string): void {
    this.#axes = [...this.#axes, { name, values }].slice(0, 2);
  }

  removeParameter(axis: number): void {
    this.#axes = this.#axes.filter((_, index) => index !== axis);
  }

  setRepeats(text: string): void {
    this.#repeats = text;
  }

  setLimit(row: number, change: Partial<LimitInput>): void {
    this.#limits = this.#limits.map((limit, index) => (index === row ? { ...limit, ...change } : limit));
  }

  setObjective(objective: Objective): void {
    this.#objective = objective;
  }

  setMetric(id: string): void {
    this.#metric = id;
  }

  select(cell: number | undefined): void {
    this.#selected = cell;
  }

  /** The sweep that the typed values describe. */
  plan(base: FleetSettings): Result<SweepPlan> {
    return planOf(base, this.#axes, this.#repeats);
  }

  /** Starts anew; the earlier sweep's cells go. */
  async start(base: FleetSettings): Promise<void> {
    const plan = this.plan(base);
    if (!plan.ok || this.#activity === 'running') return;
    const { axes, repeats } = plan.value;
    const limits = limitsOf(this.#limits);
    this.#started = { plan: plan.value, axes, cells: expandCells(plan.value), repeats, limits };
    this.#selected = undefined;
    this.#runs = Array.from({ length: runCount(plan.value) }, () => WAITING);
    await this.#run(() => true);
  }

  /** Goes on where a stop left off, or tries again what failed. */
  async resume(): Promise<void> {
    if (this.#activity === 'running') return;
    await this.#run(({ kind }) => kind !== 'done');
  }

  stop(): void {
    this.#stop?.abort();
  }

  async #run(isWanted: (state: RunState) => boolean): Promise<void> {
    const sweep = this.#started;
    if (sweep === undefined) return;
    const runs = [...this.#runs];
    const stop = new AbortController();
    this.#stop = stop;
    this.#activity = 'running';
    const jobs: SweepJob[] = [];
    for (const [at, { settings }] of expandRuns(sweep.cells, sweep.repeats).entries()) {
      if (!isWanted(runs[at] ?? WAITING)) continue;
      // A setting may suit alone but not beside another; then this run says so and the others go on.
      const scenario = scenarioOf(settings);
      runs[at] = scenario.ok ? WAITING : { kind: 'failed', message: scenario.error.message };
      if (scenario.ok) jobs.push({ at, scenario: scenario.value, targets: targetsOf(sweep.limits) });
      // The page stays fluid while a thousand forms are read.
      if (jobs.length % RUNS_PER_SLICE === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    this.#runs = [...runs];
    this.#secondsLeft = undefined;
    const startMs = this.#now();
    let finished = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        this.#runs = [...runs];
      }, REFRESH_MS);
    };
    const set = (at: number, state: RunState): void => {
      runs[at] = state;
      show();
    };
    await this.#room.run(
      jobs,
      {
        onStart: ({ at }) => set(at, { kind: 'running', done: 0 }),
        onProgress: ({ at }, done, total) =>
          set(at, { kind: 'running', done, ...(total === undefined ? {} : { total }) }),
        onEnd: ({ at }, outcome) => {
          set(at, ended(outcome));
          finished += 1;
          if (finished < RUNS_BEFORE_ESTIMATE) return;
          this.#secondsLeft = ((this.#now() - startMs) / 1000 / finished) * (jobs.length - finished);
        },
      },
      stop.signal,
    );
    clearTimeout(timer);
    this.#runs = [...runs];
    this.#activity = stop.signal.aborted && runs.some(({ kind }) => kind === 'waiting') ? 'stopped' : 'idle';
    this.#stop = undefined;
  }

  #judge(): Answer {
    const sweep = this.#started;
    if (sweep === undefined) return { kind: 'no-runs' };
    const candidates = sweep.cells.flatMap((cell) => {
      const state = this.#cells[cell.index];
      if (state?.kind !== 'done') return [];
      return [
        {
          index: cell.index,
          words: `${cellWords(sweep.axes, cell)}${cell.calibration === undefined ? '' : ` (${cell.calibration})`}`,
          rateRps: Number(cell.settings.rateRps),
          runs: state.runs,
        },
      ];
    });
    const failed = this.#cells.filter(({ kind }) => kind === 'failed').length;
    const extent = { total: cellCount(sweep.plan), failed };
    return answerSlo(candidates, limitsOf(this.#limits), this.#objective, extent);
  }
}

function ended(outcome: Result<RunFigures, JobFailure>): RunState {
  if (outcome.ok) return { kind: 'done', figures: outcome.value };
  const { problem } = outcome.error;
  return problem.code === 'cancelled' ? WAITING : { kind: 'failed', message: problem.message };
}

/** What is wrong with a limit as typed, or undefined. */
export function limitProblem(text: string): string | undefined {
  if (text.trim() === '' || Number(text) > 0) return undefined;
  return `Found “${text}”, expected ms greater than 0, or nothing for no limit.`;
}

const limitsOf = (inputs: readonly LimitInput[]): readonly SloLimit[] =>
  inputs
    .filter(({ limitMs }) => limitMs.trim() !== '' && limitProblem(limitMs) === undefined)
    .map(({ latency, statistic, limitMs }) => ({ latency, statistic, limitMs: Number(limitMs) }));
