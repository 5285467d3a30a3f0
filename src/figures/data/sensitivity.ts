// Figures 1, 2 and 3: error along models, GPU types and workload types (validator spec 13.4).

import {
  HARDWARE_AXIS,
  MODEL_AXIS,
  WORKLOAD_AXIS,
  WORKLOAD_FIGURE_MODELS,
  modelFacts,
  type AxisEntry,
} from './axes';
import { groupBars, type BarFigureData } from './bars';
import { DEFAULT_TAG, type FigureData, type TaggedRow } from './prepare';

export interface SelectionOptions {
  /** Simulators to leave out. */
  readonly excluded?: readonly string[];
  /** Models outside the published list get a place behind it instead of being left out. */
  readonly otherModels?: boolean;
  /** Also experiments that depart from their model's default configuration, where a figure otherwise leaves them out. */
  readonly anyConfiguration?: boolean;
}

export function isGeneral(row: TaggedRow): boolean {
  return row.workload === 'general' || row.workload === 'general-lite';
}

export function shownRows(data: FigureData, options: SelectionOptions): readonly TaggedRow[] {
  const excluded = options.excluded ?? [];
  return data.summary.filter((row) => !excluded.includes(row.simulator));
}

/** Figure 1: one experiment a model on H100 in its default configuration. */
export function selectModelSensitivity(
  data: FigureData,
  options: SelectionOptions = {},
): BarFigureData | undefined {
  const rows = shownRows(data, options).filter((row) => isDefaultH100(data, row, options) && isGeneral(row));
  return groupBars(rows, {
    axis: modelAxis(rows, options),
    keyOf: (row) => row.model,
    statistic: 'first',
  });
}

/** Figure 2: median over models on each GPU type. Without metadata nobody knows the GPU. */
export function selectHardwarePortability(
  data: FigureData,
  options: SelectionOptions = {},
): BarFigureData | undefined {
  if (!data.hasMetadata) return undefined;
  const rows = shownRows(data, options).filter(
    (row) => isDefault(row, options) && isGeneral(row) && isSingleReplica(row),
  );
  return groupBars(rows, { axis: HARDWARE_AXIS, keyOf: (row) => row.hardware ?? '', statistic: 'median' });
}

/** Figure 3: median over four models for each workload type. */
export function selectWorkloadSensitivity(
  data: FigureData,
  options: SelectionOptions = {},
): BarFigureData | undefined {
  const rows = shownRows(data, options).filter(
    (row) =>
      isDefaultH100(data, row, options) &&
      isSingleReplica(row) &&
      (options.otherModels === true || WORKLOAD_FIGURE_MODELS.includes(row.model)),
  );
  return groupBars(rows, { axis: WORKLOAD_AXIS, keyOf: (row) => row.workload, statistic: 'median' });
}

/** The published models in their order; on request the rest behind them, in order of appearance. */
export function modelAxis(rows: readonly TaggedRow[], options: SelectionOptions): readonly AxisEntry[] {
  if (options.otherModels !== true) return MODEL_AXIS;
  const listed = new Set(MODEL_AXIS.map((entry) => entry.key));
  const rest = new Set(rows.map((row) => row.model).filter((model) => !listed.has(model)));
  return [...MODEL_AXIS, ...[...rest].map((model) => ({ key: model, label: shortLabel(model) }))];
}

function shortLabel(model: string): string {
  const { shortLabel: label } = modelFacts(model);
  return label === model ? (model.split('/').at(-1) ?? model) : label;
}

function isDefaultH100(data: FigureData, row: TaggedRow, options: SelectionOptions): boolean {
  return !data.hasMetadata || (row.hardware === 'H100' && isDefault(row, options));
}

export function isDefault(row: TaggedRow, options: SelectionOptions): boolean {
  return options.anyConfiguration === true || row.configTag === DEFAULT_TAG;
}

function isSingleReplica(row: TaggedRow): boolean {
  return row.dp === undefined || row.dp <= 1;
}
