// Results of simulators that ran elsewhere, as the project holds them: what was read, which experiment each belongs to, and what
// the reader changed about that. Reading and assigning happen in workers.

import { fingerprintOf } from '../../../base/fingerprint';
import type { Problem } from '../../../base/problem';
import type { Experiment } from '../../../domain/experiment';
import type { Proposal, ProposalEdit } from '../../../sources/pre-run/associate';
import type { Assignment, KeptEdits, PreRunReading } from '../../../workers/pre-run-reading';
import type { SourceInput } from '../../../workers/protocol';
import type { Shelf } from '../../storage/shelf';
import type { EngineRoom } from '../engine-room';
import { joinReadings, withEdit } from './join-readings';

export interface StoredPreRun extends PreRunReading {
  readonly assignments: readonly Assignment[];
  readonly edits: KeptEdits;
}

/** A result that counts for one experiment. */
export interface CountingResult {
  readonly proposal: Proposal;
  /** Identity of everything that decides the pair's numbers and remarks. */
  readonly print: string;
}

const NOTHING: StoredPreRun = { results: [], manifest: [], problems: [], assignments: [], edits: [] };
const KEY = 'current';

type Room = Pick<EngineRoom, 'readPreRun' | 'assignPreRun'>;

export class PreRunImports {
  #room: Room;
  #shelf: Shelf<StoredPreRun>;
  #held = $state.raw<StoredPreRun>(NOTHING);
  #reading = $state.raw<string | undefined>();
  #problem = $state.raw<Problem | undefined>();

  constructor(room: Room, shelf: Shelf<StoredPreRun>) {
    this.#room = room;
    this.#shelf = shelf;
  }

  /** One row a result. */
  get rows(): readonly Assignment[] {
    return this.#held.assignments;
  }
  /** Files of the last additions that could not be used. */
  get skipped(): readonly Problem[] {
    return this.#held.problems;
  }
  /** Name of what is being read. */
  get reading(): string | undefined {
    return this.#reading;
  }
  /** Why the last addition or change came to nothing. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  readonly #counting: readonly CountingResult[] = $derived(
    this.#held.assignments.flatMap((assignment, index) => {
      const kept = this.#held.results[index];
      if (kept === undefined || assignment.expId === undefined) return [];
      const { reason, warnings, wallClockSeconds } = assignment;
      const print = fingerprintOf([kept.print, reason, warnings, wallClockSeconds]);
      return [{ proposal: { ...assignment, result: kept.result }, print }];
    }),
  );

  /** Results that count, for the simulators' rules. */
  get proposals(): readonly Proposal[] {
    return this.#counting.map(({ proposal }) => proposal);
  }

  countingFor(simulator: string, expId: number): CountingResult | undefined {
    return this.#counting.find(
      ({ proposal }) => proposal.simulator === simulator && proposal.expId === expId,
    );
  }

  /** True when there is something new. */
  async add(input: SourceInput, experiments: readonly Experiment[]): Promise<boolean> {
    if (input.kind === 'demo' || this.#reading !== undefined) return false;
    this.#reading = input.name;
    this.#problem = undefined;
    try {
      const read = await this.#room.readPreRun(input);
      if (!read.ok) {
        this.#problem = read.error;
        return false;
      }
      const { results, problems } = read.value;
      if (results.length === 0 && problems.length === 0) {
        this.#problem = {
          code: 'missing-file',
          message: `${input.name} holds no result that can be read: looked for Vidur's request_metrics.csv, LLMServingSim's CSV, error_records.csv and predictions-<simulator>.csv.`,
        };
        return false;
      }
      return await this.#change({ ...this.#held, ...joinReadings(this.#held, read.value) }, experiments);
    } finally {
      this.#reading = undefined;
    }
  }

  edit(key: string, edit: ProposalEdit | undefined, experiments: readonly Experiment[]): Promise<boolean> {
    return this.#change({ ...this.#held, edits: withEdit(this.#held.edits, key, edit) }, experiments);
  }

  async remove(key: string | undefined, experiments: readonly Experiment[]): Promise<boolean> {
    if (key === undefined) {
      await this.clear();
      return true;
    }
    const { results, edits, assignments } = this.#held;
    return this.#change(
      {
        ...this.#held,
        results: results.filter((_, index) => assignments[index]?.key !== key),
        edits: edits.filter(([edited]) => edited !== key),
      },
      experiments,
    );
  }

  /** Anew for other experiments. */
  async assign(experiments: readonly Experiment[]): Promise<void> {
    if (this.#held.results.length > 0) await this.#change(this.#held, experiments);
  }

  async forgetSkipped(): Promise<void> {
    this.#held = { ...this.#held, problems: [] };
    await this.#shelf.set(KEY, this.#held);
  }

  async clear(): Promise<void> {
    this.#held = NOTHING;
    this.#problem = undefined;
    await this.#shelf.delete(KEY);
  }

  async restore(): Promise<void> {
    const kept = await this.#shelf.get(KEY);
    if (kept.ok && kept.value !== undefined) this.#held = kept.value;
  }

  async #change(next: StoredPreRun, experiments: readonly Experiment[]): Promise<boolean> {
    const { results, manifest, problems } = next;
    const assigned = await this.#room.assignPreRun({ results, manifest, problems }, experiments, next.edits);
    if (!assigned.ok) {
      this.#problem = assigned.error;
      return false;
    }
    this.#held = { ...next, assignments: assigned.value };
    const kept = await this.#shelf.set(KEY, this.#held);
    this.#problem = kept.ok ? undefined : kept.error;
    return true;
  }
}
