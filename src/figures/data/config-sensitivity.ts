// Figures 4a and 4b: error of one dense and one mixture-of-experts model along its serving parameters, each varied alone around
// the most frequent configuration (validator spec 13.5).

import { pythonBoolean, pythonFloat } from '../../base/python-numbers';
import { modelFacts } from './axes';
import { barsOf, experimentsOf, type Bar } from './bars';
import type { FigureData, TaggedRow } from './prepare';
import { isGeneral, shownRows, type SelectionOptions } from './sensitivity';
import { inAxisOrder } from './simulators';

export const PARAMETERS = ['tp', 'max_num_batched_tokens', 'gpu_mem_util', 'cpu_offload', 'dp'] as const;
export type ParameterName = (typeof PARAMETERS)[number];

const PARAMETER_LABELS: Readonly<Record<ParameterName, string>> = {
  tp: 'TP',
  max_num_batched_tokens: 'Chunk Size',
  gpu_mem_util: 'GPU Mem (%)',
  cpu_offload: 'KV Cache Offloading',
  dp: 'DP',
};

const READ: Readonly<Record<ParameterName, (row: TaggedRow) => number | boolean | undefined>> = {
  tp: (row) => row.tp,
  max_num_batched_tokens: (row) => row.maxNumBatchedTokens,
  gpu_mem_util: (row) => row.gpuMemUtil,
  cpu_offload: (row) => row.cpuOffload,
  dp: (row) => row.dp,
};

type Value = number | boolean;

export interface ConfigEntry {
  readonly value: Value;
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface ConfigParameter {
  readonly name: ParameterName;
  readonly label: string;
  readonly entries: readonly ConfigEntry[];
}

export interface ConfigFigureData {
  readonly model: string;
  /** How much the model's experiments vary: the reason for its choice. */
  readonly score: number;
  readonly baseline: ReadonlyMap<ParameterName, Value>;
  readonly parameters: readonly ConfigParameter[];
  readonly simulators: readonly string[];
  /** Distinct, sorted. */
  readonly workloads: readonly string[];
  readonly experiments: readonly string[];
}

export type ModelKind = 'dense' | 'moe';

const FALLBACK_MODEL: Readonly<Record<ModelKind, string>> = {
  dense: 'meta-llama/Llama-3.1-8B-Instruct',
  moe: 'mistralai/Mixtral-8x7B-v0.1',
};

export function selectConfigSensitivity(
  data: FigureData,
  kind: ModelKind,
  options: SelectionOptions = {},
): ConfigFigureData | undefined {
  if (!data.hasMetadata) return undefined;
  const shown = shownRows(data, options);
  const { model, score } = chooseModel(shown, kind);
  const rows = shown.filter(
    (row) =>
      row.model === model && row.metricName === 'e2e_mean' && row.hardware === 'H100' && isGeneral(row),
  );
  const baseline = new Map(
    PARAMETERS.flatMap((name) => {
      const value = mostFrequent(rows, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const kept: TaggedRow[] = [];
  const parameters = PARAMETERS.flatMap((name) => {
    const alone = rows.filter((row) => othersAtBaseline(row, name, baseline));
    const values = distinct(alone, name);
    if (distinct(rows, name).length <= 1 || values.length <= 1) return [];
    const entries = values.map((value) => {
      const atValue = alone.filter((row) => READ[name](row) === value);
      kept.push(...atValue);
      return {
        value,
        label: valueLabel(name, value),
        bars: barsOf(atValue, inAxisOrder(simulatorsOf(atValue)), 'median'),
      };
    });
    return [{ name, label: PARAMETER_LABELS[name], entries }];
  });
  if (parameters.length === 0) return undefined;
  return {
    model,
    score,
    baseline,
    parameters,
    simulators: inAxisOrder(simulatorsOf(kept)),
    workloads: [...new Set(rows.map((row) => row.workload))].sort(),
    experiments: experimentsOf(kept),
  };
}

/** The value as the reference's text has it; what the baseline comparison compares. */
export function valueText(value: Value): string {
  return typeof value === 'boolean' ? pythonBoolean(value) : pythonFloat(value);
}

/** The first model, in order of appearance, with the strictly highest score. */
function chooseModel(rows: readonly TaggedRow[], kind: ModelKind): { model: string; score: number } {
  const models = [...new Set(rows.map((row) => row.model))];
  const candidates = models.filter((model) => modelFacts(model).isMoe === (kind === 'moe'));
  const [first, ...rest] = candidates.map((model) => ({
    model,
    score: variationScore(rows.filter((row) => row.model === model)),
  }));
  if (first === undefined) return { model: FALLBACK_MODEL[kind], score: 0 };
  return rest.reduce((best, next) => (next.score > best.score ? next : best), first);
}

function variationScore(rows: readonly TaggedRow[]): number {
  return PARAMETERS.reduce((score, name) => {
    const count = distinct(rows, name).length;
    return score + (count > 1 ? count : 0);
  }, 0);
}

/** Ascending; rows that do not state the parameter do not count. */
function distinct(rows: readonly TaggedRow[], name: ParameterName): Value[] {
  const values = new Set(rows.map((row) => READ[name](row)).filter((value) => value !== undefined));
  return [...values].sort((a, b) => Number(a) - Number(b));
}

function mostFrequent(rows: readonly TaggedRow[], name: ParameterName): Value | undefined {
  const count = (value: Value): number => rows.filter((row) => READ[name](row) === value).length;
  const [first, ...rest] = distinct(rows, name);
  if (first === undefined) return undefined;
  return rest.reduce((best, next) => (count(next) > count(best) ? next : best), first);
}

function othersAtBaseline(
  row: TaggedRow,
  name: ParameterName,
  baseline: ReadonlyMap<ParameterName, Value>,
): boolean {
  return [...baseline].every(([other, value]) => other === name || READ[other](row) === value);
}

function valueLabel(name: ParameterName, value: Value): string {
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (name === 'gpu_mem_util') return String(Math.round(value * 100));
  return String(value);
}

function simulatorsOf(rows: readonly TaggedRow[]): Set<string> {
  return new Set(rows.map((row) => row.simulator));
}
