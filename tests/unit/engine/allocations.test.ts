// Steps ask for no memory: tables double when a run outgrows them, and preempted requests get records for their blocks, but
// the number of calls does not follow the number of steps. Counted by the debug build.

import { describe, expect, it } from 'vitest';
import type { EngineConfig } from '../../../src/domain/run-config';
import { Simulation } from '../../../src/engine/simulation';
import { blackboxConfig, type Row, workloadOf } from '../../support/requests';
import { debugModule } from '../../support/wasm';

interface Counted {
  readonly steps: number;
  readonly calls: number;
  readonly preemptions: number;
}

/** Runs to the end and counts the calls after the workload was laid out, results excluded. */
function count(rows: readonly Row[], change: Partial<EngineConfig>, isLiteral: boolean): Counted {
  const config = blackboxConfig([1000, 1, 0], [5000, 10, 5], { totalKvBlocks: 20_000, ...change });
  const simulation = new Simulation(debugModule(), config, workloadOf(rows), { literal: isLiteral });
  const before = simulation.allocationCalls;
  while (simulation.advance(1000));
  const calls = simulation.allocationCalls - before;
  const result = simulation.finish();
  if (!result.ok) throw new Error(result.error.message);
  return { steps: result.value.stepCount, calls, preemptions: result.value.aggregate.preemption_count };
}

/** Forty requests that decode together, every tenth with a long prompt. */
const rows = (output: number): Row[] =>
  Array.from({ length: 40 }, (_, at) => ({
    arrivalUs: at * 2000,
    input: at % 10 === 0 ? 5000 : 100,
    output: output + at,
    ...(at % 2 === 0 ? { prefix: [1, 64] as const } : {}),
  }));

describe('memory asked for', () => {
  for (const isLiteral of [false, true])
    it(`does not follow the steps${isLiteral ? ' that visit every member' : ''}`, () => {
      const short = count(rows(500), {}, isLiteral);
      const long = count(rows(4000), {}, isLiteral);
      expect(long.steps).toBeGreaterThan(short.steps * 6);
      // When every block has an identity, their records come from slabs.
      if (isLiteral) expect(long.calls).toBeLessThan(long.steps / 20);
      else expect(long.calls).toBe(short.calls);
    });

  it('follows preemptions at most', () => {
    const tight = count(rows(900), { totalKvBlocks: 900 }, false);
    expect(tight.preemptions).toBeGreaterThan(10);
    expect(tight.calls).toBeLessThanOrEqual(tight.preemptions);
  });
});
