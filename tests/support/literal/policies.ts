// Routing policies and scorers of the cluster specification, sections 6 to 9.

import type { ScorerName, WeightedScorer, RoutingPolicyName } from '../../../src/domain/cluster-config';
import type { RandomStream } from '../../../src/domain/random';
import { blockKey, type Job } from './instance';

export interface Snapshot {
  readonly index: number;
  readonly name: string;
  readonly queue: number;
  readonly batch: number;
  readonly kvUse: number;
  readonly freeBlocks: number;
  readonly inFlight: number;
  /** Cached leading blocks of the request, as the cache signal shows them. */
  readonly cached: (job: Job) => number;
}

export const loadOf = (s: Snapshot): number => s.queue + s.batch + s.inFlight;
const CAPACITY = 10_000;

export class LiteralPolicy {
  #rounds = 0;
  #cold = false;
  #lastUses: number[] = [];
  readonly #directories = new Map<number, Map<string, true>>();
  readonly #contents = new Map<string, number>();
  /** Number behind the last choice: rounds, load or score; 1 = the content was known. */
  number = 0;

  constructor(
    private readonly policy: RoutingPolicyName,
    private readonly scorers: readonly WeightedScorer[],
    private readonly random: RandomStream,
    private readonly blockSize: number,
    private readonly isLegacy: boolean,
  ) {}

  /** @returns position in the list, and what each position was worth. */
  choose(job: Job, shown: readonly Snapshot[]): { at: number; worth: readonly number[] } {
    const loads = shown.map(loadOf);
    const byLoad = loads.map((load) => -load);
    switch (this.policy) {
      case 'round-robin':
        this.number = this.#rounds;
        return { at: this.#rounds++ % shown.length, worth: byLoad };
      case 'least-loaded':
        this.number = Math.min(...loads);
        return { at: this.#best(byLoad), worth: byLoad };
      case 'always-busiest':
        this.number = Math.max(...loads);
        return { at: loads.indexOf(Math.max(...loads)), worth: byLoad };
      case 'prefix-affinity':
        return { at: this.#sameContent(job, shown, byLoad), worth: byLoad };
      case 'weighted': {
        const worth = this.#scores(job, shown);
        const at = this.#best(worth);
        this.number = worth[at] ?? 0;
        this.#remember(job, shown[at]?.index ?? 0);
        return { at, worth };
      }
    }
  }

  #best(values: readonly number[]): number {
    const most = Math.max(...values);
    const tied = values.flatMap((value, at) => (value === most ? [at] : []));
    return tied[tied.length === 1 || this.isLegacy ? 0 : this.random.intn(tied.length)] ?? 0;
  }

  #sameContent(job: Job, shown: readonly Snapshot[], byLoad: readonly number[]): number {
    const full = Math.floor(job.input / this.blockSize);
    const key = full > 0 ? this.#keys(job).join(' ') : `${job.row}`;
    const known = shown.findIndex(({ index }) => index === this.#contents.get(key));
    if (known >= 0) return known;
    this.number = -Math.max(...byLoad);
    const at = this.#best(byLoad);
    this.#contents.set(key, shown[at]?.index ?? 0);
    return at;
  }

  #keys(job: Job): string[] {
    return Array.from({ length: Math.floor(job.input / this.blockSize) }, (_, index) =>
      blockKey(job, index, this.blockSize),
    );
  }

  #directory(index: number): Map<string, true> {
    const known = this.#directories.get(index) ?? new Map<string, true>();
    this.#directories.set(index, known);
    return known;
  }

  #remember(job: Job, index: number): void {
    touch(this.#directory(index), this.#keys(job));
    if (this.#cold) this.#lastUses = [...this.#lastUses.filter((other) => other !== index), index];
    this.#cold = false;
  }

  #scores(job: Job, shown: readonly Snapshot[]): number[] {
    const total = this.scorers.reduce((all, { weight }) => all + weight, 0);
    const worth = shown.map(() => 0);
    for (const { name, weight } of this.scorers) {
      const share = weight / total;
      this.#score(name, job, shown).forEach((score, at) => {
        worth[at] = (worth[at] ?? 0) + Math.min(1, Math.max(0, score)) * share;
      });
    }
    return worth;
  }

  #score(name: ScorerName, job: Job, shown: readonly Snapshot[]): number[] {
    const mostInFlight = Math.max(...shown.map((s) => s.inFlight));
    switch (name) {
      case 'queue-depth':
        return lowest(shown.map((s) => (this.isLegacy ? loadOf(s) : s.queue)));
      case 'running-requests':
        return lowest(shown.map((s) => s.batch));
      case 'vllm-dp':
        return lowest(shown.map((s) => 4 * s.queue + s.batch));
      case 'kv-utilization':
        return shown.map((s) => 1 - s.kvUse);
      case 'load-balance':
        return shown.map((s) => 1 / (1 + loadOf(s)));
      case 'active-requests':
        return shown.map(({ inFlight }) =>
          inFlight === 0 || mostInFlight === 0 ? 1 : (mostInFlight - inFlight) / mostInFlight,
        );
      case 'load-aware':
        return shown.map(({ queue }) => (queue === 0 ? 0.5 : 0.5 * (1 - Math.min(queue, 128) / 128)));
      case 'prefix-affinity': {
        const keys = this.#keys(job);
        return shown.map(({ index }) =>
          keys.length === 0 ? 0 : matched(this.#directory(index), keys) / keys.length,
        );
      }
      case 'precise-prefix-cache': {
        const cached = shown.map((s) => s.cached(job));
        const least = Math.min(...cached);
        const most = Math.max(...cached);
        return cached.map((count) => (most === least ? 1 : (count - least) / (most - least)));
      }
      case 'no-hit-lru':
        return this.#longestUnused(job, shown);
    }
  }

  #longestUnused(job: Job, shown: readonly Snapshot[]): number[] {
    this.#cold = shown.every((s) => s.cached(job) === 0);
    if (!this.#cold) return shown.map(() => 0.5);
    if (shown.length === 1) return [1];
    const present = new Set(shown.map(({ index }) => index));
    this.#lastUses = this.#lastUses.filter((index) => present.has(index));
    const unused = shown.map(({ index }) => index).filter((index) => !this.#lastUses.includes(index));
    const order = [...unused, ...this.#lastUses];
    return shown.map(({ index }) => 1 - order.indexOf(index) / (shown.length - 1));
  }
}

/** Min-max, 1 = the lowest. */
function lowest(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return values.map((value) => (most === least ? 1 : (most - value) / (most - least)));
}

export function matched(directory: ReadonlyMap<string, true>, keys: readonly string[]): number {
  const missing = keys.findIndex((key) => !directory.has(key));
  return missing < 0 ? keys.length : missing;
}

/** First to last: the last block is the most recent one. */
export function touch(directory: Map<string, true>, keys: readonly string[]): void {
  for (const key of keys) {
    if (!directory.delete(key) && directory.size >= CAPACITY) {
      for (const oldest of directory.keys()) {
        directory.delete(oldest);
        break;
      }
    }
    directory.set(key, true);
  }
}
