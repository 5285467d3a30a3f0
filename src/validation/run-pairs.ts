// Every experiment through every simulator, one pair after the other (sim-to-real 5b12a00, validator spec 1.2): experiments
// outside, simulators inside. A pair that cannot run is a skip, one that fails leaves no record, and neither stops the rest.

import type { Adapter, AdapterContext } from '../adapters/adapter';
import type { Problem } from '../base/problem';
import { ok, type Result } from '../base/result';
import type { Experiment } from '../domain/experiment';
import type { ErrorRecord, RuntimeRecord, SimulatorResult } from '../domain/prediction';
import { compare, runtimeRecord, stageMismatch } from './compare';

/** A finished pair: one value, complete in itself. */
export interface PairOutcome {
  readonly result: SimulatorResult;
  readonly records: readonly ErrorRecord[];
  /** Absent where the time is not known (imported results). */
  readonly runtime?: RuntimeRecord;
}

export type PairEvent =
  | { readonly kind: 'skipped'; readonly cause: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'done'; readonly outcome: PairOutcome };

export interface Pair {
  readonly experiment: Experiment;
  readonly adapter: Adapter;
}

/** Seconds of a clock that never goes back. */
export type Clock = () => number;

/** Runs one pair that can run. The whole `run` call is timed unless the result brings a time of its own. */
export async function runPair(
  { experiment, adapter }: Pair,
  context: AdapterContext,
  nowSeconds: Clock,
): Promise<Result<PairOutcome>> {
  const start = nowSeconds();
  const run = await adapter.run(experiment, context);
  if (!run.ok) return run;
  const seconds = nowSeconds() - start;
  const mismatch = stageMismatch(experiment, run.value);
  const notes = mismatch === undefined ? run.value.notes : [...run.value.notes, mismatch];
  const result: SimulatorResult = adapter.isImported
    ? { ...run.value, notes }
    : { ...run.value, notes, wallClockSeconds: seconds };
  const runtime = runtimeRecord(experiment, result);
  return ok({ result, records: compare(experiment, result), ...(runtime === undefined ? {} : { runtime }) });
}

export interface ValidationRun {
  readonly outcomes: readonly PairOutcome[];
  readonly skipped: number;
  readonly failed: number;
}

/** All pairs in order; `onEvent` hears each as it ends. Stops between pairs when `context.isCancelled` says so. */
export async function runPairs(
  experiments: readonly Experiment[],
  adapters: readonly Adapter[],
  context: AdapterContext,
  nowSeconds: Clock,
  onEvent: (pair: Pair, event: PairEvent) => void,
): Promise<ValidationRun> {
  const outcomes: PairOutcome[] = [];
  let skipped = 0;
  let failed = 0;
  for (const experiment of experiments) {
    for (const adapter of adapters) {
      if (context.isCancelled?.() === true) return { outcomes, skipped, failed };
      const pair = { experiment, adapter };
      const eligibility = adapter.canRun(experiment, context);
      if (!eligibility.canRun) {
        skipped++;
        onEvent(pair, { kind: 'skipped', cause: eligibility.cause, reason: eligibility.reason });
        continue;
      }
      const ran = await runPair(pair, context, nowSeconds);
      if (ran.ok) {
        outcomes.push(ran.value);
        onEvent(pair, { kind: 'done', outcome: ran.value });
      } else {
        failed++;
        onEvent(pair, { kind: 'failed', problem: ran.error });
      }
    }
  }
  return { outcomes, skipped, failed };
}

/** Experiments without data parallelism: `dp` absent or at most 1. */
export const singleReplica = (experiments: readonly Experiment[]): Experiment[] =>
  experiments.filter(({ dp }) => dp === undefined || dp <= 1);
