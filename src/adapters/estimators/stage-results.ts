// Estimates at several concurrencies → the prediction for an experiment (sim-to-real 5b12a00, both estimator adapters). Means only:
// percentiles stay absent, and with them their comparisons.

import { ok, type Result } from '../../base/result';
import {
  SUMMARY_STAGE,
  type Experiment,
  type StageMetrics,
  type ThroughputMetrics,
} from '../../domain/experiment';
import type { PredictionBasis, SimulatorResult } from '../../domain/prediction';
import { matchThroughput } from './match-throughput';

/** One operating point that a stage may be matched to. */
export interface OperatingPoint {
  readonly label: string;
  readonly e2eMs: number;
  readonly ttftMs: number;
  readonly itlMs: number;
  readonly throughput: ThroughputMetrics;
}

/** Matches each stage by its request rate; the summary weights latencies by requests and throughputs by duration. */
export function resultFromPoints(
  simulator: string,
  experiment: Experiment,
  points: readonly OperatingPoint[],
  notes: readonly string[],
  basis?: PredictionBasis,
): Result<SimulatorResult> {
  const rates = points.map((point) => point.throughput.requestsPerSec);
  const stages: StageMetrics[] = [];
  const matches: string[] = [];
  for (const stage of experiment.stages) {
    const index = matchThroughput(rates, stage.rateRps);
    if (!index.ok) return index;
    const point = points[index.value];
    if (point === undefined) continue;
    matches.push(`stage ${String(stage.stageIndex)} at ${point.label}`);
    stages.push({
      stageIndex: stage.stageIndex,
      rateRps: stage.rateRps,
      durationS: stage.durationS,
      numRequests: stage.numRequests,
      e2e: { mean: point.e2eMs },
      ttft: { mean: point.ttftMs },
      itl: { mean: point.itlMs },
      throughput: point.throughput,
    });
  }
  return ok({
    simulator,
    expId: experiment.expId,
    folder: experiment.folder,
    stages,
    summary: summarise(stages),
    ...(basis === undefined ? {} : { basis }),
    notes: [...notes, `Matched by request rate: ${matches.join(', ')}.`],
  });
}

function summarise(stages: readonly StageMetrics[]): StageMetrics {
  const requests = stages.reduce((sum, stage) => sum + stage.numRequests, 0);
  const seconds = stages.reduce((sum, stage) => sum + stage.durationS, 0);
  const weighted = (
    value: (stage: StageMetrics) => number | undefined,
    weight: (stage: StageMetrics) => number,
  ) => stages.reduce((sum, stage) => sum + (value(stage) ?? 0) * weight(stage), 0);
  const latency = (value: (stage: StageMetrics) => number | undefined): { readonly mean: number } => ({
    mean: requests > 0 ? weighted(value, (stage) => stage.numRequests) / requests : 0,
  });
  const perSecond = (value: (stage: StageMetrics) => number): number =>
    requests > 0 && seconds > 0 ? weighted(value, (stage) => stage.durationS) / seconds : 0;
  return {
    stageIndex: SUMMARY_STAGE,
    rateRps: 0,
    durationS: 0,
    numRequests: requests,
    e2e: latency((stage) => stage.e2e.mean),
    ttft: latency((stage) => stage.ttft.mean),
    itl: latency((stage) => stage.itl.mean),
    throughput: {
      inputTokensPerSec: perSecond((stage) => stage.throughput.inputTokensPerSec),
      outputTokensPerSec: perSecond((stage) => stage.throughput.outputTokensPerSec),
      requestsPerSec: perSecond((stage) => stage.throughput.requestsPerSec),
    },
  };
}
