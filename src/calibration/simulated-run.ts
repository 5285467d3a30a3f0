// A prepared run inside the simulator: what the fit and the predictions call.
//
// Requests that failed were sent and took their place on the server, so they are simulated too where their output length is
// known; where it is not, they are left out. Where all batch slots together could ask for more than the KV cache holds, the
// replay follows its blocks; a trial with the default vector says whether that changes anything, since it is slower.

import { ok, type Result } from '../base/result';
import { DEFAULT_PHYSICS, type PhysicsVector } from '../domain/physics';
import { BlockReplay } from '../engine/block-replay';
import { PipelinedReplay, type ReplayTimes } from '../engine/pipelined-replay';
import { physicsBlock, type PhysicsBlock } from '../engine/physics-model';
import type { PreparedRun } from './prepared-run';

export interface SimulatedTimes {
  /** By request of the run; NaN where it was not simulated. Valid until the next simulation. */
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly steps: number;
}

interface Replay {
  run(block: PhysicsBlock, scale?: number): ReplayTimes;
}

/** Share of prompt tokens that blocks may have lost from the cache before the plain replay no longer stands for the run. */
const LOST_SHARE = 0.002;

export class SimulatedRun {
  readonly run: PreparedRun;
  /** KV blocks run short in this run: requests wait for them, are preempted, or find their prompts evicted. */
  readonly isShortOfBlocks: boolean;
  readonly #replay: Replay;
  /** Rows of the run that are simulated; absent = all. */
  readonly #rows: Uint32Array | undefined;
  #simulations = 0;

  private constructor(
    run: PreparedRun,
    replay: Replay,
    rows: Uint32Array | undefined,
    isShortOfBlocks: boolean,
  ) {
    this.run = run;
    this.isShortOfBlocks = isShortOfBlocks;
    this.#replay = replay;
    this.#rows = rows;
  }

  static create(module: WebAssembly.Module, run: PreparedRun): Result<SimulatedRun> {
    const isWhole = run.outputRule.kind === 'fixed' || run.succeeded.every((flag) => flag !== 0);
    const rows = isWhole
      ? undefined
      : Uint32Array.from({ length: run.count }, (_, i) => i).filter((i) => run.succeeded[i] !== 0);
    if (run.kvPressure > 1) {
      const replay = blockReplay(module, run, rows);
      if (!replay.ok) return replay;
      const trial = replay.value.run(physicsBlock(run.deployment.system, DEFAULT_PHYSICS));
      const isShort =
        trial.preemptions > 0 ||
        trial.blockedDecisions > 0 ||
        trial.promptTokensComputed > plannedPromptTokens(run, rows);
      if (isShort) return ok(new SimulatedRun(run, replay.value, rows, true));
    }
    const pick = <T extends Float64Array | Uint32Array>(column: T): T => picked(column, rows);
    const replay = PipelinedReplay.create(module, run.deployment.server, {
      count: rows?.length ?? run.count,
      arrivalUs: pick(run.arrivalUs),
      promptTokens: pick(run.inputTokens),
      cachedTokens: pick(run.cachedTokens),
      outputTokens: pick(run.outputTokens),
    });
    return replay.ok ? ok(new SimulatedRun(run, replay.value, rows, false)) : replay;
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

type Column = Float64Array | Uint32Array | Int32Array;
const picked = <T extends Column>(column: T, rows: Uint32Array | undefined): T => {
  if (rows === undefined) return column;
  const part = column.slice(0, rows.length) as T;
  rows.forEach((row, k) => (part[k] = column[row] ?? NaN));
  return part;
};

/** Prompt tokens that are computed where nothing is evicted, with a little room. */
function plannedPromptTokens(run: PreparedRun, rows: Uint32Array | undefined): number {
  let prompt = 0;
  let planned = 0;
  const count = rows?.length ?? run.count;
  for (let k = 0; k < count; k++) {
    const row = rows?.[k] ?? k;
    const tokens = run.inputTokens[row] ?? 0;
    prompt += tokens;
    planned += Math.max(tokens - (run.cachedTokens[row] ?? 0), 1);
  }
  return planned + LOST_SHARE * prompt;
}

function blockReplay(
  module: WebAssembly.Module,
  run: PreparedRun,
  rows: Uint32Array | undefined,
): Result<BlockReplay> {
  const { deployment, prompts } = run;
  const prompt = picked(prompts.identity, rows);
  const succeeded = rows === undefined ? run.succeeded : new Uint8Array(rows.length).fill(1);
  return BlockReplay.create(
    module,
    deployment.server,
    {
      count: prompt.length,
      arrivalUs: picked(run.arrivalUs, rows),
      promptTokens: picked(run.inputTokens, rows).map((tokens) => Math.max(tokens, 1)),
      outputTokens: picked(run.outputTokens, rows),
      systemPrompt: Uint32Array.from(
        prompt,
        (number, i) => (number < 0 ? i : number) % prompts.systemPrompts,
      ),
      prompt,
    },
    {
      // vLLM keeps one block back as a null block.
      blocks: Math.floor(deployment.kvTokens / deployment.blockSizeTokens) - 1,
      blockSizeTokens: deployment.blockSizeTokens,
      prefixCaching: prompts.prefixCaching,
      systemPromptTokens: prompts.systemPromptTokens,
    },
    succeeded.lastIndexOf(1) + 1,
  );
}
