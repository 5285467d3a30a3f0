// One model on one system, ready to be timed: the operators, the database they ask, and the sums over a phase.

import { ok, type Result } from '../../../base/result';
import { checkParallelism, type AicModel, type Parallelism } from './model-facts';
import { operatorsOf, type Operator, type OperatorLists, type Pass } from './operators';
import type { PerfDatabase, Provenance } from './perf-database';
import { forVllm, type QuantisationProfile } from './quantisation';

export interface AicEngine {
  readonly model: AicModel;
  readonly parallel: Parallelism;
  readonly formats: QuantisationProfile;
  readonly operators: OperatorLists;
  readonly database: PerfDatabase;
}

/** Assembles an engine on the vLLM backend, or says why the model cannot be spread that way. */
export function buildEngine(
  model: AicModel,
  parallel: Parallelism,
  formats: QuantisationProfile,
  database: PerfDatabase,
): Result<AicEngine> {
  const checked = checkParallelism(model, parallel);
  if (!checked.ok) return checked;
  const used = forVllm(formats);
  const operators = operatorsOf(model, parallel, used);
  return operators.ok
    ? ok({ model, parallel, formats: used, operators: operators.value, database })
    : operators;
}

/** ms by operator name, in list order; operators of one name add up. */
export type OperatorTimes = Map<string, number>;

/** What the numbers of a run rest on, by operator name. */
export type OperatorProvenance = Map<string, Provenance | 'mixed'>;

export const totalMs = (times: OperatorTimes): number => [...times.values()].reduce((sum, ms) => sum + ms, 0);

/** Adds `weight` × count × time of each wanted operator to `times`. */
export function addOperators(
  operators: readonly Operator[],
  database: PerfDatabase,
  pass: Pass,
  into: { readonly times: OperatorTimes; readonly provenance: OperatorProvenance },
  options: { readonly weight?: number; readonly wants?: (operator: Operator) => boolean } = {},
): Result<void> {
  for (const operator of operators) {
    if (options.wants?.(operator) === false) continue;
    const timed = operator.time(database, pass);
    if (!timed.ok) return timed;
    const { ms, provenance } = timed.value;
    const before = into.times.get(operator.name) ?? 0;
    into.times.set(operator.name, before + ms * operator.count * (options.weight ?? 1));
    const known = into.provenance.get(operator.name);
    into.provenance.set(operator.name, known === undefined || known === provenance ? provenance : 'mixed');
  }
  return ok(undefined);
}
