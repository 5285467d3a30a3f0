// A prepared run inside the simulator: what the fit and the predictions call.
//
// Requests that failed were sent and took their place on the server, so they are simulated too where their output length is
// known; where it is not, they are left out.

import { ok, type Result } from '../base/result';
import { PipelinedReplay, type ReplayTimes } from '../engine/pipelined-replay';
import { physicsBlock } from '../engine/physics-model';
import type { PhysicsVector } from '../domain/physics';
import type { PreparedRun } from './prepared-run';

export interface SimulatedTimes {
  /** By request of the run; NaN where it was not simulated. Valid until the next simulation. */
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly steps: number;
}

export class SimulatedRun {
  readonly run: PreparedRun;
  readonly #replay: PipelinedReplay;
  /** Rows of the run that are simulated; absent = all. */
  readonly #rows: Uint32Array | undefined;
  #simulations = 0;

  private constructor(run: PreparedRun, replay: PipelinedReplay, rows: Uint32Array | undefined) {
    this.run = run;
    this.#replay = replay;
    this.#rows = rows;
  }

  static create(module: WebAssembly.Module, run: PreparedRun): Result<SimulatedRun> {
    const isWhole = run.outputRule.kind === 'fixed' || run.succeeded.every((flag) => flag !== 0);
    const rows = isWhole
      ? undefined
      : Uint32Array.from({ length: run.count }, (_, i) => i).filter((i) => run.succeeded[i] !== 0);
    const pick = <T extends Float64Array | Uint32Array>(column: T): T =>
      rows === undefined ? column : (column.filter((_, i) => run.succeeded[i] !== 0) as T);
    const replay = PipelinedReplay.create(module, run.deployment.server, {
      count: rows?.length ?? run.count,
      arrivalUs: pick(run.arrivalUs),
      promptTokens: pick(run.inputTokens),
      cachedTokens: pick(run.cachedTokens),
      outputTokens: pick(run.outputTokens),
    });
    return replay.ok ? ok(new SimulatedRun(run, replay.value, rows)) : replay;
  }

  get simulations(): number {
    return this.#simulations;
  }

  simulate(vector: PhysicsVector, scale = 1): SimulatedTimes {
    this.#simulations++;
    const times = this.#replay.run(physicsBlock(this.run.deployment.system, vector), scale);
    return this.#rows === undefined ? times : this.#spread(times, this.#rows);
  }

  #spread(times: ReplayTimes, rows: Uint32Array): SimulatedTimes {
    const ttftUs = new Float64Array(this.run.count).fill(NaN);
    const e2eUs = new Float64Array(this.run.count).fill(NaN);
    rows.forEach((row, k) => {
      ttftUs[row] = times.ttftUs[k] ?? NaN;
      e2eUs[row] = times.e2eUs[k] ?? NaN;
    });
    return { ttftUs, e2eUs, steps: times.steps };
  }
}
