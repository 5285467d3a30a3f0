// One or two swept parameters and the seeds that repeat them, expanded into runs.

import { fail, ok, type Result } from '../../../base/result';
import { ENGINE_DEFAULTS } from '../../../domain/run-config';
import { settingProblem, type FleetSettings, type SettingName } from '../settings';
import { calibrationOf } from '../held-servers';
import { isRead } from '../relevance';
import { choicesOf, parameterNamed, valueText, type SweptParameter } from './parameters';
import { parseLines, parseNumbers } from './values';

/** Keeps the table readable and a slip of the finger ("1..1000") harmless. */
export const MOST_RUNS = 1000;
const MOST_REPEATS = 20;

/** As typed. */
export interface AxisInput {
  readonly name: SettingName;
  readonly values: string;
}

export interface Axis {
  readonly parameter: SweptParameter;
  readonly values: readonly string[];
}

export interface SweepPlan {
  readonly base: FleetSettings;
  /** One or two. */
  readonly axes: readonly Axis[];
  /** Runs a cell, with the seed of the form and those after it. */
  readonly repeats: number;
}

/** One configuration. */
export interface Cell {
  readonly index: number;
  /** Place on each axis. */
  readonly at: readonly number[];
  readonly settings: FleetSettings;
  /** What its step times are calibrated on, where they are. */
  readonly calibration?: string;
}

/** One simulation of a cell. */
export interface CellRun {
  readonly cell: number;
  readonly repeat: number;
  /** Those of the cell with a seed of its own. */
  readonly settings: FleetSettings;
}

/** The values of one axis, or the first thing wrong with them. */
export function axisOf({ name, values }: AxisInput): Result<Axis> {
  const parameter = parameterNamed(name);
  const parsed = parameter.kind === 'number' ? parseNumbers(values) : parseLines(values);
  if (!parsed.ok)
    return fail({ ...parsed.error, message: `${parameter.label}: ${lowered(parsed.error.message)}` });
  for (const value of parsed.value) {
    const message = settingProblem(name, value) ?? unknownChoice(parameter, value);
    if (message !== undefined) return fail({ code: 'bad-value', message, field: name });
  }
  return ok({ parameter, values: parsed.value });
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function unknownChoice(parameter: SweptParameter, value: string): string | undefined {
  const choices = choicesOf(parameter);
  if (choices === undefined || choices.includes(value)) return undefined;
  return `${parameter.label}: found “${value}”, expected ${choices.join(', ')}.`;
}

/** The whole sweep, or the first thing wrong with it. */
export function planOf(
  base: FleetSettings,
  inputs: readonly AxisInput[],
  repeatsText: string,
): Result<SweepPlan> {
  const [first, second] = inputs;
  if (first !== undefined && first.name === second?.name) {
    const { label } = parameterNamed(first.name);
    return fail({ code: 'bad-value', message: `${label} is swept twice. Choose another second parameter.` });
  }
  const axes: Axis[] = [];
  for (const input of inputs) {
    const axis = axisOf(input);
    if (!axis.ok) return axis;
    axes.push(axis.value);
  }
  const repeats = Number(repeatsText.trim() === '' ? NaN : repeatsText);
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > MOST_REPEATS) {
    const message = `Seeds: found “${repeatsText}”, expected a whole number from 1 to ${MOST_REPEATS}.`;
    return fail({ code: 'bad-value', message, field: 'repeats' });
  }
  if (repeats > 1 && axes.some(({ parameter }) => parameter.name === 'seed')) {
    return fail({
      code: 'bad-value',
      message: 'Seeds are swept already; set the number of seeds to 1.',
      field: 'repeats',
    });
  }
  const runs = runCount({ axes, repeats });
  if (runs > MOST_RUNS) {
    return fail({
      code: 'too-large',
      message: `${runs} runs; a sweep can have ${MOST_RUNS}. Take fewer values or seeds.`,
    });
  }
  const unread = axes.find(
    ({ parameter: { name } }) => !settingsOfCells(base, axes).some((cell) => isRead(name, cell)),
  );
  if (unread !== undefined) {
    const message = `${unread.parameter.label} makes no difference: nothing reads it beside the form's other settings. Choose another parameter.`;
    return fail({ code: 'not-supported', message, field: unread.parameter.name });
  }
  return ok({ base, axes, repeats });
}

export const cellCount = ({ axes }: Pick<SweepPlan, 'axes'>): number =>
  axes.reduce((count, { values }) => count * values.length, 1);

export const runCount = (plan: Pick<SweepPlan, 'axes' | 'repeats'>): number => cellCount(plan) * plan.repeats;

/** Row by row: the second axis runs fastest. */
export function expandCells({ base, axes }: SweepPlan): readonly Cell[] {
  const columns = axes[1]?.values.length;
  return settingsOfCells(base, axes).map((settings, index) => {
    const calibration = calibrationOf(settings);
    return {
      index,
      at: columns === undefined ? [index] : [Math.floor(index / columns), index % columns],
      settings,
      ...(calibration === undefined ? {} : { calibration }),
    };
  });
}

function settingsOfCells(base: FleetSettings, axes: readonly Axis[]): readonly FleetSettings[] {
  const [first, second] = axes;
  if (first === undefined) return [];
  return first.values.flatMap((value) => {
    const settings = { ...base, [first.parameter.name]: value };
    if (second === undefined) return [settings];
    return second.values.map((other) => ({ ...settings, [second.parameter.name]: other }));
  });
}

/** The seed of the form, the reference's own when none is typed, and those after it. */
export const seedOf = (settings: FleetSettings, repeat: number): string =>
  String(Number(settings.seed.trim() === '' ? ENGINE_DEFAULTS.seed : settings.seed) + repeat);

/** Cell by cell, so that cells get whole one after the other. */
export const expandRuns = (cells: readonly Cell[], repeats: number): readonly CellRun[] =>
  cells.flatMap(({ index, settings }) =>
    Array.from({ length: repeats }, (_, repeat) => ({
      cell: index,
      repeat,
      settings: repeat === 0 ? settings : { ...settings, seed: seedOf(settings, repeat) },
    })),
  );

/** "Instances 4, Rate 20": what tells a cell from the others. */
export const cellWords = (axes: readonly Axis[], cell: Pick<Cell, 'at'>): string =>
  axes
    .map(
      ({ parameter: { label, name }, values }, index) =>
        `${label} ${valueText(name, values[cell.at[index] ?? 0] ?? '')}`,
    )
    .join(', ');
