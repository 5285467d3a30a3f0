// What tells two runs apart: their settings in the words of the form, the requests they served, and what came of it.

import { showLatency } from '../../../base/display';
import type { SimulatedRun } from '../../../domain/simulated-run';
import { settingLabel } from '../setting-label';
import type { FleetSettings, SettingName } from '../settings';

/** The form as it was; without settings it was the founding version, which has a file instead. */
export interface RunOrigin {
  readonly presetId: string | undefined;
  readonly settings: FleetSettings | undefined;
}

export interface Change {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

const MOST_ON_CHIP = 3;
/** A pasted specification is one setting of many lines. */
const MOST_LETTERS = 40;

function shown(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  if (line === '') return 'auto';
  return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS - 1)}…` : line;
}

/** In the order of the form; texts that mean the same number are alike. */
export function changesBetween(from: FleetSettings, to: FleetSettings): readonly Change[] {
  return (Object.keys(to) as SettingName[]).flatMap((name) => {
    const [before, after] = [from[name].trim(), to[name].trim()];
    const isSame = before === after || (before !== '' && after !== '' && Number(before) === Number(after));
    return isSame ? [] : [{ label: settingLabel(name), from: shown(before), to: shown(after) }];
  });
}

/** "Tensor parallelism 1→2, Routing round-robin→weighted". */
export const differenceLine = (changes: readonly Change[]): string =>
  changes.map(({ label, from, to }) => `${label} ${from}→${to}`).join(', ');

/** "Tensor parallelism 2, weighted": the values of one side, as far as they fit on a chip. */
export function shortDifference(changes: readonly Change[], side: 'from' | 'to'): string {
  const words = changes.slice(0, MOST_ON_CHIP).map((change) => {
    const value = change[side];
    return Number.isNaN(Number(value)) && value !== 'auto' ? value : `${change.label} ${value}`;
  });
  const more = changes.length - MOST_ON_CHIP;
  return [...words, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

interface Compared {
  readonly letter: string;
  readonly origin: RunOrigin;
  readonly run: Pick<SimulatedRun, 'workloadHash' | 'resultHash' | 'latencies'>;
}

export interface Comparison {
  /** One line. */
  readonly difference: string;
  /** Why latencies of the two must not be set against each other one to one; absent when they may. */
  readonly caveat?: string;
  /** The p99 of TTFT as a multiple, where it is one: percentages of several hundred are hard to read. */
  readonly multiple?: string;
  /** Said when what differs made no difference. */
  readonly noEffect?: string;
}

export function compareRuns(a: Compared, b: Compared): Comparison {
  const [from, to] = [a.origin.settings, b.origin.settings];
  const changes = from === undefined || to === undefined ? undefined : changesBetween(from, to);
  const isSame =
    changes === undefined ? from === to && a.origin.presetId === b.origin.presetId : changes.length === 0;
  const servesSame = a.run.workloadHash === b.run.workloadHash;
  const isEqual = servesSame && a.run.resultHash === b.run.resultHash;
  return {
    difference: differenceOf(changes, isSame),
    ...(servesSame
      ? {}
      : {
          caveat: `${a.letter} and ${b.letter} served different requests; latencies are not comparable one to one.`,
        }),
    ...(servesSame ? multipleOf(a, b) : {}),
    ...(isEqual && !isSame && changes !== undefined
      ? {
          noEffect: `${a.letter} and ${b.letter} have equal results: ${listed(changes.map(({ label }) => label))} had no effect.`,
        }
      : {}),
  };
}

/** From this ratio on, either way. */
const MULTIPLE = 2;

function multipleOf(a: Compared, b: Compared): Pick<Comparison, 'multiple'> {
  const [before = NaN, after = NaN] = [a, b].map(
    ({ run }) => run.latencies.find(({ metric }) => metric === 'TTFT')?.p99Ms,
  );
  const ratio = after / before;
  if (!(ratio >= MULTIPLE || ratio <= 1 / MULTIPLE) || !Number.isFinite(ratio)) return {};
  const times = String(Number(ratio.toPrecision(2)));
  return {
    multiple: `TTFT p99 is ${times} times that of ${a.letter}: ${showLatency(after)} against ${showLatency(before)} ms.`,
  };
}

function differenceOf(changes: readonly Change[] | undefined, isSame: boolean): string {
  if (isSame) return 'Same configuration';
  return changes === undefined
    ? 'Different engines: the founding version and the current one'
    : differenceLine(changes);
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
