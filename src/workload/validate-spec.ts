// The rules a specification must keep, in the reference's order, so that the same mistake is named first (spec 2.4; BLIS
// 87cc70ed sim/workload/spec.go). What it leaves unchecked stays unchecked here: it shows when requests are generated.

import type { Problem } from '../base/problem';
import type { ClientSpec, CohortSpec, Distribution, WorkloadSpec } from './spec';
import { ARRIVAL_PROCESSES, CATEGORIES, DISTRIBUTION_TYPES, SLO_CLASSES } from './spec';

const MAX_POPULATION = 100_000;
const WEIBULL_CV_MIN = 0.01;
const WEIBULL_CV_MAX = 10.4;

/** The first broken rule, or nothing. `field` is the key's dotted path. */
export function specProblem(spec: WorkloadSpec): Problem | undefined {
  const sources = [
    spec.clients.length > 0 && 'clients',
    spec.servegenData !== undefined && 'servegen_data',
    spec.inferencePerf !== undefined && 'inference_perf',
  ].filter((name) => name !== false);
  if (sources.length > 1) {
    return broken(sources[1] ?? '', `given together with ${sources[0] ?? ''}; keep one of the two`);
  }
  if (spec.inferencePerf !== undefined)
    return inferencePerfProblem(spec.inferencePerf) ?? cohortsProblem(spec);
  return bodyProblem(spec);
}

/** The rules for a specification whose clients are written out (after any expansion). */
export function bodyProblem(spec: WorkloadSpec): Problem | undefined {
  if (!oneOf(CATEGORIES, spec.category)) {
    return unknown('category', spec.category, CATEGORIES);
  }
  const needsRate = spec.cohorts.length > 0 || spec.clients.some((client) => client.concurrency <= 0);
  const servegenOnly = spec.servegenData !== undefined && spec.clients.length === 0;
  if ((needsRate || servegenOnly) && !isPositive(spec.aggregateRate)) {
    return broken('aggregate_rate', `found ${spec.aggregateRate}, expected a finite number > 0`);
  }
  if (spec.clients.length === 0 && spec.cohorts.length === 0 && spec.servegenData === undefined) {
    return broken(
      'clients',
      'the specification names no clients, cohorts or servegen_data; give at least one',
    );
  }
  for (const [index, client] of spec.clients.entries()) {
    const problem = clientProblem(client, `clients[${index}]`);
    if (problem !== undefined) return problem;
  }
  const users = spec.clients.findIndex((client) => client.concurrency > 0);
  const talks = (sender: ClientSpec | CohortSpec): boolean => sender.reasoning?.multiTurn !== undefined;
  if (users >= 0 && (spec.clients.some(talks) || spec.cohorts.some(talks))) {
    return broken(
      `clients[${users}].concurrency`,
      'concurrency clients and multi-turn clients cannot be in one specification',
    );
  }
  return cohortsProblem(spec) ?? requestCountProblem(spec);
}

function cohortsProblem(spec: WorkloadSpec): Problem | undefined {
  for (const [index, cohort] of spec.cohorts.entries()) {
    const problem = cohortProblem(cohort, `cohorts[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const requestCountProblem = (spec: WorkloadSpec): Problem | undefined =>
  spec.numRequests < 0 ? negative('num_requests', spec.numRequests) : undefined;

function clientProblem(client: ClientSpec, path: string): Problem | undefined {
  if (!oneOf(SLO_CLASSES, client.sloClass)) return unknown(`${path}.slo_class`, client.sloClass, SLO_CLASSES);
  if (client.concurrency < 0) return negative(`${path}.concurrency`, client.concurrency);
  if (client.thinkTimeUs < 0) return negative(`${path}.think_time_us`, client.thinkTimeUs);
  if (client.concurrency > 0 && client.rateFraction > 0) {
    return broken(`${path}.concurrency`, 'given together with rate_fraction; only one of them may be > 0');
  }
  if (client.concurrency === 0) {
    const problem = rateProblem(client, path);
    if (problem !== undefined) return problem;
  }
  return senderProblem(client, path);
}

function rateProblem(sender: ClientSpec | CohortSpec, path: string): Problem | undefined {
  if (!isPositive(sender.rateFraction)) {
    return broken(`${path}.rate_fraction`, `found ${sender.rateFraction}, expected a finite number > 0`);
  }
  const { process, cv } = sender.arrival;
  if (!oneOf(ARRIVAL_PROCESSES, process))
    return unknown(`${path}.arrival.process`, process, ARRIVAL_PROCESSES);
  if (cv === undefined) return undefined;
  if (process === 'weibull' && (cv < WEIBULL_CV_MIN || cv > WEIBULL_CV_MAX)) {
    return broken(
      `${path}.arrival.cv`,
      `found ${cv}, expected ${WEIBULL_CV_MIN} to ${WEIBULL_CV_MAX} for weibull arrivals`,
    );
  }
  return isPositive(cv)
    ? undefined
    : broken(`${path}.arrival.cv`, `found ${cv}, expected a finite number > 0`);
}

function senderProblem(sender: ClientSpec | CohortSpec, path: string): Problem | undefined {
  const { timeoutUs, reasoning } = sender;
  if (sender.prefixLength < 0) return negative(`${path}.prefix_length`, sender.prefixLength);
  const distribution =
    distributionProblem(sender.input, `${path}.input_distribution`) ??
    distributionProblem(sender.output, `${path}.output_distribution`);
  if (distribution !== undefined) return distribution;
  if (timeoutUs !== undefined && timeoutUs < 0) return negative(`${path}.timeout`, timeoutUs);
  const rounds = reasoning?.multiTurn?.maxRounds;
  if (rounds !== undefined && rounds < 1) {
    return broken(`${path}.reasoning.multi_turn.max_rounds`, `found ${rounds}, expected a whole number >= 1`);
  }
  return undefined;
}

function distributionProblem(distribution: Distribution, path: string): Problem | undefined {
  if (!oneOf(DISTRIBUTION_TYPES, distribution.type)) {
    return unknown(`${path}.type`, distribution.type, DISTRIBUTION_TYPES);
  }
  for (const [name, value] of distribution.params) {
    if (!Number.isFinite(value)) {
      return broken(`${path}.params.${name}`, `found ${value}, expected a finite number`);
    }
  }
  return undefined;
}

function cohortProblem(cohort: CohortSpec, path: string): Problem | undefined {
  const { population, diurnal, spike, drain } = cohort;
  if (population < 1 || population > MAX_POPULATION) {
    return broken(`${path}.population`, `found ${population}, expected 1 to ${MAX_POPULATION}`);
  }
  if (!oneOf(SLO_CLASSES, cohort.sloClass)) return unknown(`${path}.slo_class`, cohort.sloClass, SLO_CLASSES);
  const problem = rateProblem(cohort, path) ?? senderProblem(cohort, path);
  if (problem !== undefined) return problem;
  if (diurnal !== undefined) {
    if (diurnal.peakHour < 0 || diurnal.peakHour > 23) {
      return broken(`${path}.diurnal.peak_hour`, `found ${diurnal.peakHour}, expected 0 to 23`);
    }
    if (!(diurnal.peakToTroughRatio >= 1 && Number.isFinite(diurnal.peakToTroughRatio))) {
      return broken(
        `${path}.diurnal.peak_to_trough_ratio`,
        `found ${diurnal.peakToTroughRatio}, expected a finite number >= 1`,
      );
    }
  }
  if (spike !== undefined) {
    if (spike.startUs < 0) return negative(`${path}.spike.start_time_us`, spike.startUs);
    if (spike.durationUs <= 0) return notPositive(`${path}.spike.duration_us`, spike.durationUs);
  }
  if (drain !== undefined) {
    if (drain.startUs < 0) return negative(`${path}.drain.start_time_us`, drain.startUs);
    if (drain.rampUs <= 0) return notPositive(`${path}.drain.ramp_duration_us`, drain.rampUs);
  }
  return undefined;
}

function inferencePerfProblem(perf: NonNullable<WorkloadSpec['inferencePerf']>): Problem | undefined {
  if (perf.stages.length === 0)
    return broken('inference_perf.stages', 'the list is empty; give at least one stage');
  for (const [index, stage] of perf.stages.entries()) {
    const path = `inference_perf.stages[${index}]`;
    if (stage.duration <= 0) return notPositive(`${path}.duration`, stage.duration);
    if (!isPositive(stage.rate))
      return broken(`${path}.rate`, `found ${stage.rate}, expected a finite number > 0`);
  }
  const prefix = perf.sharedPrefix;
  if (prefix === undefined) return broken('inference_perf.shared_prefix', 'missing; inference_perf needs it');
  const path = 'inference_perf.shared_prefix';
  if (prefix.numUniqueSystemPrompts <= 0) {
    return notPositive(`${path}.num_unique_system_prompts`, prefix.numUniqueSystemPrompts);
  }
  if (prefix.numUsersPerSystemPrompt <= 0) {
    return notPositive(`${path}.num_users_per_system_prompt`, prefix.numUsersPerSystemPrompt);
  }
  if (prefix.systemPromptLen < 0) return negative(`${path}.system_prompt_len`, prefix.systemPromptLen);
  if (prefix.questionLen < 0) return negative(`${path}.question_len`, prefix.questionLen);
  if (prefix.outputLen < 0) return negative(`${path}.output_len`, prefix.outputLen);
  return undefined;
}

const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;
const oneOf = (names: readonly string[], name: string): boolean => names.includes(name);

const broken = (field: string, what: string): Problem => ({
  code: 'bad-value',
  message: `${field}: ${what}.`,
  field,
});
const negative = (field: string, value: number): Problem => broken(field, `found ${value}, expected >= 0`);
const notPositive = (field: string, value: number): Problem => broken(field, `found ${value}, expected > 0`);
const unknown = (field: string, value: string, names: readonly string[]): Problem => ({
  code: 'unknown-name',
  message: `${field}: found "${value}", expected one of ${names.map((name) => (name === '' ? '"" (none)' : name)).join(', ')}.`,
  field,
});
