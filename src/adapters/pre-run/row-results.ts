// Imported result rows of any simulator as a prediction, and as adapters of their own where the simulator is none of ours. Rows carry
// latencies only: token and request rates are not known.

import { fail, ok, type Result } from '../../base/result';
import {
  SUMMARY_STAGE,
  type Experiment,
  type LatencyDistribution,
  type StageMetrics,
} from '../../domain/experiment';
import type { SimulatorResult } from '../../domain/prediction';
import type { Proposal } from '../../sources/pre-run/associate';
import type { PredictedValue, RowResult } from '../../sources/pre-run/simulator-rows';
import type { Adapter } from '../adapter';
import { assignedTo } from './assigned';

const UNKNOWN_THROUGHPUT = { inputTokensPerSec: NaN, outputTokensPerSec: NaN, requestsPerSec: NaN };

export function resultFromRows(
  experiment: Experiment,
  proposal: Proposal,
  rows: RowResult,
): Result<SimulatorResult> {
  const summaryValues = rows.values.filter(({ stageIndex }) => stageIndex === SUMMARY_STAGE);
  const stages = experiment.stages.flatMap((stage) => {
    const values = rows.values.filter(({ stageIndex }) => stageIndex === stage.stageIndex);
    return values.length === 0 ? [] : [metricsOf(stage, values)];
  });
  if (stages.length === 0 && summaryValues.length === 0) {
    return fail({
      code: 'bad-value',
      file: proposal.result.file,
      message: `${proposal.result.file}: no row of ${rows.simulator} belongs to a stage of ${experiment.folder}.`,
    });
  }
  const { wallClockSeconds } = proposal;
  return ok({
    simulator: rows.simulator,
    expId: experiment.expId,
    folder: experiment.folder,
    stages,
    summary: metricsOf(experiment.summary, summaryValues),
    ...(wallClockSeconds === undefined ? {} : { wallClockSeconds }),
    notes: [`Imported from ${proposal.result.file}: ${proposal.reason}`, ...proposal.warnings],
  });
}

function metricsOf(stage: StageMetrics, values: readonly PredictedValue[]): StageMetrics {
  const distribution = (prefix: 'e2e' | 'ttft' | 'itl'): LatencyDistribution => {
    const find = (statistic: 'mean' | 'p90' | 'p99') =>
      values.find(({ metric }) => metric === `${prefix}_${statistic}`)?.predicted;
    const [mean, p90, p99] = [find('mean'), find('p90'), find('p99')];
    return {
      ...(mean === undefined ? {} : { mean }),
      ...(p90 === undefined ? {} : { p90 }),
      ...(p99 === undefined ? {} : { p99 }),
    };
  };
  return {
    stageIndex: stage.stageIndex,
    rateRps: stage.rateRps,
    durationS: stage.durationS,
    numRequests: stage.numRequests,
    e2e: distribution('e2e'),
    ttft: distribution('ttft'),
    itl: distribution('itl'),
    throughput: UNKNOWN_THROUGHPUT,
  };
}

/**
 * Adapters for the simulators that occur in imported rows, except `importing` ones, which take rows themselves. A simulator that we
 * compute too gets its imported rows under a name of their own, so that both can be compared.
 */
export function rowAdapters(
  preRun: readonly Proposal[],
  computed: readonly string[],
  importing: readonly string[],
): readonly Adapter[] {
  const names = preRun.filter(({ result }) => result.kind === 'rows').map(({ simulator }) => simulator);
  return [...new Set(names)]
    .filter((name) => !importing.includes(name))
    .map((simulator): Adapter => {
      const name = computed.includes(simulator) ? `${simulator} (imported)` : simulator;
      return {
        name,
        label: name,
        isImported: true,
        importedName: simulator,
        canRun: (experiment, context) =>
          assignedTo(context, simulator, experiment) === undefined
            ? {
                canRun: false,
                cause: 'import',
                reason: `The imported rows of ${simulator} hold nothing for this experiment.`,
              }
            : { canRun: true },
        run: (experiment, context) => {
          const proposal = assignedTo(context, simulator, experiment);
          if (proposal?.result.kind !== 'rows') {
            const message = `No rows of ${simulator} are assigned to ${experiment.folder}.`;
            return Promise.resolve(fail({ code: 'missing-file', message }));
          }
          const result = resultFromRows(experiment, proposal, proposal.result.rows);
          return Promise.resolve(result.ok ? ok({ ...result.value, simulator: name }) : result);
        },
      };
    });
}
