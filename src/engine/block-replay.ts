// The typed door to assembly/engine/block-replay.ts: the replay for runs that may run short of KV blocks. Like the plain one
// (pipelined-replay.ts) it keeps its requests in the module and is run as often as a prediction asks.

import { fail, ok, type Result } from '../base/result';
import { physicsSlots, type PhysicsBlock } from './physics-model';
import type { ReplayServer, ReplayTimes } from './pipelined-replay';

/** Requests in arrival order, times in µs. Equal numbers in a stream column = equal leading tokens. */
export interface BlockReplayRequests {
  readonly count: number;
  readonly arrivalUs: Float64Array;
  readonly promptTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** Which system prompt, 0 … systemPrompts − 1. */
  readonly systemPrompt: Uint32Array;
  /** Which prompt, 0 … prompts − 1; −1 = nobody else's. Requests of one prompt must have one system prompt. */
  readonly prompt: Int32Array;
}

/** KV cache of the server. */
export interface BlockCache {
  readonly blocks: number;
  readonly blockSizeTokens: number;
  readonly prefixCaching: boolean;
  readonly systemPromptTokens: number;
}

/** What a run under pressure did besides taking time. */
export interface BlockReplayTimes extends ReplayTimes {
  readonly preemptions: number;
  /** Decisions that left a request waiting for blocks though it had a slot. */
  readonly blockedDecisions: number;
  /** Prompt tokens that were not found in the cache. */
  readonly promptTokensComputed: number;
}

interface BlockReplayExports {
  readonly memory: WebAssembly.Memory;
  blockReplayCreate(
    count: number,
    slots: number,
    budget: number,
    blocks: number,
    blockSize: number,
    streams: number,
    streamCells: number,
    cells: number,
    systemTokens: number,
    isCaching: number,
  ): number;
  blockReplayArrival(replay: number): number;
  blockReplayPrompt(replay: number): number;
  blockReplayOutput(replay: number): number;
  blockReplaySystemStream(replay: number): number;
  blockReplayPromptStream(replay: number): number;
  blockReplayBlock(replay: number): number;
  blockReplayTtft(replay: number): number;
  blockReplayE2e(replay: number): number;
  blockReplaySteps(replay: number): number;
  blockReplayPreemptions(replay: number): number;
  blockReplayBlockedDecisions(replay: number): number;
  blockReplayPromptTokensComputed(replay: number): number;
  blockReplayStart(replay: number, pipelined: number, scale: number, wanted: number): void;
  blockReplayAdvance(replay: number, maxSteps: number): number;
}

const STUCK = 2;
const SLICE_STEPS = 20_000;
/** Tables of more cells than this (256 MiB) are refused. */
const MOST_CELLS = 2 ** 26;

const most = (column: Uint32Array | Int32Array, least = 0): number => {
  let high = least;
  for (const value of column) if (value > high) high = value;
  return high;
};

export class BlockReplay {
  readonly #exports: BlockReplayExports;
  readonly #server: ReplayServer;
  readonly #replay: number;
  readonly #wanted: number;
  readonly #block: Float64Array;
  readonly #ttftUs: Float64Array;
  readonly #e2eUs: Float64Array;

  private constructor(
    exports: BlockReplayExports,
    server: ReplayServer,
    requests: BlockReplayRequests,
    cache: BlockCache,
    cells: number,
    wanted: number,
  ) {
    const { count } = requests;
    const systemPrompts = most(requests.systemPrompt) + 1;
    const replay = exports.blockReplayCreate(
      count,
      server.maxNumRunningReqs,
      server.maxNumScheduledTokens,
      cache.blocks,
      cache.blockSizeTokens,
      streamsOf(requests),
      streamCells(requests, cache),
      cells,
      cache.systemPromptTokens,
      cache.prefixCaching ? 1 : 0,
    );
    // Everything is allocated now; views made here stay valid.
    const { buffer } = exports.memory;
    new Float64Array(buffer, exports.blockReplayArrival(replay), count).set(requests.arrivalUs);
    new Uint32Array(buffer, exports.blockReplayPrompt(replay), count).set(requests.promptTokens);
    new Uint32Array(buffer, exports.blockReplayOutput(replay), count).set(requests.outputTokens);
    new Uint32Array(buffer, exports.blockReplaySystemStream(replay), count).set(requests.systemPrompt);
    new Int32Array(buffer, exports.blockReplayPromptStream(replay), count).set(
      requests.prompt.map((prompt) => (prompt < 0 ? -1 : systemPrompts + prompt)),
    );
    this.#exports = exports;
    this.#server = server;
    this.#replay = replay;
    this.#wanted = wanted;
    this.#block = new Float64Array(buffer, exports.blockReplayBlock(replay), 32);
    this.#ttftUs = new Float64Array(buffer, exports.blockReplayTtft(replay), count);
    this.#e2eUs = new Float64Array(buffer, exports.blockReplayE2e(replay), count);
  }

  /** `wanted`: runs end when that many requests from the front are done; times of later ones may be NaN. */
  static create(
    module: WebAssembly.Module,
    server: ReplayServer,
    requests: BlockReplayRequests,
    cache: BlockCache,
    wanted: number,
  ): Result<BlockReplay> {
    const { maxNumRunningReqs: slots, maxNumScheduledTokens: budget } = server;
    const bad = (message: string): Result<BlockReplay> => fail({ code: 'bad-value', message });
    if (!(slots >= 1 && budget >= 1)) {
      return bad(
        `A replay needs at least one batch slot and one token of step budget; found ${slots} and ${budget}.`,
      );
    }
    let cells = 0;
    for (let row = 0; row < requests.count; row++) {
      const tokens = (requests.promptTokens[row] ?? 0) + (requests.outputTokens[row] ?? 0);
      const blocks = Math.ceil(tokens / cache.blockSizeTokens);
      if (blocks > cache.blocks) {
        return bad(
          `Request ${row} needs ${tokens} tokens of KV cache (${blocks} blocks); the server has ${cache.blocks} blocks of ${cache.blockSizeTokens} tokens. Check the number of KV blocks and the block size.`,
        );
      }
      cells += blocks;
    }
    const shared = streamsOf(requests) * streamCells(requests, cache);
    if (cells + shared > MOST_CELLS) {
      return bad(
        `The run holds ${cells + shared} KV blocks of prompts and outputs in all, more than are followed (${MOST_CELLS}). Use fewer requests.`,
      );
    }
    const instance = new WebAssembly.Instance(module);
    const exports = instance.exports as unknown as BlockReplayExports;
    return ok(new BlockReplay(exports, server, requests, cache, cells, wanted));
  }

  /** Simulates the run. Every step time is multiplied by `scale`. */
  run(block: PhysicsBlock, scale = 1): BlockReplayTimes {
    const exports = this.#exports;
    this.#block.set(physicsSlots(block), 1);
    exports.blockReplayStart(this.#replay, this.#server.pipelinedScheduling ? 1 : 0, scale, this.#wanted);
    let state = 0;
    while (state === 0) state = exports.blockReplayAdvance(this.#replay, SLICE_STEPS);
    if (state === STUCK) throw new Error('a request that fits into the KV cache was not admitted');
    return {
      ttftUs: this.#ttftUs,
      e2eUs: this.#e2eUs,
      steps: exports.blockReplaySteps(this.#replay),
      preemptions: exports.blockReplayPreemptions(this.#replay),
      blockedDecisions: exports.blockReplayBlockedDecisions(this.#replay),
      promptTokensComputed: exports.blockReplayPromptTokensComputed(this.#replay),
    };
  }
}

/** System prompts first, then prompts that repeat. */
const streamsOf = ({ systemPrompt, prompt }: BlockReplayRequests): number =>
  most(systemPrompt) + 1 + most(prompt, -1) + 1;

/** Full blocks of the longest prompt: that far apart lie the tables of two streams. */
const streamCells = (requests: BlockReplayRequests, cache: BlockCache): number =>
  Math.floor(most(requests.promptTokens) / cache.blockSizeTokens) + 1;
