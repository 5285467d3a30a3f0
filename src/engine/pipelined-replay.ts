// The typed door to assembly/engine/pipelined-replay.ts: one run's requests are copied into the module once, then simulated
// as often as a fit asks, each time with other parameters. Columns come back as views that the next run overwrites.

import { fail, ok, type Result } from '../base/result';
import { physicsSlots, type PhysicsBlock } from './physics-model';

/** Requests in arrival order. `cachedTokens` = leading prompt tokens found in the prefix cache. Times in µs. */
export interface ReplayRequests {
  readonly count: number;
  readonly arrivalUs: Float64Array;
  readonly promptTokens: Uint32Array;
  readonly cachedTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
}

export interface ReplayServer {
  readonly maxNumRunningReqs: number;
  readonly maxNumScheduledTokens: number;
  readonly pipelinedScheduling: boolean;
}

/** Views into the module's memory, valid until the next run. */
export interface ReplayTimes {
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly steps: number;
}

interface ReplayExports {
  readonly memory: WebAssembly.Memory;
  replayCreate(count: number, maxOutput: number, slots: number, budget: number): number;
  replayArrival(replay: number): number;
  replayPrompt(replay: number): number;
  replayCached(replay: number): number;
  replayOutput(replay: number): number;
  replayBlock(replay: number): number;
  replayTtft(replay: number): number;
  replayE2e(replay: number): number;
  replaySteps(replay: number): number;
  replayStart(replay: number, pipelined: number, scale: number): void;
  replayAdvance(replay: number, maxSteps: number): number;
}

/** Steps between two looks at the cancel flag: about 2 ms. */
const SLICE_STEPS = 40_000;

export class PipelinedReplay {
  readonly #exports: ReplayExports;
  readonly #server: ReplayServer;
  readonly #replay: number;
  readonly #block: Float64Array;
  readonly #ttftUs: Float64Array;
  readonly #e2eUs: Float64Array;

  private constructor(exports: ReplayExports, server: ReplayServer, requests: ReplayRequests) {
    const { count } = requests;
    const maxOutput = requests.outputTokens.reduce((most, tokens) => Math.max(most, tokens), 1);
    const replay = exports.replayCreate(
      count,
      maxOutput,
      server.maxNumRunningReqs,
      server.maxNumScheduledTokens,
    );
    // Everything is allocated now; views made here stay valid.
    const { buffer } = exports.memory;
    new Float64Array(buffer, exports.replayArrival(replay), count).set(requests.arrivalUs);
    new Uint32Array(buffer, exports.replayPrompt(replay), count).set(requests.promptTokens);
    new Uint32Array(buffer, exports.replayCached(replay), count).set(requests.cachedTokens);
    new Uint32Array(buffer, exports.replayOutput(replay), count).set(requests.outputTokens);
    this.#exports = exports;
    this.#server = server;
    this.#replay = replay;
    this.#block = new Float64Array(buffer, exports.replayBlock(replay), 32);
    this.#ttftUs = new Float64Array(buffer, exports.replayTtft(replay), count);
    this.#e2eUs = new Float64Array(buffer, exports.replayE2e(replay), count);
  }

  static create(
    module: WebAssembly.Module,
    server: ReplayServer,
    requests: ReplayRequests,
  ): Result<PipelinedReplay> {
    const { maxNumRunningReqs: slots, maxNumScheduledTokens: budget } = server;
    if (!(slots >= 1 && budget >= 1)) {
      return fail({
        code: 'bad-value',
        message: `A replay needs at least one batch slot and one token of step budget; found ${slots} and ${budget}.`,
      });
    }
    const instance = new WebAssembly.Instance(module);
    return ok(new PipelinedReplay(instance.exports as unknown as ReplayExports, server, requests));
  }

  /** Simulates the run. Every step time is multiplied by `scale`. */
  run(block: PhysicsBlock, scale = 1): ReplayTimes {
    this.#begin(block, scale);
    while (this.#exports.replayAdvance(this.#replay, SLICE_STEPS) === 0);
    return this.#times();
  }

  #begin(block: PhysicsBlock, scale: number): void {
    this.#block.set(physicsSlots(block), 1);
    this.#exports.replayStart(this.#replay, this.#server.pipelinedScheduling ? 1 : 0, scale);
  }

  #times(): ReplayTimes {
    return {
      ttftUs: this.#ttftUs,
      e2eUs: this.#e2eUs,
      steps: this.#exports.replaySteps(this.#replay),
    };
  }
}
