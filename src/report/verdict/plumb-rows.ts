// What the plumb plot shows: for every experiment, predicted ÷ measured of each simulator, grouped by model. Ratios, because a
// percentage error cannot exceed 100 % when a simulator is too fast and so flatters it.

import { group } from 'd3-array';
import { SUMMARY_STAGE } from '../../domain/experiment';
import type { ErrorRecord, MetricName } from '../../domain/prediction';
import { quantileSorted, sorted } from '../../validation/statistics/order';
import { naturalOrder } from './error-table';

export interface PlumbMark {
  readonly simulator: string;
  /** 0 where 0 was predicted. */
  readonly ratio: number;
  readonly predictedMs: number;
  readonly measuredMs: number;
}

export interface PlumbRow {
  readonly folder: string;
  readonly expId: number;
  readonly workload: string;
  readonly marks: readonly PlumbMark[];
}

export interface PlumbRows {
  readonly groups: readonly { readonly key: string; readonly rows: readonly PlumbRow[] }[];
  /** Experiments whose measured value is 0, so that no ratio exists. */
  readonly measuredZero: readonly number[];
}

/** Summary rows only; one row an experiment. */
export function plumbRows(records: readonly ErrorRecord[], metric: MetricName): PlumbRows {
  const wanted = records.filter(
    (record) => record.metricName === metric && record.stageIndex === SUMMARY_STAGE,
  );
  const measuredZero = new Set<number>();
  const groups = [...group(wanted, (record) => modelName(record.model))]
    .sort(([left], [right]) => naturalOrder(left, right))
    .map(([key, own]) => ({
      key,
      rows: [...group(own, (record) => record.experimentFolder).values()]
        .flatMap((rows) => {
          const first = rows[0];
          if (!first) return [];
          if (first.actual === 0) measuredZero.add(first.expId);
          const marks = rows
            .filter((record) => record.actual > 0)
            .map((record) => ({
              simulator: record.simulator,
              ratio: record.predicted / record.actual,
              predictedMs: record.predicted,
              measuredMs: record.actual,
            }));
          if (marks.length === 0) return [];
          return [{ folder: first.experimentFolder, expId: first.expId, workload: first.workload, marks }];
        })
        .sort((left, right) => left.expId - right.expId || naturalOrder(left.folder, right.folder)),
    }))
    .filter(({ rows }) => rows.length > 0);
  return { groups, measuredZero: [...measuredZero].sort((left, right) => left - right) };
}

/** How a simulator's ratios lie over many experiments. */
export interface PlumbStrip {
  readonly simulator: string;
  readonly count: number;
  /** At 10, 25, 50, 75 and 90 %. */
  readonly quantiles: readonly number[];
}

const STRIP_QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9];

/** What stands for the rows of a group where there are too many to draw; simulators without a mark are left out. */
export const plumbStrips = (
  rows: readonly PlumbRow[],
  simulators: readonly string[],
): readonly PlumbStrip[] =>
  simulators.flatMap((simulator) => {
    const ratios = sorted(
      rows.flatMap(({ marks }) =>
        marks.filter((mark) => mark.simulator === simulator).map(({ ratio }) => ratio),
      ),
    );
    const quantiles = STRIP_QUANTILES.flatMap((share) => quantileSorted(ratios, share) ?? []);
    return quantiles.length === 0 ? [] : [{ simulator, count: ratios.length, quantiles }];
  });

/** The last part of a HuggingFace id, which is what people call the model. */
export const modelName = (model: string): string => model.slice(model.lastIndexOf('/') + 1);
