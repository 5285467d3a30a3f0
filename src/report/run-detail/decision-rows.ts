// The decision trace for a table at a cursor, and regret over time.

import type { ClusterConfig } from '../../domain/cluster-config';
import {
  DECISION_STAGES,
  type ClusterResult,
  type DecisionColumns,
  type DecisionStage,
} from '../../domain/cluster-result';
import type { RequestNames } from '../../domain/request-names';
import type { CandidateRow, DecisionRow, RegretColumns } from '../../domain/run-answers';
import type { Window } from '../../domain/timeline';
import { decisionReason, isScaling, shownValue } from '../decisions';
import { firstAtLeast } from '../timeline/pixel-columns';

const ADMISSION = DECISION_STAGES.indexOf('admission');
const ROUTING = DECISION_STAGES.indexOf('routing');

/** Admissions that let a request in say nothing. */
const isTold = (trace: DecisionColumns, row: number): boolean =>
  trace.stage[row] !== ADMISSION || trace.value[row] !== 1 || trace.reason[row] !== 0;

/** How many decisions of each kind are told. */
export function toldStages(trace: DecisionColumns): readonly { stage: DecisionStage; count: number }[] {
  const counts = DECISION_STAGES.map(() => 0);
  for (let row = 0; row < trace.count; row++) {
    const stage = trace.stage[row] ?? 0;
    if (isTold(trace, row)) counts[stage] = (counts[stage] ?? 0) + 1;
  }
  return DECISION_STAGES.map((stage, index) => ({ stage, count: counts[index] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
}

/** `rows` decisions about `aroundUs`, half of them before it where there are enough behind it. */
export function decisionsAround(
  config: ClusterConfig,
  result: ClusterResult,
  idOf: RequestNames,
  aroundUs: number,
  rows: number,
): readonly DecisionRow[] {
  const trace = result.decisions;
  if (trace === undefined) return [];
  const middle = firstAtLeast(trace.atUs, aroundUs);
  const found: number[] = [];
  for (let row = middle - 1; row >= 0 && found.length < rows >> 1; row--)
    if (isTold(trace, row)) found.unshift(row);
  for (let row = middle; row < trace.count && found.length < rows; row++)
    if (isTold(trace, row)) found.push(row);
  for (let row = (found[0] ?? 0) - 1; row >= 0 && found.length < rows; row--)
    if (isTold(trace, row)) found.unshift(row);
  return found.map((row) => decisionRow(config, result, trace, idOf, row));
}

function decisionRow(
  config: ClusterConfig,
  result: ClusterResult,
  trace: DecisionColumns,
  idOf: RequestNames,
  row: number,
): DecisionRow {
  const stage = DECISION_STAGES[trace.stage[row] ?? 0] ?? 'admission';
  const count = trace.candidateCount[row] ?? 0;
  return {
    row,
    atUs: trace.atUs[row] ?? NaN,
    stage,
    request: isScaling(stage) ? '' : idOf(trace.request[row] ?? 0),
    value: shownValue(result, trace, row, stage),
    reason: decisionReason(config, result, trace, row),
    ...(count > 0 ? { regret: trace.regret[row] ?? 0 } : {}),
    candidates: Array.from({ length: count }, (_, at): CandidateRow => {
      const slot = row * trace.candidates + at;
      return {
        instance: result.instances[trace.candidateInstance[slot] ?? -1]?.name ?? '',
        score: trace.candidateScore[slot] ?? NaN,
        queueDepth: trace.candidateQueueDepth[slot] ?? 0,
        batchSize: trace.candidateBatchSize[slot] ?? 0,
        inFlight: trace.candidateInFlight[slot] ?? 0,
        kvUtilization: trace.candidateKvUtilization[slot] ?? NaN,
      };
    }),
  };
}

/** Greatest regret of the routings in each column, and the mean of all up to its end. */
export function regretsIn(trace: DecisionColumns, { fromUs, toUs, columns }: Window): RegretColumns {
  const greatest = new Float64Array(columns).fill(NaN);
  const meanSoFar = new Float64Array(columns).fill(NaN);
  let sum = 0;
  let count = 0;
  let row = 0;
  for (let column = -1; column < columns; column++) {
    const until = fromUs + ((column + 1) * (toUs - fromUs)) / columns;
    for (; row < trace.count && (trace.atUs[row] ?? 0) < until; row++) {
      if (trace.stage[row] !== ROUTING) continue;
      const regret = trace.regret[row] ?? 0;
      sum += regret;
      count++;
      // NaN compares as false, so the first value always enters.
      if (column >= 0 && !((greatest[column] ?? NaN) >= regret)) greatest[column] = regret;
    }
    if (column >= 0 && count > 0) meanSoFar[column] = sum / count;
  }
  return { fromUs, toUs, greatest, meanSoFar };
}
