// The text that BLIS 87cc70ed prints after its aggregate (cmd/root.go): sections appear only when they have something to say.
// Times in these sections are ticks (µs).

import { fixed } from '../base/c-format';
import { textAt, type TextColumn } from '../base/columns';
import type { PriorityPolicy } from '../domain/run-config';
import type { Aggregate, KvSummary, RequestResultColumns, RunResult } from '../domain/run-result';
import { aggregateJson } from './blis-output';
import type { Fitness } from './fitness';
import { priorityInversions } from './priority-inversions';

export interface SectionOptions {
  readonly priorityPolicy: PriorityPolicy;
  readonly fitness?: Fitness;
}

/** Everything on standard output, newline at the end. */
export function reportText(result: RunResult, options: SectionOptions): string {
  return [
    '=== Simulation Metrics ===\n',
    `${aggregateJson(result.aggregate)}\n`,
    fitnessSection(options.fitness),
    anomalySection(anomaliesOf(result, options.priorityPolicy), result.aggregate),
    kvSection(result.kv),
    sloSection(result.requests),
    modelSection(result.requests, result.aggregate),
    tenantSection(result.requests),
  ].join('');
}

export function fitnessSection(fitness: Fitness | undefined): string {
  if (fitness === undefined) return '';
  const lines = fitness.components.map(({ key, value }) => `  ${key}: ${fixed(value, 6)}\n`);
  return `=== Fitness Evaluation ===\nScore: ${fixed(fitness.score, 6)}\n${lines.join('')}`;
}

export interface Anomalies {
  readonly priorityInversions: number;
  readonly holBlocking: number;
  readonly routingRejections: number;
  /** Requests turned away by admission, by SLO class. */
  readonly shedByClass: Readonly<Record<string, number>>;
  readonly gatewayDepth: number;
  readonly gatewayShed: number;
}

function anomaliesOf(result: RunResult, policy: PriorityPolicy): Anomalies {
  return {
    priorityInversions: policy === 'constant' ? 0 : priorityInversions(result.requests),
    holBlocking: 0,
    routingRejections: result.routingRejections,
    shedByClass: {},
    gatewayDepth: 0,
    gatewayShed: 0,
  };
}

export function anomalySection(anomalies: Anomalies, aggregate: Aggregate): string {
  const { dropped_unservable: dropped, length_capped_requests: capped } = aggregate;
  const { priorityInversions: inversions, holBlocking, routingRejections, shedByClass } = anomalies;
  const classes = Object.keys(shedByClass).sort();
  const turnedAway = classes.reduce((sum, name) => sum + (shedByClass[name] ?? 0), 0);
  const { gatewayDepth, gatewayShed } = anomalies;
  const atGateway = gatewayDepth + gatewayShed;
  if (inversions + holBlocking + turnedAway + routingRejections + dropped + capped + atGateway === 0)
    return '';
  const shed = classes.map((name) => `  Shed (${name}): ${shedByClass[name] ?? 0}\n`);
  return (
    `=== Anomaly Counters ===\nPriority Inversions: ${inversions}\nHOL Blocking Events: ${holBlocking}\n` +
    `Rejected Requests (Admission): ${turnedAway}\n${shed.join('')}` +
    `Rejected Requests (Routing): ${routingRejections}\n` +
    `Dropped Unservable: ${dropped}\nLength-Capped Requests: ${capped}\n` +
    (gatewayDepth > 0 ? `Gateway Queue Depth (horizon): ${gatewayDepth}\n` : '') +
    (gatewayShed > 0 ? `Gateway Queue Shed: ${gatewayShed}\n` : '')
  );
}

export function kvSection(kv: KvSummary): string {
  if (kv.preemptionRate === 0 && kv.cacheHitRate === 0 && kv.thrashingRate === 0) return '';
  return (
    `=== KV Cache Metrics ===\nPreemption Rate: ${fixed(kv.preemptionRate, 4)}\n` +
    `Cache Hit Rate: ${fixed(kv.cacheHitRate, 4)}\nKV Thrashing Rate: ${fixed(kv.thrashingRate, 4)}\n`
  );
}

interface Group {
  readonly name: string;
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly completed: number;
  readonly outputTokens: number;
}

/**
 * Groups of the requests with TTFT or E2E, by name; `unnamed` names those without a label, absent leaves them out. Fewer than
 * `least` groups are of no interest.
 */
function groupsOf(
  requests: RequestResultColumns,
  labels: TextColumn,
  unnamed: string | undefined,
  least = 1,
): Group[] {
  if (labels.names.length + (unnamed === undefined ? 0 : 1) < least) return [];
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < requests.count; row++) {
    if (Number.isNaN(requests.ttftUs[row] ?? NaN) && Number.isNaN(requests.e2eUs[row] ?? NaN)) continue;
    const name = textAt(labels, row) || unnamed;
    if (name === undefined) continue;
    const rows = rowsOf.get(name);
    if (rows === undefined) rowsOf.set(name, [row]);
    else rows.push(row);
  }
  if (rowsOf.size < least) return [];
  const present = (column: Float64Array, rows: readonly number[]): Float64Array =>
    Float64Array.from(rows, (row) => column[row] ?? NaN)
      .filter((value) => !Number.isNaN(value))
      .sort();
  return [...rowsOf.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rows]) => {
      const done = rows.filter((row) => !Number.isNaN(requests.e2eUs[row] ?? NaN));
      return {
        name,
        ttftUs: present(requests.ttftUs, rows),
        e2eUs: present(requests.e2eUs, rows),
        completed: done.length,
        outputTokens: done.reduce((sum, row) => sum + (requests.outputTokens[row] ?? 0), 0),
      };
    });
}

/** Of ascending values; 0 if there are none. */
export function percentile(values: Float64Array, percent: number): number {
  if (values.length === 0) return 0;
  const rank = (percent / 100) * (values.length - 1);
  const low = Math.floor(rank);
  const below = values[low] ?? 0;
  const above = values[Math.ceil(rank)] ?? 0;
  return low === Math.ceil(rank) ? below : below + (rank - low) * (above - below);
}

export const mean = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

export function sloSection(requests: RequestResultColumns): string {
  const groups = groupsOf(requests, requests.sloClass, 'default', 2);
  if (groups.length === 0) return '';
  const line = (label: string, values: Float64Array): string =>
    `    ${label} mean=${fixed(mean(values), 2)} p99=${fixed(percentile(values, 99), 2)} (n=${values.length})\n`;
  const parts = groups.map((g) => `  ${g.name}:\n${line('TTFT:', g.ttftUs)}${line('E2E: ', g.e2eUs)}`);
  return `=== Per-SLO Metrics ===\n${parts.join('')}`;
}

export function modelSection(requests: RequestResultColumns, aggregate: Aggregate): string {
  const groups = groupsOf(requests, requests.model, undefined);
  if (groups.length === 0) return '';
  const durationS = aggregate.vllm_estimated_duration_s;
  const line = (label: string, values: Float64Array): string =>
    `    ${label} p50=${fixed(percentile(values, 50), 2)} p99=${fixed(percentile(values, 99), 2)} (n=${values.length})\n`;
  const perSecond = (amount: number): string => fixed(durationS > 0 ? amount / durationS : 0, 2);
  const parts = groups.map(
    (g) =>
      `  ${g.name}:\n${line('TTFT:', g.ttftUs)}${line('E2E: ', g.e2eUs)}` +
      `    Throughput: ${perSecond(g.completed)} req/s, ${perSecond(g.outputTokens)} tok/s\n`,
  );
  return `=== Per-Model Metrics ===\n${parts.join('')}`;
}

/** Jain's fairness index: 1 = all equal, 1/n = one has everything. The order of the sums is part of the definition. */
export function jainIndex(values: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

export function tenantSection(requests: RequestResultColumns): string {
  const groups = groupsOf(requests, requests.tenantId, undefined).filter((g) => g.completed > 0);
  if (groups.length === 0) return '';
  const lines = groups.map((g) => `  ${g.name}: requests=${g.completed}, tokens=${g.outputTokens}\n`);
  const jain = jainIndex(groups.map(({ outputTokens }) => outputTokens));
  return `=== Per-Tenant Metrics ===\n${lines.join('')}  Jain Fairness Index: ${fixed(jain, 4)}\n`;
}
