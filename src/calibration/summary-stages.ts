// From an experiment's stage summaries to generated runs, for experiments without per-request rows.

import { fail, ok, type Result } from '../base/result';
import type { Experiment, StageMetrics } from '../domain/experiment';
import { generatedRun, type StageLoad } from './generated-run';
import { describeDeployment, type HardwareFacts, type PrepareOptions } from './prepare';
import type { PreparedRun } from './prepared-run';
import type { PromptReuse } from '../workload/prompt-reuse';
import { replicaCount, type MeasuredSummary, type SummaryStage } from './summaries';

/** Stage statistics carry no lengths; rates of tokens and requests do. */
function loadOf(
  { profile }: Experiment,
  { rateRps, durationS, numRequests, throughput }: StageMetrics,
): StageLoad {
  const perRequest = (tokensPerSec: number): number | undefined =>
    throughput.requestsPerSec > 0 && tokensPerSec > 0 ? tokensPerSec / throughput.requestsPerSec : undefined;
  const stated =
    profile.questionLen === undefined ? undefined : profile.questionLen + (profile.systemPromptLen ?? 0);
  const fixed = profile.ignoreEos === true ? profile.outputLen : undefined;
  return {
    rateRps,
    requests: numRequests > 0 ? numRequests : rateRps * durationS,
    promptTokens: perRequest(throughput.inputTokensPerSec) ?? stated ?? NaN,
    outputTokens: fixed ?? perRequest(throughput.outputTokensPerSec) ?? profile.outputLen ?? NaN,
    systemPromptTokens: profile.systemPromptLen ?? 0,
  };
}

/** Decode time per token by the true length where that is known, not by the client's count. */
function measuredOf({ e2e, ttft, itl }: StageMetrics, outputTokens: number): MeasuredSummary {
  const derived =
    e2e.mean !== undefined && ttft.mean !== undefined && outputTokens > 1
      ? (e2e.mean - ttft.mean) / (outputTokens - 1)
      : itl.mean;
  const measured: { -readonly [name in keyof MeasuredSummary]: MeasuredSummary[name] } = {};
  if (e2e.mean !== undefined) measured.e2e_mean = e2e.mean;
  if (e2e.p90 !== undefined) measured.e2e_p90 = e2e.p90;
  if (ttft.mean !== undefined) measured.ttft_mean = ttft.mean;
  if (ttft.p90 !== undefined) measured.ttft_p90 = ttft.p90;
  if (derived !== undefined) measured.itl_mean = derived;
  return measured;
}

/** One stage of the summaries with the draws that stand for its arrivals. */
export interface SummaryStageRun extends SummaryStage {
  readonly stageIndex: number;
  readonly stageMetrics: StageMetrics;
}

/** Generated draws for every stage of an experiment. */
export function summaryStages(
  experiment: Experiment,
  hardware: HardwareFacts,
  options: PrepareOptions = {},
  drawsFor: (requests: number) => number = replicaCount,
): Result<readonly SummaryStageRun[]> {
  const deployment = describeDeployment(experiment, hardware, options);
  if (!deployment.ok) return deployment;
  const reuse: PromptReuse =
    typeof options.promptPeriod === 'number'
      ? { kind: 'periodic', period: options.promptPeriod, share: NaN, medianElsewhere: NaN, source: 'stated' }
      : { kind: 'distinct', source: options.promptPeriod === 'distinct' ? 'stated' : 'detected' };
  const stages: SummaryStageRun[] = [];
  for (const metrics of experiment.stages) {
    const load = loadOf(experiment, metrics);
    if (!(load.rateRps > 0 && load.requests >= 1 && load.promptTokens >= 1 && load.outputTokens >= 1)) {
      return fail({
        code: 'missing-key',
        message: `Experiment ${experiment.folder}, stage ${metrics.stageIndex}: rate, request count and token lengths must be known to generate arrivals (found ${load.rateRps} req/s, ${load.requests} requests, ${load.promptTokens} prompt and ${load.outputTokens} output tokens).`,
        file: experiment.folder,
      });
    }
    const replicas: PreparedRun[] = Array.from({ length: drawsFor(load.requests) }, (_, replica) =>
      generatedRun(
        experiment,
        metrics.stageIndex,
        load,
        deployment.value,
        reuse,
        options.prefixCaching ?? true,
        replica,
      ),
    );
    stages.push({
      stageIndex: metrics.stageIndex,
      stageMetrics: metrics,
      replicas,
      measured: measuredOf(metrics, load.outputTokens),
    });
  }
  return ok(stages);
}
