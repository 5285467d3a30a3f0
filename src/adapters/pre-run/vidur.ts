// The `vidur` adapter (sim-to-real 5b12a00, experiment/adapters/vidur.py): reads back a finished run. Stages are told apart by the row
// number among the usable rows, not by time, so that a dropped row moves all later ones.

import { fail, ok, type Result } from '../../base/result';
import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../../domain/experiment';
import type { SimulatorResult } from '../../domain/prediction';
import type { Proposal } from '../../sources/pre-run/associate';
import { plannedRequests } from '../../sources/pre-run/planned-requests';
import { VIDUR_DEVICES, VIDUR_MODELS } from '../../sources/pre-run/simulator-names';
import type { VidurRequests } from '../../sources/pre-run/vidur-requests';
import type { Adapter } from '../adapter';
import { hardwareIn, type Rule } from '../eligibility';
import { stageMetrics, type RequestOutcomes } from '../stage-statistics';
import { assignedTo, importEligibility, outsideLimits } from './assigned';
import { resultFromRows } from './row-results';

const NAME = 'vidur';

export const VIDUR_RULES: readonly Rule[] = [
  {
    cause: 'model',
    refuses: ({ model }) =>
      VIDUR_MODELS.includes(model)
        ? undefined
        : `Vidur has profiles for ${VIDUR_MODELS.join(', ')}; this experiment served ${model}.`,
  },
  hardwareIn(Object.keys(VIDUR_DEVICES), 'Vidur'),
  {
    cause: 'precision',
    refuses: ({ precision }) =>
      precision === 'FP8' ? 'Vidur computes in FP16; this experiment served FP8.' : undefined,
  },
  {
    cause: 'offload',
    refuses: ({ cpuOffload }) =>
      cpuOffload ? 'Vidur does not model KV-cache offloading; this experiment had it on.' : undefined,
  },
];

export const vidur: Adapter = {
  name: NAME,
  label: 'Vidur',
  isImported: true,
  canRun: (experiment, context) => importEligibility(VIDUR_RULES, NAME, 'Vidur', experiment, context),
  run: (experiment, context) => Promise.resolve(read(experiment, assignedTo(context, NAME, experiment))),
};

function read(experiment: Experiment, proposal: Proposal | undefined): Result<SimulatorResult> {
  if (proposal === undefined) {
    return fail({ code: 'missing-file', message: `No Vidur result is assigned to ${experiment.folder}.` });
  }
  const { result } = proposal;
  if (result.kind === 'rows') return resultFromRows(experiment, proposal, result.rows);
  if (result.kind !== 'vidur') {
    return fail({ code: 'bad-value', file: result.file, message: `${result.file} is no Vidur result.` });
  }
  const { stages, summary } = vidurStages(experiment.stages, result.requests);
  return ok({
    simulator: NAME,
    expId: experiment.expId,
    folder: experiment.folder,
    stages,
    summary,
    ...(proposal.wallClockSeconds === undefined ? {} : { wallClockSeconds: proposal.wallClockSeconds }),
    notes: [
      `Imported from ${result.file}: ${proposal.reason}`,
      ...outsideLimits(VIDUR_RULES, experiment),
      ...proposal.warnings,
    ],
  });
}

type Window = Pick<StageMetrics, 'stageIndex' | 'rateRps' | 'durationS'>;

/** Stage metrics by row number; the rows beyond the plan go to the last stage. */
export function vidurStages(
  windows: readonly Window[],
  requests: VidurRequests,
): { readonly stages: readonly StageMetrics[]; readonly summary: StageMetrics } {
  const toMs = (seconds: Float64Array): Float64Array => seconds.map((value) => value * 1000);
  const outcomes: RequestOutcomes = {
    e2eMs: toMs(requests.e2eS),
    ttftMs: toMs(requests.ttftS),
    itlMs: toMs(requests.itlS),
    inputTokens: requests.prefillTokens,
    outputTokens: requests.decodeTokens,
  };
  const rows = Array.from({ length: requests.count }, (_, row) => row);
  let start = 0;
  const stages = windows.map((window, index) => {
    const end = index === windows.length - 1 ? requests.count : start + plannedRequests(window);
    const own = rows.slice(start, end);
    start = end;
    return stageMetrics(windowOf(window), outcomes, own);
  });
  const durationS = windows.reduce((sum, window) => sum + window.durationS, 0);
  return {
    stages,
    summary: stageMetrics({ stageIndex: SUMMARY_STAGE, rateRps: 0, durationS }, outcomes, rows),
  };
}

const windowOf = ({ stageIndex, rateRps, durationS }: Window): Window => ({ stageIndex, rateRps, durationS });
