// What a project is doing: tagged unions, so that no two flags can disagree.

import type { Problem } from '../../base/problem';
import type { Experiment } from '../../domain/experiment';
import { CHECK_TITLES, CHECKS, type CheckName } from '../../validation/quality/finding';
import type { ReadProgress } from '../../workers/protocol';
import type { StoredProject } from '../storage/shelves';

export type SourceState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'reading';
      readonly name: string;
      readonly progress: ReadProgress;
      readonly abort: AbortController;
    }
  | { readonly kind: 'failed'; readonly name: string; readonly problem: Problem }
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly origin: StoredProject['origin'];
      readonly openedAt: number;
    };

/** A manifest may name a folder twice; here it stands once. */
export const withoutRepeats = <T extends { readonly folder: string }>(
  entries: readonly T[],
): readonly T[] => [...new Map(entries.map((entry) => [entry.folder, entry])).values()];

export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly abort: AbortController }
  | { readonly kind: 'stopped' }
  /** A reload found a run that had not finished. */
  | { readonly kind: 'restored' };

/** Quality checks whose rows are left out of the measured means, and the experiments as measured without them, by folder. */
export interface LeftOut {
  readonly checks: readonly CheckName[];
  readonly measured: ReadonlyMap<string, Experiment>;
  /** What could not be left out, and why. */
  readonly problems: readonly string[];
}

export const NOTHING_LEFT_OUT: LeftOut = { checks: [], measured: new Map(), problems: [] };

/** What was kept by a version that knew other checks counts only if every check is still known. */
export const knownChecksOf = (kept: LeftOut | undefined): LeftOut =>
  kept?.checks.every((check) => CHECKS.includes(check)) === true ? kept : NOTHING_LEFT_OUT;

export const leftOutSentence = ({ checks }: LeftOut): string | undefined =>
  checks.length === 0
    ? undefined
    : `Left out of the measured means: ${checks.map((check) => CHECK_TITLES[check].toLowerCase()).join(', ')}.`;
