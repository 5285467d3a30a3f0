// The "pareto" table that the study reads (aiconfigurator v0.9.0, sdk/pareto_analysis.py): aggregated runs over batch sizes and
// context budgets, the ten fastest under each of 75 TPOT limits, fastest first. Figures are rounded to 3 decimals, as the
// program's table has them. The caller's own TPOT limit has no effect upstream.

import type { Problem } from '../../../base/problem';
import { fail, ok, type Result } from '../../../base/result';
import { floorDivide, runAggregated, type AggregatedRun } from './aggregated-run';
import { buildEngine, type AicEngine } from './engine';
import type { AicModel, Parallelism } from './model-facts';
import type { PerfDatabase, Provenance } from './perf-database';
import type { QuantisationProfile } from './quantisation';

export interface SweepInput {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prefix: number;
  readonly ttftLimitMs: number;
}

/** One row of the table; times in ms, memory in GiB, all rounded to 3 decimals. */
export interface SweepRow {
  readonly parallel: Parallelism;
  readonly batch: number;
  readonly concurrency: number;
  readonly contextTokens: number;
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly requestsPerSec: number;
  readonly tokensPerSec: number;
  readonly tokensPerSecPerGpu: number;
  readonly memoryGib: number;
}

export interface SweepTable {
  readonly rows: readonly SweepRow[];
  /** Over all operators of all rows. */
  readonly provenance: ReadonlyMap<string, Provenance | 'mixed'>;
}

const steps = (start: number, end: number, step: number): number[] =>
  Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);

const BATCHES: readonly number[] = [
  ...steps(1, 15, 1),
  ...steps(16, 28, 4),
  ...steps(32, 56, 8),
  ...steps(64, 240, 16),
  ...steps(256, 480, 32),
  512,
];
const TPOT_LIMITS_MS: readonly number[] = [...steps(1, 19, 1), ...steps(20, 295, 5)];
const ROWS_PER_LIMIT = 10;
const WIDTHS: readonly number[] = [1, 2, 4, 8];

/** Rounds as the program's table does. */
export const round3 = (value: number): number => Number(value.toFixed(3));

/** Context budgets tried for inputs of this length, ascending (chunked prefill off). */
export function contextBudgets(inputTokens: number): readonly number[] {
  const small = Math.max(inputTokens, 512);
  const limit = Math.max(8192, 2 * inputTokens);
  const large = Math.ceil(Math.max(1024, 512, Math.floor(limit / 8)) / inputTokens) * inputTokens;
  const budgets = new Set<number>();
  let current = 0;
  for (;;) {
    current += current < 8192 ? small : large;
    if (current > limit) break;
    budgets.add(current);
  }
  budgets.add(inputTokens);
  budgets.add(2 * inputTokens);
  return [...budgets].sort((a, b) => a - b);
}

/** Spreads of a model over at most `totalGpus` GPUs that the program tries. */
export function parallelChoices(model: AicModel, totalGpus: number): readonly Parallelism[] {
  const widths = WIDTHS.filter((width) => width <= totalGpus);
  if (model.moe === undefined) return widths.map((tp) => ({ tp, pp: 1, dp: 1, moeTp: 1, moeEp: 1 }));
  return WIDTHS.flatMap((tp) =>
    WIDTHS.flatMap((dp) =>
      WIDTHS.flatMap((moeTp) => WIDTHS.map((moeEp) => ({ tp, pp: 1, dp, moeTp, moeEp }))),
    ),
  ).filter(
    ({ tp, dp, moeTp, moeEp }) =>
      widths.includes(tp * dp) && tp * dp === moeTp * moeEp && !(moeTp > 1 && moeEp > 1),
  );
}

/** The table over all spreads. A spread that fails is passed over; if none yields rows, the last failure is the answer. */
export function sweep(
  model: AicModel,
  totalGpus: number,
  formats: QuantisationProfile,
  database: PerfDatabase,
  input: SweepInput,
): Result<SweepTable> {
  const rows: SweepRow[] = [];
  const provenance = new Map<string, Provenance | 'mixed'>();
  let problem: Problem | undefined;
  let anyOutOfMemory = false;
  for (const parallel of parallelChoices(model, totalGpus)) {
    const engine = buildEngine(model, parallel, formats, database);
    const found = engine.ok ? sweepOne(engine.value, input, provenance) : engine;
    if (!found.ok) {
      problem = found.error;
      continue;
    }
    if (found.value.isOutOfMemory) anyOutOfMemory = true;
    rows.push(...found.value.rows);
  }
  if (rows.length === 0) {
    return fail(
      problem ?? {
        code: anyOutOfMemory ? 'out-of-memory' : 'bad-value',
        message: anyOutOfMemory
          ? `The model does not fit in GPU memory on ${String(totalGpus)} × ${database.system.name}.`
          : 'No configuration satisfied the constraints.',
      },
    );
  }
  // Stable: equal throughputs keep (batch, context) ascending, which upstream leaves undefined.
  return ok({ rows: rows.sort((a, b) => b.tokensPerSecPerGpu - a.tokensPerSecPerGpu), provenance });
}

interface SpreadRows {
  readonly rows: readonly SweepRow[];
  readonly isOutOfMemory: boolean;
}

/** The rows of one spread. The pairs that run do not depend on the TPOT limit, so each runs once. */
function sweepOne(
  engine: AicEngine,
  input: SweepInput,
  provenance: Map<string, Provenance | 'mixed'>,
): Result<SpreadRows> {
  const { inputTokens, outputTokens } = input;
  const candidates: SweepRow[] = [];
  const seenBalances = new Set<number>();
  let isOutOfMemory = false;
  for (const batch of BATCHES) {
    for (const contextTokens of contextBudgets(inputTokens)) {
      const prompts = Math.ceil(contextTokens / inputTokens);
      if (batch < prompts || (batch > 1 && batch - prompts < 1)) break;
      const balance = (inputTokens * batch) / contextTokens / outputTokens;
      if (balance > 1) {
        // Prefill-bound pairs that decode equally many requests a step would repeat each other.
        const balanced = floorDivide(batch, balance);
        if (balanced > 1 && seenBalances.has(balanced)) continue;
        seenBalances.add(balanced);
      }
      const run = runAggregated(engine, { ...input, batch, contextTokens });
      if (!run.ok) return run;
      for (const [name, source] of run.value.provenance) {
        const known = provenance.get(name);
        provenance.set(name, known === undefined || known === source ? source : 'mixed');
      }
      if (run.value.memory.isOutOfMemory) {
        isOutOfMemory = true;
        break;
      }
      candidates.push(rowOf(engine.parallel, batch, contextTokens, run.value));
    }
  }
  const rows = new Set<SweepRow>();
  for (const limit of TPOT_LIMITS_MS) {
    const fastest = candidates
      .filter((row) => row.tpotMs <= limit && row.ttftMs <= input.ttftLimitMs)
      .sort((a, b) => b.requestsPerSec - a.requestsPerSec);
    for (const row of fastest.slice(0, ROWS_PER_LIMIT)) rows.add(row);
  }
  return ok({ rows: candidates.filter((row) => rows.has(row)), isOutOfMemory });
}

function rowOf(parallel: Parallelism, batch: number, contextTokens: number, run: AggregatedRun): SweepRow {
  const { tp, pp, dp } = parallel;
  return {
    parallel,
    batch,
    concurrency: batch * pp * dp,
    contextTokens,
    ttftMs: round3(run.ttftMs),
    tpotMs: round3(run.tpotMs),
    requestsPerSec: round3(run.requestsPerSec),
    tokensPerSec: round3(run.tokensPerSec),
    tokensPerSecPerGpu: round3(run.tokensPerSec / (pp * tp * dp)),
    memoryGib: round3(run.memory.totalBytes / 2 ** 30),
  };
}
