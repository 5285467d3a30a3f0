// What every figure starts from (validator spec 13.2): the summary rows, each with its configuration tag, and the runtimes.

import { pythonFloat } from '../../base/python-numbers';
import { SUMMARY_STAGE } from '../../domain/experiment';
import type { ErrorRow, RowContext, RuntimeRow } from '../../domain/record-rows';
import { modelFacts } from './axes';

export interface TaggedRow extends ErrorRow {
  readonly configTag: string;
}

export interface FigureData {
  /** In file order. */
  readonly summary: readonly TaggedRow[];
  readonly runtimes: readonly RuntimeRow[];
  /** Some row says which hardware it ran on; without, filters on the configuration cannot be applied. */
  readonly hasMetadata: boolean;
}

export const DEFAULT_TAG = 'default';

/** `hasConfigTag`: the file states the tags itself, and they are taken as they are. */
export function prepareFigureData(
  errors: readonly ErrorRow[],
  runtimes: readonly RuntimeRow[],
  hasConfigTag = false,
): FigureData {
  const summary = errors.filter((row) => row.stageIndex === SUMMARY_STAGE);
  const hasTokenBudgets = summary.some((row) => row.maxNumBatchedTokens !== undefined);
  const tag = (row: ErrorRow): string => {
    if (hasConfigTag) return row.configTag ?? '';
    return hasTokenBudgets ? configTag(row) : DEFAULT_TAG;
  };
  return {
    summary: summary.map((row) => ({ ...row, configTag: tag(row) })),
    runtimes,
    hasMetadata: summary.some((row) => row.hardware !== undefined),
  };
}

/** In what an experiment departs from its model's usual configuration; the first departure names it. */
export function configTag(row: RowContext): string {
  const { isMoe, defaultTp } = modelFacts(row.model);
  if (row.maxNumBatchedTokens !== undefined && row.maxNumBatchedTokens !== 2048) {
    return `mbt=${Math.trunc(row.maxNumBatchedTokens)}`;
  }
  if (row.cpuOffload === true) return 'cpu-offload';
  if (row.gpuMemUtil !== undefined && row.gpuMemUtil !== 0.9) return `gpu-${pythonFloat(row.gpuMemUtil)}`;
  if (row.dp !== undefined && row.dp > 1) {
    return isMoe ? `ep=${Math.trunc(row.dp * (row.tp ?? 1))}` : `dp=${Math.trunc(row.dp)}`;
  }
  if (row.tp !== undefined && row.tp !== defaultTp) return `tp=${Math.trunc(row.tp)}`;
  return DEFAULT_TAG;
}
