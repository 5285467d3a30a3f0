// Which servers of benchmark results still have to be described, and what is proposed for them.

import { fingerprintOf } from '../../../base/fingerprint';
import { valuesOf } from '../../../sources/benchmarks/facts-files';
import type { BenchmarkRun } from '../../../sources/benchmarks/find-runs';
import type { ServerFacts } from '../../../sources/formats/server-facts';

export interface StoredFacts {
  /** The server in words, for the list of what is stored. */
  readonly server: string;
  readonly facts: ServerFacts;
  /** ms since 1970. */
  readonly saidAt: number;
}

/** What has to be said about one server. */
export interface ServerQuestion {
  readonly key: string;
  readonly runs: readonly BenchmarkRun[];
  /** What the files say, alike for all the runs. */
  readonly known: ServerFacts;
  /** What is proposed for the rest, and which earlier answer it comes from. */
  readonly proposed: ServerFacts;
  readonly proposedFrom?: string;
}

/** What was said, by the print of the run. */
export type Said = ReadonlyMap<string, ServerFacts>;
export const NOTHING_SAID: Said = new Map();

export const saidIn = (kept: readonly (readonly [print: string, stored: StoredFacts])[]): Said =>
  new Map(kept.map(([print, { facts }]) => [print, facts]));

export const withSaid = (said: Said, prints: readonly string[], facts: ServerFacts): Said =>
  new Map([...said, ...prints.map((print) => [print, facts] as const)]);

/** One question for all runs of what looks like the same server. `remembered`: earlier answers, newest first. */
export function questionsOf(
  open: readonly BenchmarkRun[],
  said: Said,
  remembered: readonly StoredFacts[],
): readonly ServerQuestion[] {
  const groups = new Map<string, [BenchmarkRun, ...BenchmarkRun[]]>();
  for (const run of open) {
    const key = fingerprintOf([valuesOf(run.facts), said.get(run.print) ?? {}]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups].map(([key, runs]) => {
    const known = valuesOf(runs[0].facts);
    const own = said.get(runs[0].print);
    if (own !== undefined) return { key, runs, known, proposed: own };
    const earlier = remembered.find(({ facts }) => facts.model === known.model) ?? remembered[0];
    return earlier === undefined
      ? { key, runs, known, proposed: {} }
      : { key, runs, known, proposed: earlier.facts, proposedFrom: earlier.server };
  });
}

/** `Llama-3.1-8B-Instruct on H100, TP 1` */
export function serverName({ model, hw, tensor_parallelism: tp }: ServerFacts): string {
  const short = model?.split('/').at(-1) ?? 'a model';
  return `${short} on ${hw ?? 'a GPU'}${tp === undefined ? '' : `, TP ${tp}`}`;
}
