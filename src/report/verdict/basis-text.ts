// What estimates rest on, in words: beside the numbers on the page and in every report.

import type { PredictionBasis } from '../../domain/prediction';

export interface SimulatorBasis {
  readonly simulator: string;
  readonly experimentFolder: string;
  readonly basis: PredictionBasis;
}

/** For example `SILICON from h100_sxm/vllm/0.19.0`, `EMPIRICAL without measured tables`. */
export const basisText = ({ mode, tables }: PredictionBasis): string =>
  tables === undefined ? `${mode} without measured tables` : `${mode} from ${tables}`;

/** One text a simulator; where its experiments differ, each way with its count. */
export function basesBySimulator(bases: readonly SimulatorBasis[]): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { simulator, basis } of bases) {
    const own = counts.get(simulator) ?? new Map<string, number>();
    counts.set(simulator, own);
    const text = basisText(basis);
    own.set(text, (own.get(text) ?? 0) + 1);
  }
  return new Map(
    [...counts].map(([simulator, own]) => {
      const ways = [...own].sort(([left], [right]) => (left < right ? -1 : 1));
      const texts =
        ways.length === 1 ? ways.map(([text]) => text) : ways.map(([text, n]) => `${text} (${n})`);
      return [simulator, texts.join(', ')] as const;
    }),
  );
}
