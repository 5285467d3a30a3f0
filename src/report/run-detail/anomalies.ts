// What the reference counts as anomalies, and what else a reader must know before believing the latencies, each in one sentence
// of cause; and where every request went.

import type { ClusterResult } from '../../domain/cluster-result';
import type { PriorityPolicy } from '../../domain/run-config';
import type { Anomaly, Conservation } from '../../domain/run-detail';
import { REQUEST_STATUSES, type RequestStatus } from '../../domain/run-result';
import { clusterAnomalies } from '../cluster-sections';
import { showCount } from '../../base/display';

const plural = (count: number, one: string, many: string): string =>
  `${showCount(count)} ${count === 1 ? one : many}`;

export function anomaliesOf(result: ClusterResult, priorityPolicy: PriorityPolicy): readonly Anomaly[] {
  const counted = clusterAnomalies(result, { priorityPolicy, isReplay: false });
  const { aggregate, kv, instances } = result;
  const found: Anomaly[] = [];
  const add = (count: number, one: string, many: string, text: string): void => {
    if (count > 0) found.push({ title: `${plural(count, one, many)}.`, text });
  };
  add(
    counted.priorityInversions,
    'priority inversion',
    'priority inversions',
    'Pairs of completed requests of one SLO class on one instance, of which the earlier to arrive took more than twice as long as the later.',
  );
  add(
    counted.holBlocking,
    'instance holds up its line',
    'instances hold up their lines',
    `Their mean wait queue is more than twice the mean of all ${instances.length} instances: requests wait there while others have room.`,
  );
  const shed = Object.entries(counted.shedByClass).sort(([a], [b]) => (a < b ? -1 : 1));
  add(
    shed.reduce((sum, [, count]) => sum + count, 0),
    'request was turned away by admission',
    'requests were turned away by admission',
    `By SLO class: ${shed.map(([name, count]) => `${name} ${showCount(count)}`).join(', ')}.`,
  );
  add(
    counted.routingRejections,
    'request found no instance',
    'requests found no instance',
    'No instance could be chosen when they were routed, because none serves their model or none was up.',
  );
  add(
    aggregate.dropped_unservable,
    'request was dropped',
    'requests were dropped',
    'Their prompt needs more KV blocks than an instance has, or prompt and output exceed the context limit.',
  );
  add(
    aggregate.length_capped_requests,
    'request was cut short',
    'requests were cut short',
    'They reached the context limit before their last output token.',
  );
  add(
    aggregate.timed_out_requests,
    'request timed out',
    'requests timed out',
    'Their deadline passed before the last token; latencies leave them out.',
  );
  add(
    aggregate.preemption_count,
    'preemption',
    'preemptions',
    'KV blocks ran out, and the last request of the batch lost its own and started over. More KV blocks or fewer batch slots avoid this.',
  );
  add(
    aggregate.kv_allocation_failures ?? 0,
    'completion found no KV block for its last token',
    'completions found no KV block for their last token',
    'The reference counts this and completes the request all the same.',
  );
  add(
    counted.gatewayDepth,
    'request was still at the gateway at the end',
    'requests were still at the gateway at the end',
    'The saturation detector held them back until the horizon.',
  );
  add(
    counted.gatewayShed,
    'request was shed at the gateway',
    'requests were shed at the gateway',
    'The gateway queue was full.',
  );
  if (kv.thrashingRate > 0)
    found.push({
      title: 'The cache thrashes.',
      text: `Thrashing rate ${kv.thrashingRate.toFixed(4)}, the mean over instances: blocks are evicted and soon needed again.`,
    });
  if (result.end.kind === 'livelock')
    found.push({ title: 'A request can never finish.', text: result.end.message });
  return found;
}

/** Fates in order of telling; each status belongs to one. */
const FATES: readonly (readonly [label: string, statuses: readonly RequestStatus[]])[] = [
  ['completed', ['completed']],
  ['waiting at the end', ['queued', 'not-arrived']],
  ['running at the end', ['running', 'disaggregated']],
  ['dropped', ['dropped']],
  ['timed out', ['timed-out']],
  ['turned away by admission', ['admission-rejected']],
  ['without an instance', ['routing-rejected']],
  ['at the gateway at the end', ['gateway-queued']],
  ['shed at the gateway', ['gateway-shed']],
  ['after the horizon', ['beyond-horizon']],
];

/** Counts of the request table against the instances' own counters: two ways to the same number. */
export function conservationOf(result: ClusterResult): Conservation {
  const { status, count } = result.requests;
  const byStatus = new Array<number>(REQUEST_STATUSES.length).fill(0);
  for (const each of status) byStatus[each] = (byStatus[each] ?? 0) + 1;
  const parts = FATES.map(([label, statuses]) => ({
    label,
    count: statuses.reduce((sum, name) => sum + (byStatus[REQUEST_STATUSES.indexOf(name)] ?? 0), 0),
  }));
  const { aggregate } = result;
  const outside =
    Object.values(result.shedByClass).reduce((sum, each) => sum + each, 0) +
    result.routingRejections +
    result.gatewayDepth +
    result.gatewayShed +
    (byStatus[REQUEST_STATUSES.indexOf('beyond-horizon')] ?? 0) +
    (byStatus[REQUEST_STATUSES.indexOf('not-arrived')] ?? 0);
  return {
    offered: count,
    parts: parts.filter((part) => part.count > 0),
    holds: aggregate.injected_requests + outside === count,
  };
}
