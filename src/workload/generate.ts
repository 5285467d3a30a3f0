// A specification as a workload (spec 3; BLIS 87cc70ed sim/workload/generator.go, cmd/root.go): expand, check, generate the
// list, close the loops. `generateLists` keeps the intermediate lists for whoever wants to show or check them.

import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { RandomDoor } from '../domain/random';
import type { Workload } from '../domain/workload';
import { expandCohort } from './cohorts';
import { finishRequests } from './finish-requests';
import { expandInferencePerf } from './inference-perf';
import { DEFAULT_LIMITS, type Limits } from './limits';
import type { OpenLoop } from './open-loop';
import { generateOpenLoop } from './open-loop';
import type { WorkloadVersion } from './reference-rules';
import { GENERATION_RULES } from './reference-rules';
import type { NamedText } from './servegen';
import { expandServegen } from './servegen';
import { sessionTable } from './session-rounds';
import type { ClosedLoop } from './sessions';
import { closeLoops } from './sessions';
import type { WorkloadSpec } from './spec';
import { upgradeSpec } from './upgrade-spec';
import { bodyProblem, specProblem } from './validate-spec';

export interface GenerateOptions {
  readonly random: RandomDoor;
  /** Replaces the specification's seed. */
  readonly seed?: bigint;
  /** µs; replaces the specification's horizon. Infinity = none; <= 0 gives an empty list. */
  readonly horizonUs?: number;
  /** Replaces num_requests; 0 = no limit. */
  readonly numRequests?: number;
  /** Files of the folder that servegen_data names, if the specification has it. */
  readonly servegenFiles?: readonly NamedText[];
  readonly version?: WorkloadVersion;
  readonly limits?: Limits;
}

export interface GeneratedLists {
  /** As generated from: clients and cohorts written out. */
  readonly spec: WorkloadSpec;
  readonly horizonUs: number;
  readonly maxRequests: number;
  readonly openLoop: OpenLoop;
  /** Absent where the open-loop list is the workload. */
  readonly closedLoop?: ClosedLoop;
  readonly warnings: readonly string[];
}

export function generateWorkload(spec: WorkloadSpec, options: GenerateOptions): Result<Workload> {
  const lists = generateLists(spec, options, false);
  if (!lists.ok) return lists;
  const { openLoop, closedLoop, horizonUs } = lists.value;
  const { rows, prefixes } = openLoop;
  const seed = options.seed ?? lists.value.spec.seed;
  if (closedLoop === undefined) {
    return ok({ requests: finishRequests(rows, openLoop.order, prefixes, new Map()), horizonUs, seed });
  }
  const sessionOf = new Map(closedLoop.sessions.map((session, at) => [session.row, at]));
  const requests = finishRequests(rows, closedLoop.order, prefixes, sessionOf);
  const position = new Map<number, number>();
  closedLoop.order.forEach((row, at) => position.set(row, at));
  const table = sessionTable(closedLoop.sessions, (row) => position.get(row) ?? 0, horizonUs, options.random);
  return ok({
    requests,
    ...table,
    ...(closedLoop.followUpBudget === undefined ? {} : { followUpBudget: closedLoop.followUpBudget }),
    horizonUs,
    seed,
  });
}

/** `wantsIds` also makes token ids and their digests, which costs time and memory. */
export function generateLists(
  given: WorkloadSpec,
  options: GenerateOptions,
  wantsIds: boolean,
): Result<GeneratedLists> {
  const rules = GENERATION_RULES[options.version ?? '87cc70ed'];
  const expanded = expandSources(given, options);
  if (!expanded.ok) return expanded;
  const { warnings } = expanded.value;
  const { spec } = expanded.value;
  const horizonUs = options.horizonUs ?? (spec.horizonUs === 0 ? Infinity : spec.horizonUs);
  const maxRequests = options.numRequests ?? spec.numRequests;
  if (maxRequests === 0 && horizonUs === Infinity) {
    return fail({
      code: 'bad-value',
      message:
        'The workload has neither num_requests nor a horizon, so nothing bounds it; give one of the two ' +
        '(num_requests or horizon in the file, or --num-requests or --horizon).',
      field: 'num_requests',
    });
  }
  const clients = [...spec.clients, ...spec.cohorts.flatMap(expandCohort)];
  const seed = options.seed ?? spec.seed;
  const shared = { clients, seed, maxRequests, rules, wantsIds };
  const openLoop = generateOpenLoop(
    { ...shared, aggregateRate: spec.aggregateRate, horizonUs, limits: options.limits ?? DEFAULT_LIMITS },
    options.random,
  );
  if (!openLoop.ok) return openLoop;
  const closedLoop = closeLoops(openLoop.value, shared, options.random);
  if (!closedLoop.ok) return closedLoop;
  return ok({
    spec,
    horizonUs,
    maxRequests,
    openLoop: openLoop.value,
    ...(closedLoop.value === undefined ? {} : { closedLoop: closedLoop.value }),
    warnings,
  });
}

/** inference_perf and ServeGen sections written out as clients, version 1 upgraded, everything checked. */
export function expandSources(
  given: WorkloadSpec,
  options: Pick<GenerateOptions, 'servegenFiles' | 'version'>,
): Result<{ spec: WorkloadSpec; warnings: readonly string[] }> {
  const problem = given.inferencePerf === undefined ? undefined : specProblem(given);
  if (problem !== undefined) return fail(problem);
  const perf = expandInferencePerf(given, GENERATION_RULES[options.version ?? '87cc70ed']);
  if (!perf.ok) return perf;
  let spec = perf.value;
  const warnings: string[] = [];
  if (spec.servegenData !== undefined) {
    const exclusive = spec.clients.length > 0 ? specProblem(spec) : undefined;
    if (exclusive !== undefined) return fail(exclusive);
    const servegen = expandServegen(spec.servegenData, options.servegenFiles ?? []);
    if (!servegen.ok) return servegen;
    warnings.push(...servegen.value.warnings);
    const { servegenData: _, ...rest } = spec;
    spec = { ...rest, clients: servegen.value.clients };
  }
  const upgraded = upgradeSpec(spec);
  const broken = bodyProblem(upgraded.spec);
  if (broken !== undefined) return fail(broken);
  return ok({ spec: upgraded.spec, warnings: [...warnings, ...upgraded.warnings] });
}
