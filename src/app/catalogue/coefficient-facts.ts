// Coefficient rows and the global vectors, with the meaning of every index.

import { showLatency } from '../../base/display';
import type { BlackboxRow, Catalog, GlobalVector } from '../../catalog/catalog';
import type { LatencyModelName } from '../../domain/latency';
import type { Column } from './fact-columns';
import { shortVersion } from './model-facts';

export interface NumberedRow extends BlackboxRow {
  /** Place in the table: rows of equal key are told apart by it. */
  readonly place: number;
}

export const numberedRows = (catalog: Catalog): readonly NumberedRow[] =>
  catalog.blackboxRows.map((row, index) => ({ ...row, place: index + 1 }));

const at = (values: readonly number[], index: number): number => values[index] ?? NaN;

export const BLACKBOX_COLUMNS: readonly Column<NumberedRow>[] = [
  { id: 'model', label: 'Model', text: ({ model }) => model },
  { id: 'gpu', label: 'GPU', text: ({ gpu }) => gpu },
  { id: 'tp', label: 'TP', isNumeric: true, text: ({ tp }) => String(tp), order: ({ tp }) => tp },
  { id: 'vllm', label: 'vLLM', text: ({ vllmVersion }) => shortVersion(vllmVersion) },
  coefficient('a0', 'α₀', 'Queueing, µs per request', ({ alpha }) => at(alpha, 0)),
  coefficient('a1', 'α₁', 'Queueing, µs per prompt token', ({ alpha }) => at(alpha, 1)),
  coefficient('a2', 'α₂', 'µs per output token, outside the step', ({ alpha }) => at(alpha, 2)),
  coefficient('b0', 'β₀', 'µs per step', ({ beta }) => at(beta, 0)),
  coefficient('b1', 'β₁', 'µs per prefill token', ({ beta }) => at(beta, 1)),
  coefficient('b2', 'β₂', 'µs per decode token', ({ beta }) => at(beta, 2)),
  coefficient(
    'loss',
    'Fit loss',
    'Calibration residual published with the row',
    ({ fitLoss }) => fitLoss ?? NaN,
  ),
  {
    id: 'state',
    label: 'Found',
    title: 'An earlier row with the same key hides this one',
    text: ({ isShadowed }) => (isShadowed ? 'never: earlier row wins' : 'yes'),
  },
];

function coefficient(
  id: string,
  label: string,
  title: string,
  read: (row: NumberedRow) => number,
): Column<NumberedRow> {
  return {
    id,
    label,
    title,
    isNumeric: true,
    order: (row) => (Number.isNaN(read(row)) ? -1 : read(row)),
    text: (row) => (Number.isNaN(read(row)) ? 'N/A' : showLatency(read(row))),
  };
}

export interface VectorRow {
  readonly symbol: string;
  readonly value: string;
  readonly unit: string;
  readonly meaning: string;
}

export interface VectorTable {
  readonly name: LatencyModelName;
  readonly source: string;
  readonly rows: readonly VectorRow[];
}

type Meaning = readonly [symbol: string, unit: string, meaning: string];

const TRAINED_ALPHA: readonly Meaning[] = [
  ['α₀', 'µs', 'queueing time of a request'],
  ['α₁', 'µs', 'added once to E2E after decoding'],
  ['α₂', 'µs', 'per output token, outside the step'],
];
const PLAIN_ALPHA: readonly Meaning[] = [
  ['α₀', 'µs', 'queueing time of a request'],
  ['α₁', 'µs/token', 'queueing time per prompt token'],
  ['α₂', 'µs', 'per output token, outside the step'],
];
const CROSSMODEL_BETA: readonly Meaning[] = [
  ['β₀', 'µs/layer', 'per layer and step'],
  ['β₁', 'µs', 'per decode token, times the scaled KV size'],
  ['β₂', 'µs/token', 'per token of a mixture-of-experts model'],
  ['β₃', 'µs', 'once per step when TP > 1'],
];
const TRAINED_BETA: readonly Meaning[] = [
  ['β₁', '', 'prefill compute, or the larger of it and KV writing'],
  ['β₂', '', 'decode compute, or the larger of it and KV traffic'],
  ['β₃', '', 'weight reading'],
  ['β₄', '', 'all-reduce of tensor parallelism'],
  ['β₅', 'µs/layer', 'per layer'],
  ['β₆', 'µs', 'per batch member'],
  ['β₇', 'µs', 'per step'],
  ['β₈', 'µs/layer', 'per MoE layer of an interleaved model'],
  ['β₉', '', 'prefill KV writing, when compute stands alone'],
  ['β₁₀', '', 'decode KV traffic, when compute stands alone'],
];

export function vectorTables(catalog: Catalog): readonly VectorTable[] {
  const table = (
    name: LatencyModelName,
    vector: GlobalVector,
    alpha: readonly Meaning[],
    beta: readonly Meaning[],
  ): VectorTable => ({
    name,
    source: vector.source,
    rows: [...rowsOf(alpha, vector.alpha), ...rowsOf(beta, vector.beta)],
  });
  return [
    table('crossmodel', catalog.crossmodel, PLAIN_ALPHA, CROSSMODEL_BETA),
    table('trained-roofline', catalog.trainedRoofline, TRAINED_ALPHA, TRAINED_BETA),
    table('trained-physics', catalog.trainedPhysics, TRAINED_ALPHA, TRAINED_BETA),
  ];
}

const rowsOf = (meanings: readonly Meaning[], values: readonly number[]): readonly VectorRow[] =>
  values.flatMap((value, index) => {
    const meaning = meanings[index];
    if (meaning === undefined) return [];
    const [symbol, unit, words] = meaning;
    return [{ symbol, value: String(value), unit, meaning: words }];
  });
