// The Validate project: what was opened, which simulators can run what, what has run. The one home of this state; components
// read it and call its methods, which are named after what the reader does.

import { SvelteSet } from 'svelte/reactivity';
import type { AdapterOptions } from '../../adapters/adapter';
import { fingerprintOf } from '../../base/fingerprint';
import type { Problem } from '../../base/problem';
import type { ServerFacts } from '../../sources/formats/server-facts';
import type { ProposalEdit } from '../../sources/pre-run/associate';
import type { CalibratedServer } from '../../domain/calibrated-server';
import { withOneRequest, type Experiment, type MeasuredRequests } from '../../domain/experiment';
import type { ErrorRecord } from '../../domain/prediction';
import { rejudge } from '../../validation/quality/rejudge';
import type {
  FilesInput,
  ReadChoices,
  SimulatorInfo,
  SourceEntry,
  SourceInput,
} from '../../workers/protocol';
import type { Shelves } from '../storage/shelves';
import { KeptWork } from '../storage/kept-work';
import type { EngineRoom } from './engine-room';
import {
  knownChecksOf,
  leftOutSentence,
  NOTHING_LEFT_OUT,
  withoutRepeats,
  type LeftOut,
  type RunState,
  type SourceState,
} from './project-state';
import { coverageOf, resultsOf, shareDone, subtitleOf, type ProjectResults } from './project-results';
import { PreRunImports } from './pre-run/imports.svelte';
import { PlannedPairs } from './planned-pairs.svelte';
import { runJobs } from './run-jobs';
import {
  bundledEntries,
  bundledOutcomes,
  bundledLeftOut,
  bundledPlan,
  bundleInUse,
  isOnlyBundled,
  withBundledColumns,
  type BundleInUse,
} from './bundle-in-use';
import { BenchmarkRuns } from './benchmarks/benchmark-runs.svelte';
import { OperatorTables } from './tables/operator-tables.svelte';
import { countPairs, pairOf, type Job, type PairCounts, type PairState } from './pairs';

export interface ProjectRow {
  readonly folder: string;
  readonly experiment: Experiment;
  readonly fingerprint: string;
}

export const DEFAULT_OPTIONS: AdapterOptions = { mode: 'reference', multiTurn: 'as-profile' };

const CPU_BLOCKS_BY_EVENTS =
  'CPU blocks are the peak counts of kv_events.jsonl, as an older state of the study took them, not the configured sizes.';

export class ValidateProject {
  #room: EngineRoom;
  #kept: KeptWork;
  #now: () => number;
  #source = $state.raw<SourceState>({ kind: 'none' });
  #entries = $state.raw<readonly SourceEntry[]>([]);
  #warnings = $state.raw<readonly string[]>([]);
  #sourceText = $state.raw<string | undefined>();
  /** Set while the project is what a result bundle held. */
  #bundle = $state.raw<BundleInUse | undefined>();
  /** What was read, and how; absent after a reload, which has no hold of the files. */
  #reading = $state.raw<{ readonly input: SourceInput; readonly choices: ReadChoices } | undefined>();
  #unread = $state.raw<{ readonly input: SourceInput; readonly count: number } | undefined>();
  #options = $state.raw<AdapterOptions>(DEFAULT_OPTIONS);
  #pairs: PlannedPairs;
  #off = new SvelteSet<string>();
  /** Measurements without rows that quality checks found, by folder. */
  #leftOut = $state.raw<LeftOut>(NOTHING_LEFT_OUT);
  #run = $state.raw<RunState>({ kind: 'idle' });
  #secondsLeft = $state<number | undefined>();
  #storageProblem = $state.raw<Problem | undefined>();
  /** Counts projects, so that a late answer of an earlier one is told apart. */
  #generation = 0;
  /** Results of simulators that ran elsewhere. */
  readonly preRun: PreRunImports;
  /** Measured operator tables for AIConfigurator's estimates. */
  readonly tables: OperatorTables;
  /** Results of benchmark tools among what was opened. */
  readonly benchmarks: BenchmarkRuns;

  constructor(room: EngineRoom, shelves: Shelves, now: () => number) {
    this.#room = room;
    this.#now = now;
    this.preRun = new PreRunImports(room, shelves.preRun);
    this.tables = new OperatorTables(room, shelves.tables);
    this.benchmarks = new BenchmarkRuns(shelves.serverFacts, now);
    this.#kept = new KeptWork(shelves, room.modelVersion, now, (problem) => (this.#storageProblem = problem));
    this.#pairs = new PlannedPairs(this.#kept, this);
  }

  get source(): SourceState {
    return this.#source;
  }
  /** Experiment folders, then the results of benchmark tools whose server is described. */
  get entries(): readonly SourceEntry[] {
    return this.#allEntries;
  }
  get warnings(): readonly string[] {
    return this.#warnings;
  }
  /** Where the measurements come from, in words, when the data says so. */
  get sourceText(): string | undefined {
    return this.#sourceText;
  }
  get bundle(): BundleInUse | undefined {
    return this.#bundle;
  }
  /** How many experiments were not read because the manifest does not mark them safe. */
  get unsafeCount(): number {
    return this.#unread?.count ?? 0;
  }
  get simulators(): readonly SimulatorInfo[] {
    return this.#pairs.simulators;
  }
  get options(): AdapterOptions {
    return this.#options;
  }
  get run(): RunState {
    return this.#run;
  }
  get workerCount(): number {
    return this.#room.workerCount;
  }
  get modelVersion(): string {
    return this.#room.modelVersion;
  }
  /** Set when results cannot be kept on this device. */
  get storageProblem(): Problem | undefined {
    return this.#storageProblem;
  }
  /** Estimated, s; absent while too few pairs are finished to judge. */
  get secondsLeft(): number | undefined {
    return this.#secondsLeft;
  }

  readonly #allEntries: readonly SourceEntry[] = $derived.by(() =>
    this.#entries.concat(this.benchmarks.entries),
  );

  readonly rows: readonly ProjectRow[] = $derived(
    this.#allEntries.flatMap((entry) => (entry.kind === 'ready' ? [entry] : [])),
  );

  readonly counts: PairCounts = $derived.by(() => countPairs(this.#activePairs()));

  /** Name of what is open or being read. */
  readonly name: string = $derived(this.#source.kind === 'none' ? '' : this.#source.name);

  readonly subtitle: string = $derived(subtitleOf(this));

  /** Some pairs that can run have not: a verdict is "so far". */
  readonly isPartial: boolean = $derived(this.counts.done + this.counts.failed < this.counts.total);

  /** Share of the run's tokens that is done, 0 … 1. */
  readonly share: number = $derived.by(() => shareDone(this));

  /** Records of finished pairs that are switched on, in plan order. Stale ones take part until they have run again. */
  readonly results: ProjectResults = $derived.by(() => resultsOf(this));

  /** How many experiments each simulator has run or will still run: what its ranking rests on. */
  readonly coverage: ReadonlyMap<string, number> = $derived.by(() => coverageOf(this));

  /** Checks whose rows are left out of the measured means, and what came of it. */
  get leftOut(): LeftOut {
    return this.#leftOut;
  }

  /** One sentence for headline and exports; absent while every row counts. */
  readonly leftOutSentence: string | undefined = $derived(leftOutSentence(this.#leftOut));

  /** Judges everything against these measurements instead of the reported ones; no checks = as reported. */
  leaveOut(next: LeftOut): void {
    this.#leftOut = next;
    void this.#keepProject(this.#run.kind !== 'idle');
  }

  /** What an experiment is judged against. */
  measured(row: ProjectRow): Experiment {
    return this.#leftOut.measured.get(row.folder) ?? row.experiment;
  }

  /** A pair's records against what its experiment is judged against. */
  judged(folder: string, records: readonly ErrorRecord[]): readonly ErrorRecord[] {
    const measured = this.#leftOut.measured.get(folder);
    return measured === undefined ? records : rejudge(records, measured);
  }

  pair(folder: string, simulator: string): PairState {
    return this.#pairs.get(pairOf(folder, simulator));
  }

  isOn(folder: string, simulator: string): boolean {
    return !this.#off.has(`folder:${folder}`) && !this.#off.has(`simulator:${simulator}`);
  }
  isFolderOn(folder: string): boolean {
    return !this.#off.has(`folder:${folder}`);
  }
  isSimulatorOn(simulator: string): boolean {
    return !this.#off.has(`simulator:${simulator}`);
  }

  /** What stands for a row in a link: its number where that is enough, else part of its fingerprint; never a folder name. */
  linkOf(row: ProjectRow): string {
    const { expId } = row.experiment;
    const isUnique =
      expId !== 0 && this.rows.filter(({ experiment }) => experiment.expId === expId).length === 1;
    return isUnique ? String(expId) : row.fingerprint.slice(0, 8);
  }
  rowOf(link: string): ProjectRow | undefined {
    return this.rows.find((row) => this.linkOf(row) === link);
  }

  switchFolder(folder: string, isOn: boolean): void {
    this.#switch(`folder:${folder}`, isOn);
  }
  switchSimulator(simulator: string, isOn: boolean): void {
    this.#switch(`simulator:${simulator}`, isOn);
  }

  /** Tells by content what was handed in. */
  readonly recognise = (input: FilesInput) => this.#room.recognise(input);

  /** Reads what was handed in; the previous project stays until something readable has arrived. */
  async open(input: SourceInput, choices: ReadChoices = { includeUnsafe: false }): Promise<boolean> {
    this.stop();
    this.#generation += 1;
    this.#bundle = undefined;
    this.#reading = input.kind === 'demo' ? undefined : { input, choices };
    const abort = new AbortController();
    const name = input.name;
    if (this.#source.kind === 'reading') this.#source.abort.abort();
    // The same folder again: what it showed stays, marked, until the changed pairs have run.
    const isSame = this.name === name;
    this.#source = { kind: 'reading', name, progress: { experimentsDone: 0, bytesDone: 0 }, abort };
    this.#entries = [];
    this.benchmarks.clear();
    this.#warnings = [];
    this.#unread = undefined;
    this.#pairs.clear(isSame);
    this.#off.clear();
    this.#leftOut = NOTHING_LEFT_OUT;
    this.#run = { kind: 'idle' };
    // Reports travel beside the answer and may come after it.
    const isReading = (): boolean => this.#source.kind === 'reading' && this.#source.abort === abort;
    const read = await this.#room.read(
      input,
      choices,
      (progress) => {
        if (isReading()) this.#source = { kind: 'reading', name, progress, abort };
      },
      (entry) => {
        if (!isReading()) return;
        if (!this.#entries.some(({ folder }) => folder === entry.folder))
          this.#entries = [...this.#entries, entry];
      },
      abort.signal,
    );
    if (abort.signal.aborted) return false;
    if (read.ok) await this.benchmarks.show(read.value.runs ?? []);
    if (!read.ok) {
      this.#source = { kind: 'failed', name, problem: read.error };
      return false;
    }
    this.#entries = withoutRepeats(read.value.entries);
    this.#warnings =
      choices.cpuBlocks === 'kv_events.jsonl'
        ? [...read.value.warnings, CPU_BLOCKS_BY_EVENTS]
        : read.value.warnings;
    this.#unread = read.value.unsafeCount === 0 ? undefined : { input, count: read.value.unsafeCount };
    // Under overload the averages cover survivors only: shown, but not run unless the user switches it on.
    for (const entry of this.#entries) {
      if (entry.kind === 'ready' && entry.experiment.safe !== 'safe' && !choices.includeUnsafe)
        this.#off.add(`folder:${entry.folder}`);
    }
    const origin = input.kind === 'demo' ? 'demo' : input.kind === 'directory' ? 'folder' : 'files';
    this.#sourceText = read.value.origin;
    this.#source = { kind: 'open', name, origin, openedAt: this.#now() };
    void this.#kept.keepAllRows(this.#entries, this.benchmarks.runs);
    if (isSame) await this.preRun.assign(this.#experiments());
    else await this.preRun.clear();
    const isPlanned = await this.#makePlan();
    await this.#readBack();
    return isPlanned;
  }

  /** Shows a result bundle as the project that it was; a problem leaves the present project as it is. */
  async openBundle(input: FilesInput): Promise<Problem | undefined> {
    const read = await this.#room.readBundle(input);
    if (!read.ok) return read.error;
    const opened = read.value;
    const { project } = opened;
    this.stop();
    const generation = ++this.#generation;
    if (this.#source.kind === 'reading') this.#source.abort.abort();
    this.#bundle = bundleInUse(input.name, opened);
    this.#entries = bundledEntries(opened);
    this.benchmarks.clear();
    this.#warnings = [];
    this.#unread = undefined;
    this.#reading = undefined;
    this.#sourceText = `Result bundle ${input.name}`;
    this.#off.clear();
    this.#pairs.clear();
    this.#options = project.options;
    this.#leftOut = bundledLeftOut(opened);
    this.#run = { kind: 'idle' };
    this.#source = { kind: 'open', name: project.name, origin: 'bundle', openedAt: this.#now() };
    await this.preRun.clear();
    const bundled = bundledOutcomes(opened);
    this.#pairs.show(bundledPlan(opened), this.rows, bundled);
    await this.#kept.keepPairs(
      this.rows.flatMap((row) =>
        this.simulators.flatMap((simulator) => {
          const identity = this.#pairs.bundledIdentity(row, simulator);
          const outcome = bundled(row, simulator);
          return identity && outcome ? [[identity, outcome] as const] : [];
        }),
      ),
    );
    if (generation === this.#generation) await this.#keepProject(false);
    return undefined;
  }

  /** Reads the folder again, with the experiments that its manifest does not mark safe. */
  async includeUnsafe(): Promise<void> {
    if (this.#unread) await this.open(this.#unread.input, { ...this.#reading?.choices, includeUnsafe: true });
  }

  /** How CPU blocks were found; absent when the files cannot be read again. */
  get cpuBlocks(): NonNullable<ReadChoices['cpuBlocks']> | undefined {
    return this.#reading && (this.#reading.choices.cpuBlocks ?? 'configured');
  }
  /** Reads the folder again with the other count of CPU blocks. */
  async setCpuBlocks(cpuBlocks: NonNullable<ReadChoices['cpuBlocks']>): Promise<void> {
    if (this.#reading) await this.open(this.#reading.input, { ...this.#reading.choices, cpuBlocks });
  }

  cancelReading(): void {
    if (this.#source.kind !== 'reading') return;
    this.#source.abort.abort();
    this.#source = { kind: 'none' };
    this.#entries = [];
  }

  async openDemo(): Promise<boolean> {
    const demo = await this.#room.demo();
    if (demo.ok) return this.open(demo.value);
    this.#source = { kind: 'failed', name: 'Demo', problem: demo.error };
    return false;
  }

  /** Forgets the project; finished pairs stay on the shelf until they are deleted there. */
  async close(): Promise<void> {
    this.stop();
    this.#generation += 1;
    this.#source = { kind: 'none' };
    this.#entries = [];
    this.benchmarks.clear();
    this.#bundle = undefined;
    this.#pairs.clear();
    this.#run = { kind: 'idle' };
    await this.preRun.clear();
    await this.#kept.forgetProject();
  }

  /** After a reload: the project as it was, with the pairs that had finished. */
  async restore(): Promise<void> {
    const project = await this.#kept.project();
    await this.tables.restore();
    if (!project || this.#source.kind !== 'none') return;
    await this.preRun.restore();
    await this.benchmarks.show(project.runs ?? []);
    this.#entries = project.entries;
    this.#warnings = project.warnings;
    this.#sourceText = project.source;
    this.#options = project.options;
    for (const key of project.switchedOff) this.#off.add(key);
    this.#leftOut = knownChecksOf(project.leftOut);
    this.#source = { kind: 'open', name: project.name, origin: project.origin, openedAt: project.openedAt };
    this.#bundle = project.bundle;
    await this.#pairs.use(project, this.rows);
    const { done, failed, total } = this.counts;
    if (project.runStarted && done + failed < total) this.#run = { kind: 'restored' };
  }

  async setOptions(options: AdapterOptions): Promise<void> {
    this.stop();
    this.#options = options;
    await this.#makePlan();
  }

  /** Imported results are read back at once for the other comparison. */
  async setSampledRuns(sampledRuns: NonNullable<AdapterOptions['sampledRuns']>): Promise<void> {
    await this.setOptions({ ...this.#options, sampledRuns });
    await this.#readBack();
  }

  /** Adds the reader's calibrated servers as simulators; finished runs of the others stay. */
  async setCalibratedServers(servers: readonly CalibratedServer[]): Promise<void> {
    const same = fingerprintOf(servers) === fingerprintOf(this.#options.calibratedServers ?? []);
    if (same || this.#source.kind !== 'open') return;
    await this.setOptions({ ...this.#options, calibratedServers: servers });
  }

  /** Request rows that arrive after their experiments (the demonstration's are fetched when they are needed). */
  attachRequests(rows: ReadonlyMap<string, MeasuredRequests>): void {
    this.#entries = this.#entries.map((entry) => {
      const requests = rows.get(entry.folder);
      return entry.kind === 'ready' && requests !== undefined
        ? { ...entry, experiment: { ...entry.experiment, requests } }
        : entry;
    });
    void this.#kept.keepAllRows(this.#entries, this.benchmarks.runs);
  }

  /** Opens operator tables; pairs that were estimated without them are stale then. */
  async addTables(input: SourceInput): Promise<void> {
    if (this.#run.kind === 'running' || !(await this.tables.add(input))) return;
    if (this.#source.kind === 'open') await this.#makePlan();
  }
  async removeTables(): Promise<void> {
    if (this.#run.kind === 'running') return;
    await this.tables.remove();
    if (this.#source.kind === 'open') await this.#makePlan();
  }

  /** Takes what the reader says about the servers of benchmark results, which become experiments by it. */
  async describeServers(prints: readonly string[], facts: ServerFacts): Promise<void> {
    if (this.#source.kind !== 'open') return;
    this.stop();
    this.#storageProblem = (await this.benchmarks.describe(prints, facts)) ?? this.#storageProblem;
    await this.preRun.assign(this.#experiments());
    await this.#makePlan();
  }

  /** Adds results of simulators that ran elsewhere; those with an experiment count at once. */
  addResults(input: SourceInput): Promise<void> {
    return this.#withResults(() => this.preRun.add(input, this.#experiments()));
  }
  /** No edit means as proposed. */
  editResult(key: string, edit: ProposalEdit | undefined): Promise<void> {
    return this.#withResults(() => this.preRun.edit(key, edit, this.#experiments()));
  }
  /** Removes one result, or all of them. */
  removeResults(key?: string): Promise<void> {
    return this.#withResults(() => this.preRun.remove(key, this.#experiments()));
  }

  async #withResults(change: () => Promise<boolean>): Promise<void> {
    if (this.#source.kind !== 'open' || this.#run.kind === 'running') return;
    const generation = this.#generation;
    if (!(await change()) || generation !== this.#generation) return;
    await this.#makePlan();
    await this.#readBack();
  }

  /** Runs everything that is switched on, can run and is not finished. */
  async start(): Promise<void> {
    await this.#runJobs(this.#openJobs(this.simulators));
  }

  /** Imported results are there already: they become finished pairs without a run of their own. */
  async #readBack(): Promise<void> {
    const before = this.#run;
    if (before.kind === 'running') return;
    await this.#runJobs(
      this.#openJobs(this.simulators.filter(({ imports }) => imports !== undefined)),
      before.kind !== 'idle',
    );
    if (this.#run.kind === 'idle') this.#run = before;
  }

  #openJobs(simulators: readonly SimulatorInfo[]): Job[] {
    return this.rows.flatMap((row) =>
      simulators
        .filter(({ name }) => this.isOn(row.folder, name))
        .filter(({ name }) => !['excluded', 'done'].includes(this.pair(row.folder, name).kind))
        .map((simulator) => this.#pairs.job(row, simulator)),
    );
  }

  #experiments(): readonly Experiment[] {
    return this.rows.map(({ experiment }) => experiment);
  }

  /** Runs one failed or stale pair again. */
  async retry(folder: string, simulator: string): Promise<void> {
    const row = this.rows.find((candidate) => candidate.folder === folder);
    const info = this.simulators.find(({ name }) => name === simulator);
    if (row && info && this.#run.kind !== 'running') await this.#runJobs([this.#pairs.job(row, info)]);
  }

  /** Forgets this project's finished pairs and runs everything again. */
  async startOver(): Promise<void> {
    this.stop();
    const again = this.rows.flatMap((row) =>
      this.simulators
        .filter(({ name }) => this.pair(row.folder, name).kind !== 'excluded')
        .filter(
          (simulator) =>
            this.#pairs.bundledIdentity(row, simulator) === undefined || !isOnlyBundled(simulator),
        )
        .map((simulator) => ({ row, simulator })),
    );
    await this.#kept.forgetPairs(again.map(({ row, simulator }) => this.#pairs.identity(row, simulator)));
    this.#pairs.set(
      again.map(({ row, simulator }) => [pairOf(row.folder, simulator.name), { kind: 'ready' }]),
    );
    await this.start();
  }

  stop(): void {
    if (this.#run.kind !== 'running') return;
    this.#run.abort.abort();
    this.#run = { kind: 'stopped' };
    this.#pairs.takeBack();
  }

  async #runJobs(jobs: readonly Job[], isRun = true): Promise<void> {
    if (jobs.length === 0 || this.#run.kind === 'running') return;
    const abort = new AbortController();
    this.#run = { kind: 'running', abort };
    this.#secondsLeft = undefined;
    this.#pairs.set(jobs.map(({ key }) => [key, { kind: 'queued' }]));
    await this.#keepProject(isRun);
    const generation = this.#generation;
    await runJobs(
      this.#room,
      jobs,
      {
        isCurrent: () => generation === this.#generation,
        show: (changes) => this.#pairs.set(changes),
        showRemaining: (seconds) => (this.#secondsLeft = seconds),
        stateOf: (key) => this.#pairs.get(key),
        keep: (job, outcome) => void this.#kept.keepPair(job, outcome),
      },
      abort.signal,
    );
    if (!abort.signal.aborted) this.#run = { kind: 'idle' };
  }

  async #makePlan(): Promise<boolean> {
    const plan = await this.#room.plan(
      this.rows.map(({ experiment }) => withOneRequest(experiment)),
      this.#options,
      this.preRun.proposals,
    );
    if (!plan.ok) {
      if (this.#source.kind === 'open')
        this.#source = { kind: 'failed', name: this.#source.name, problem: plan.error };
      return false;
    }
    await this.#pairs.use(withBundledColumns(plan.value, this.#bundle), this.rows);
    await this.#keepProject(false);
    return this.rows.length > 0;
  }

  #switch(key: string, isOn: boolean): void {
    if (isOn) this.#off.delete(key);
    else this.#off.add(key);
    void this.#keepProject(this.#run.kind !== 'idle');
  }

  async #keepProject(runStarted: boolean): Promise<void> {
    if (this.#source.kind !== 'open') return;
    const { name, origin, openedAt } = this.#source;
    await this.#kept.keepProject({
      name,
      origin,
      openedAt,
      runStarted,
      entries: this.#entries,
      ...(this.benchmarks.runs.length === 0 ? {} : { runs: this.benchmarks.runs }),
      warnings: this.#warnings,
      ...(this.#sourceText === undefined ? {} : { source: this.#sourceText }),
      ...(this.#bundle === undefined ? {} : { bundle: this.#bundle }),
      simulators: this.simulators,
      eligibility: this.#pairs.eligibility,
      options: this.#options,
      switchedOff: [...this.#off],
      ...(this.#leftOut.checks.length === 0 ? {} : { leftOut: this.#leftOut }),
    });
  }

  *#activePairs(): Generator<PairState> {
    for (const { folder } of this.rows)
      for (const { name } of this.simulators) if (this.isOn(folder, name)) yield this.pair(folder, name);
  }
}
