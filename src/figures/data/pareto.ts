// Figure 5: accuracy against speed (validator spec 13.6). One point a simulator: medians and quartiles over experiments.

import { experimentKey } from '../../domain/record-rows';
import { median, quantile } from '../../validation/statistics/order';
import type { FigureData } from './prepare';
import { inAxisOrder } from './simulators';

export interface Spread {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

export interface ParetoPoint {
  readonly simulator: string;
  /** Percent, over experiments; each experiment is the median of its summary metrics. */
  readonly mape: Spread;
  readonly runtimeS: Spread;
  /** Experiments behind the error. */
  readonly count: number;
  /** No other point is at least as good in both and better in one. */
  readonly onFrontier: boolean;
}

export interface ParetoData {
  /** In axis order. */
  readonly points: readonly ParetoPoint[];
  /** Experiments that any simulator covers. */
  readonly experimentCount: number;
}

export function selectPareto(data: FigureData): ParetoData | undefined {
  const candidates = inAxisOrder(data.summary.map((row) => row.simulator)).flatMap((simulator) => {
    const byExperiment = new Map<string, number[]>();
    for (const row of data.summary) {
      if (row.simulator !== simulator) continue;
      const key = experimentKey(row);
      const values = byExperiment.get(key);
      if (values === undefined) byExperiment.set(key, [row.mape]);
      else values.push(row.mape);
    }
    const mape = spread([...byExperiment.values()].flatMap((values) => median(values) ?? []));
    const runtimeS = spread(
      data.runtimes.filter((row) => row.simulator === simulator).map((row) => row.wallClockSeconds),
    );
    return mape === undefined || runtimeS === undefined
      ? []
      : [{ simulator, mape, runtimeS, count: byExperiment.size }];
  });
  if (candidates.length === 0) return undefined;
  return {
    points: candidates.map((point) => ({
      ...point,
      onFrontier: !candidates.some((other) => dominates(other, point)),
    })),
    experimentCount: new Set(data.summary.map(experimentKey)).size,
  };
}

type Candidate = Pick<ParetoPoint, 'mape' | 'runtimeS'>;

function dominates(a: Candidate, b: Candidate): boolean {
  return (
    a.mape.median <= b.mape.median &&
    a.runtimeS.median <= b.runtimeS.median &&
    (a.mape.median < b.mape.median || a.runtimeS.median < b.runtimeS.median)
  );
}

function spread(values: readonly number[]): Spread | undefined {
  const middle = median(values);
  const q1 = quantile(values, 0.25);
  const q3 = quantile(values, 0.75);
  return middle === undefined || q1 === undefined || q3 === undefined
    ? undefined
    : { median: middle, q1, q3 };
}
