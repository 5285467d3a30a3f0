// What BLIS 87cc70ed prints for a fleet (cmd/root.go, sim/cluster/metrics.go): every instance's aggregate when more than one is
// configured, the fleet's, then the sections of a single run over all of it, and the decision trace's summary.

import type { ClusterResult } from '../domain/cluster-result';
import type { PriorityPolicy } from '../domain/run-config';
import type { RequestResultColumns } from '../domain/run-result';
import { aggregateJson } from './blis-output';
import {
  anomalySection,
  fitnessSection,
  kvSection,
  modelSection,
  sloSection,
  tenantSection,
  type Anomalies,
} from './blis-sections';
import { traceSummarySection } from './decisions';
import type { Fitness } from './fitness';
import { priorityInversions } from './priority-inversions';

export interface ClusterSectionOptions {
  readonly priorityPolicy: PriorityPolicy;
  /** As configured; instances added while running do not count. */
  readonly configuredInstances: number;
  readonly fitness?: Fitness;
  readonly summarizeTrace: boolean;
}

/** An instance holds up the line when its mean queue is more than this many times the mean of all. */
const HOL_FACTOR = 2;

export function clusterAnomalies(result: ClusterResult, policy: PriorityPolicy): Anomalies {
  const { instances } = result;
  const means = instances.map((each) => each.meanQueueLength);
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const isBlocked = (value: number): boolean => mean > 0 && value > HOL_FACTOR * mean;
  return {
    priorityInversions:
      policy === 'constant'
        ? 0
        : instances.reduce(
            (sum, _, index) => sum + priorityInversions(ownRequests(result.requests, index)),
            0,
          ),
    holBlocking: instances.length < 2 ? 0 : means.filter(isBlocked).length,
    routingRejections: result.routingRejections,
    shedByClass: result.shedByClass,
  };
}

/** The requests an instance served; the others count as not completed. */
function ownRequests(requests: RequestResultColumns, index: number): RequestResultColumns {
  const e2eUs = requests.e2eUs.map((value, row) => (requests.handledBy[row] === index ? value : NaN));
  return { ...requests, e2eUs };
}

/** Everything on standard output, newline at the end. */
export function clusterReportText(result: ClusterResult, options: ClusterSectionOptions): string {
  const each = options.configuredInstances > 1 ? result.instances.map(({ aggregate }) => aggregate) : [];
  return [
    ...[...each, result.aggregate].map((object) => `=== Simulation Metrics ===\n${aggregateJson(object)}\n`),
    fitnessSection(options.fitness),
    anomalySection(clusterAnomalies(result, options.priorityPolicy), result.aggregate),
    kvSection(result.kv),
    sloSection(result.requests),
    modelSection(result.requests, result.aggregate),
    tenantSection(result.requests),
    options.summarizeTrace ? traceSummarySection(result) : '',
  ].join('');
}
