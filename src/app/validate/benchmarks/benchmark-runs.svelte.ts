// Results of benchmark tools in the open project, and what the reader said about their servers. A described run is an entry like an
// experiment folder; runs that are not described yet wait as questions, one for all runs of what looks like the same server.

import { fingerprintOf } from '../../../base/fingerprint';
import type { Problem } from '../../../base/problem';
import { withoutRequests } from '../../../domain/experiment';
import type { BenchmarkRun } from '../../../sources/benchmarks/find-runs';
import { valuesOf } from '../../../sources/benchmarks/facts-files';
import { runEntry } from '../../../sources/benchmarks/run-entry';
import { missingFacts, type ServerFacts } from '../../../sources/formats/server-facts';
import type { SourceEntry } from '../../../workers/protocol';
import type { Shelf } from '../../storage/shelf';
import {
  NOTHING_SAID,
  questionsOf,
  saidIn,
  serverName,
  withSaid,
  type Said,
  type ServerQuestion,
  type StoredFacts,
} from './server-questions';

export class BenchmarkRuns {
  #shelf: Shelf<StoredFacts>;
  #now: () => number;
  #runs = $state.raw<readonly BenchmarkRun[]>([]);
  /** By the print of the run. */
  #said = $state.raw<Said>(NOTHING_SAID);
  /** Newest first. */
  #remembered = $state.raw<readonly StoredFacts[]>([]);
  /** Prints of described runs whose description is being changed. */
  #changing = $state.raw<readonly string[]>([]);

  constructor(shelf: Shelf<StoredFacts>, now: () => number) {
    this.#shelf = shelf;
    this.#now = now;
  }

  get runs(): readonly BenchmarkRun[] {
    return this.#runs;
  }

  readonly entries: readonly SourceEntry[] = $derived(
    this.#runs.flatMap((run): SourceEntry[] => {
      const entry = runEntry(run, this.#said.get(run.print));
      if (entry.kind === 'ready')
        return [{ ...entry, fingerprint: fingerprintOf(withoutRequests(entry.experiment)) }];
      return run.measurement.ok ? [] : [entry];
    }),
  );

  readonly questions: readonly ServerQuestion[] = $derived.by(() =>
    questionsOf(
      this.#runs.filter(
        (run) => run.measurement.ok && (this.#isOpen(run) || this.#changing.includes(run.print)),
      ),
      this.#said,
      this.#remembered,
    ),
  );

  /** What is known about a run's server, from its files and from the reader. */
  factsOf(run: BenchmarkRun): ServerFacts {
    return { ...valuesOf(run.facts), ...this.#said.get(run.print) };
  }

  /** Whether the reader said something about the run's server that its files do not. */
  isSaid(run: BenchmarkRun): boolean {
    return this.#said.has(run.print);
  }

  /** Takes runs in, with what was said about them earlier. */
  async show(runs: readonly BenchmarkRun[]): Promise<void> {
    this.#changing = [];
    if (runs.length > 0) {
      const kept = await this.#shelf.entries();
      const entries = kept.ok ? kept.value : [];
      this.#said = saidIn(entries);
      this.#remembered = entries.map(([, value]) => value).sort((a, b) => b.saidAt - a.saidAt);
    }
    this.#runs = runs;
  }

  clear(): void {
    this.#runs = [];
    this.#changing = [];
  }

  /** Opens the question of a described run again. */
  change(run: BenchmarkRun): void {
    this.#changing = [...this.#changing, run.print];
  }

  /** The problem when the device does not keep the description; it holds all the same. */
  async describe(prints: readonly string[], facts: ServerFacts): Promise<Problem | undefined> {
    const stored: StoredFacts = { server: serverName(facts), facts, saidAt: this.#now() };
    this.#said = withSaid(this.#said, prints, facts);
    this.#remembered = [stored, ...this.#remembered];
    this.#changing = this.#changing.filter((print) => !prints.includes(print));
    let problem: Problem | undefined;
    for (const print of prints) {
      const kept = await this.#shelf.set(print, stored);
      if (!kept.ok) problem = kept.error;
    }
    return problem;
  }

  #isOpen(run: BenchmarkRun): boolean {
    return missingFacts(this.factsOf(run)).length > 0;
  }
}
