// Several specifications as one (spec 7.5; BLIS 87cc70ed cmd/compose.go): clients side by side, weighted by the rate of their
// file. Everything else of the inputs is dropped, which the caller should say.

import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { WorkloadSpec } from './spec';
import { emptySpec } from './spec';

export function composeSpecs(specs: readonly WorkloadSpec[]): Result<WorkloadSpec> {
  const total = specs.reduce((sum, spec) => sum + spec.aggregateRate, 0);
  if (!Number.isFinite(total) || total < 0) {
    return fail({
      code: 'bad-value',
      message: `The rates of the files add up to ${total}; expected a finite number >= 0.`,
      field: 'aggregate_rate',
    });
  }
  // Concurrency users alone have no rate to share.
  const clients = specs.flatMap((spec) =>
    total === 0
      ? spec.clients
      : spec.clients.map((client) => ({
          ...client,
          rateFraction: client.rateFraction * (spec.aggregateRate / total),
        })),
  );
  return ok({ ...emptySpec, category: specs[0]?.category ?? '', clients, aggregateRate: total });
}

/** What of a file a composition leaves out, as sentences. */
export function composeLosses(spec: WorkloadSpec, name: string): string[] {
  const lost = [
    spec.seed !== 0n && 'seed',
    spec.numRequests !== 0 && 'num_requests',
    spec.horizonUs !== 0 && 'horizon',
    spec.cohorts.length > 0 && 'cohorts',
    spec.inferencePerf !== undefined && 'inference_perf',
    spec.servegenData !== undefined && 'servegen_data',
  ].filter((key) => key !== false);
  return lost.length === 0 ? [] : [`${name}: ${lost.join(', ')} left out, as the reference does.`];
}
