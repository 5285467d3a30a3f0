// The decision trace in words and as CSV, and its summary (BLIS 87cc70ed sim/trace, sim/routing.go reason strings).

import { fixed } from '../base/c-format';
import { textAt } from '../base/columns';
import { priorityOf } from '../engine/cluster-block';
import type { ClusterConfig } from '../domain/cluster-config';
import type { RequestNames } from '../domain/request-names';
import {
  DECISION_STAGES,
  REFUSALS,
  type ClusterResult,
  type DecisionStage,
  type DecisionColumns,
} from '../domain/cluster-result';

const ADMISSION = DECISION_STAGES.indexOf('admission');
const ROUTING = DECISION_STAGES.indexOf('routing');
const BUDGET = REFUSALS.indexOf('tenant-budget-shed');

/** Why admission decided as it did; '' for admitted requests. */
function admissionReason(
  config: ClusterConfig,
  result: ClusterResult,
  trace: DecisionColumns,
  row: number,
): string {
  const sloClass = textAt(result.requests.sloClass, trace.request[row] ?? 0);
  const number = trace.number[row] ?? 0;
  switch (REFUSALS[trace.reason[row] ?? 0]) {
    case 'reject-all':
      return 'reject-all';
    case 'insufficient-tokens':
      return 'insufficient tokens';
    case 'tier-shed': {
      const priority = priorityOf(sloClass, config.sloPriorities);
      return `tier-shed: class=${sloClass} priority=${priority} < min=${config.admission.tierShedMinPriority} load=${number}`;
    }
    case 'gaie-saturated':
      return `gaie-saturated: class=${sloClass} saturation=${fixed(number, 2)}`;
    case 'tenant-budget-shed':
      return 'tenant-budget-shed';
    default:
      return '';
  }
}

function routingReason(config: ClusterConfig, trace: DecisionColumns, row: number): string {
  const number = trace.number[row] ?? 0;
  switch (config.routing.policy) {
    case 'round-robin':
      return `round-robin[${number}]`;
    case 'least-loaded':
      return `least-loaded (load=${number})`;
    case 'weighted':
      return `weighted-scoring (score=${fixed(number, 3)})`;
    case 'always-busiest':
      return `always-busiest (load=${number})`;
    case 'prefix-affinity':
      return trace.reason[row] === 1
        ? 'prefix-affinity (cache-hit)'
        : 'prefix-affinity (cache-miss, fallback to least-loaded)';
  }
}

/** The reference's reason string of one decision. */
export function decisionReason(
  config: ClusterConfig,
  result: ClusterResult,
  trace: DecisionColumns,
  row: number,
): string {
  switch (DECISION_STAGES[trace.stage[row] ?? 0]) {
    case 'routing':
      return routingReason(config, trace, row);
    case 'admission':
      return admissionReason(config, result, trace, row);
    case 'kv-transfer':
      return String(trace.number[row] ?? 0);
    default:
      return '';
  }
}

/** Part of a disaggregated request that a decision is about. */
const PART: Readonly<Partial<Record<DecisionStage, string>>> = {
  'prefill-routing': '_prefill',
  'decode-routing': '_decode',
};

/** The instance, a yes or no, or the number of blocks. */
export function shownValue(
  result: ClusterResult,
  trace: DecisionColumns,
  row: number,
  stage: DecisionStage,
): string {
  const value = trace.value[row] ?? 0;
  if (stage === 'kv-transfer') return String(value);
  if (stage === 'admission' || stage === 'disaggregation') return value === 1 ? 'true' : 'false';
  return result.instances[value]?.name ?? '';
}

/** A change of the fleet is about no request. */
export const isScaling = (stage: DecisionStage): boolean => stage === 'scale-up' || stage === 'scale-down';

/** Quotes a field where CSV needs it. */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * `decisions.csv`: columns stage, request, value, detail in order of execution. Admissions are left out when the policy
 * admitted everything.
 * @param idOf id of a request row.
 */
export function decisionsCsv(config: ClusterConfig, result: ClusterResult, idOf: RequestNames): string {
  const trace = result.decisions;
  const lines = ['stage,request,value,detail'];
  if (trace === undefined) return `${lines[0] ?? ''}\n`;
  const refused = trace.stage.some((stage, row) => stage === ADMISSION && trace.value[row] === 0);
  for (let row = 0; row < trace.count; row++) {
    const stage = DECISION_STAGES[trace.stage[row] ?? 0] ?? 'admission';
    if (stage === 'admission' && !refused) continue;
    const id = isScaling(stage) ? '' : idOf(trace.request[row] ?? 0);
    const reason = decisionReason(config, result, trace, row);
    lines.push(
      [stage, `${id}${PART[stage] ?? ''}`, shownValue(result, trace, row, stage), reason]
        .map(field)
        .join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

export interface TraceSummary {
  readonly decisions: number;
  readonly admitted: number;
  readonly rejected: number;
  /** Requests by instance name, names ascending; instances without any are absent. */
  readonly targets: readonly { readonly name: string; readonly count: number }[];
  readonly meanRegret: number;
  readonly maxRegret: number;
}

export function summarizeTrace(result: ClusterResult): TraceSummary | undefined {
  const trace = result.decisions;
  if (trace === undefined) return undefined;
  const targets = new Map<string, number>();
  let decisions = 0;
  let rejected = 0;
  let routings = 0;
  let regretSum = 0;
  let maxRegret = 0;
  for (let row = 0; row < trace.count; row++) {
    if (trace.stage[row] !== ROUTING) {
      if (trace.stage[row] !== ADMISSION) continue;
      decisions += 1;
      // The policy admitted, the tenant's budget did not.
      if (trace.value[row] === 0 || trace.reason[row] === BUDGET) rejected += 1;
      continue;
    }
    const name = result.instances[trace.value[row] ?? 0]?.name ?? '';
    targets.set(name, (targets.get(name) ?? 0) + 1);
    routings += 1;
    const regret = trace.regret[row] ?? 0;
    regretSum += regret;
    if (regret > maxRegret) maxRegret = regret;
  }
  return {
    decisions,
    admitted: decisions - rejected,
    rejected,
    targets: [...targets.keys()].sort().map((name) => ({ name, count: targets.get(name) ?? 0 })),
    meanRegret: routings > 0 ? regretSum / routings : 0,
    maxRegret,
  };
}

/** The section that `--summarize-trace` adds to standard output; '' without a trace. */
export function traceSummarySection(result: ClusterResult): string {
  const summary = summarizeTrace(result);
  if (summary === undefined) return '';
  const targets = summary.targets.map(({ name, count }) => `  ${name}: ${count}\n`);
  return (
    `=== Trace Summary ===\nTotal Decisions: ${summary.decisions}\n  Admitted: ${summary.admitted}\n` +
    `  Rejected: ${summary.rejected}\nUnique Targets: ${targets.length}\n` +
    (targets.length > 0 ? `Target Distribution:\n${targets.join('')}` : '') +
    `Mean Regret: ${fixed(summary.meanRegret, 6)}\nMax Regret: ${fixed(summary.maxRegret, 6)}\n`
  );
}
