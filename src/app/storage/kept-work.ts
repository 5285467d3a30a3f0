// What Validate keeps on this device: the project, the request rows of its experiments, and each finished pair under everything
// that decided its numbers. A refusal of the browser is reported once and changes nothing else.

import type { AdapterOptions } from '../../adapters/adapter';
import type { Problem } from '../../base/problem';
import { ok } from '../../base/result';
import { withoutRequests } from '../../domain/experiment';
import type { BenchmarkRun } from '../../sources/benchmarks/find-runs';
import type { PairOutcome, SourceEntry } from '../../workers/protocol';
import { CURRENT, pairKey, type Shelves, type StoredProject } from './shelves';

/** What a finished pair is found again by. */
export interface PairIdentity {
  readonly fingerprint: string;
  readonly simulator: string;
  readonly options: AdapterOptions;
  /** Of what else the pair reads: an imported result, operator tables. */
  readonly inputPrint?: string;
}

const PAIRS_AT_A_TIME = 50;

type ReadyEntry = Extract<SourceEntry, { kind: 'ready' }>;

function withoutRows(run: BenchmarkRun): BenchmarkRun {
  if (!run.measurement.ok) return run;
  const { requests: _requests, ...rest } = run.measurement.value;
  return { ...run, measurement: ok(rest) };
}

export class KeptWork {
  #shelves: Shelves;
  #modelVersion: string;
  #now: () => number;
  #onProblem: (problem: Problem) => void;

  constructor(
    shelves: Shelves,
    modelVersion: string,
    now: () => number,
    onProblem: (problem: Problem) => void,
  ) {
    this.#shelves = shelves;
    this.#modelVersion = modelVersion;
    this.#now = now;
    this.#onProblem = onProblem;
  }

  /** The project of the last visit, its request rows in place. */
  async project(): Promise<StoredProject | undefined> {
    const kept = await this.#shelves.project.get(CURRENT);
    if (!kept.ok) {
      this.#onProblem(kept.error);
      return undefined;
    }
    if (kept.value === undefined) return undefined;
    const { entries, runs } = kept.value;
    return {
      ...kept.value,
      entries: await this.#withRows(entries),
      ...(runs === undefined ? {} : { runs: await this.#runsWithRows(runs) }),
    };
  }

  /** Request rows lie on a shelf of their own: the project is written often, they only once. */
  async keepProject(project: StoredProject): Promise<void> {
    const entries = project.entries.map((entry) =>
      entry.kind === 'ready' ? { ...entry, experiment: withoutRequests(entry.experiment) } : entry,
    );
    const runs = project.runs?.map(withoutRows);
    const kept = await this.#shelves.project.set(CURRENT, {
      ...project,
      entries,
      ...(runs === undefined ? {} : { runs }),
    });
    if (!kept.ok) this.#onProblem(kept.error);
  }

  async forgetProject(): Promise<void> {
    await this.#shelves.project.delete(CURRENT);
  }

  async keepAllRows(entries: readonly SourceEntry[], runs: readonly BenchmarkRun[]): Promise<void> {
    await this.#keepRows(entries.flatMap((entry) => (entry.kind === 'ready' ? [entry] : [])));
    await this.#keepRunRows(runs);
  }

  async #keepRows(entries: readonly Pick<ReadyEntry, 'experiment' | 'fingerprint'>[]): Promise<void> {
    for (const { experiment, fingerprint } of entries) {
      if (experiment.requests === undefined) continue;
      const kept = await this.#shelves.rows.set(fingerprint, experiment.requests);
      if (kept.ok) continue;
      this.#onProblem(kept.error);
      return;
    }
  }

  /** Rows of benchmark results lie under the result's own print, whatever is said about its server. */
  async #keepRunRows(runs: readonly BenchmarkRun[]): Promise<void> {
    for (const { measurement, print } of runs) {
      if (!measurement.ok || measurement.value.requests === undefined) continue;
      const kept = await this.#shelves.rows.set(print, measurement.value.requests);
      if (kept.ok) continue;
      this.#onProblem(kept.error);
      return;
    }
  }

  async #runsWithRows(runs: readonly BenchmarkRun[]): Promise<readonly BenchmarkRun[]> {
    const kept = await this.#shelves.rows.getMany(runs.map(({ print }) => print));
    return runs.map((run) => {
      const requests = kept.ok ? kept.value.get(run.print) : undefined;
      const { measurement } = run;
      if (!measurement.ok || requests === undefined) return run;
      return { ...run, measurement: ok({ ...measurement.value, requests }) };
    });
  }

  async keepPair(pair: PairIdentity, outcome: PairOutcome): Promise<void> {
    const kept = await this.#shelves.pairs.set(this.#keyOf(pair), { outcome, finishedAt: this.#now() });
    if (!kept.ok) this.#onProblem(kept.error);
  }

  /** Many at once, a few at a time: copying them holds the page. */
  async keepPairs(pairs: readonly (readonly [PairIdentity, PairOutcome])[]): Promise<void> {
    const finishedAt = this.#now();
    for (let at = 0; at < pairs.length; at += PAIRS_AT_A_TIME) {
      const kept = await this.#shelves.pairs.setMany(
        pairs
          .slice(at, at + PAIRS_AT_A_TIME)
          .map(([pair, outcome]) => [this.#keyOf(pair), { outcome, finishedAt }]),
      );
      if (kept.ok) continue;
      this.#onProblem(kept.error);
      return;
    }
  }

  async forgetPairs(pairs: readonly PairIdentity[]): Promise<void> {
    await this.#shelves.pairs.deleteMany(pairs.map((pair) => this.#keyOf(pair)));
  }

  /** The finished ones among the pairs, to be asked for one by one. */
  async pairs(pairs: readonly PairIdentity[]): Promise<(pair: PairIdentity) => PairOutcome | undefined> {
    const kept = await this.#shelves.pairs.getMany(pairs.map((pair) => this.#keyOf(pair)));
    if (kept.ok) return (pair) => kept.value.get(this.#keyOf(pair))?.outcome;
    this.#onProblem(kept.error);
    return () => undefined;
  }

  async #withRows(entries: readonly SourceEntry[]): Promise<readonly SourceEntry[]> {
    const kept = await this.#shelves.rows.getMany(
      entries.flatMap((entry) => (entry.kind === 'ready' ? [entry.fingerprint] : [])),
    );
    if (!kept.ok) return entries;
    return entries.map((entry) => {
      const requests = entry.kind === 'ready' ? kept.value.get(entry.fingerprint) : undefined;
      return entry.kind === 'ready' && requests !== undefined
        ? { ...entry, experiment: { ...entry.experiment, requests } }
        : entry;
    });
  }

  #keyOf({ fingerprint, simulator, options, inputPrint }: PairIdentity): string {
    return pairKey(fingerprint, simulator, options, this.#modelVersion, inputPrint);
  }
}
