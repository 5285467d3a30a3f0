// The generator of assembly/random behind the RandomDoor interface. One instance of the module holds any number of streams;
// released ones are used again, because its arena never frees. Token draws that nobody looks at are put off until another
// draw on the stream needs them made: a stream that is only used for token ids then costs nothing.

import type { RandomDoor, RandomMath, RandomStream } from '../domain/random';

interface RandomExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  randomAllocate(): number;
  randomSeed(p: number, seed: bigint): void;
  randomWord(p: number): bigint;
  randomInt63(p: number): bigint;
  randomInt63n(p: number, n: bigint): bigint;
  randomIntn(p: number, n: bigint): bigint;
  randomFloat64(p: number): number;
  randomNormal(p: number): number;
  randomExponential(p: number): number;
  randomShuffleIndex(p: number, k: number): number;
  skipTokens(p: number, count: number): void;
  fillTokens(p: number, count: number, out: number): void;
  mathLn(x: number): number;
  mathExp(x: number): number;
  mathPow(x: number, y: number): number;
  mathGamma(x: number): number;
}

/** Token ids handed over at once. */
const BUFFER_TOKENS = 16384;
/** Put-off draws are made before their number leaves 31 bits. */
const MOST_PUT_OFF = 1_000_000_000;

export function openRandomDoor(module: WebAssembly.Module): RandomDoor {
  const instance = new WebAssembly.Instance(module, {});
  const wasm = instance.exports as unknown as RandomExports;
  const free: number[] = [];
  const buffer = wasm.allocate(BUFFER_TOKENS * 4);
  const math: RandomMath = {
    ln: (x) => wasm.mathLn(x),
    exp: (x) => wasm.mathExp(x),
    pow: (x, y) => wasm.mathPow(x, y),
    gamma: (x) => wasm.mathGamma(x),
  };
  return {
    math,
    open: (seed) => {
      const at = free.pop() ?? wasm.randomAllocate();
      wasm.randomSeed(at, BigInt.asIntN(64, seed));
      return new WasmStream(wasm, at, buffer, free);
    },
  };
}

class WasmStream implements RandomStream {
  private putOff = 0;

  constructor(
    private readonly wasm: RandomExports,
    private at: number,
    private readonly buffer: number,
    private readonly free: number[],
  ) {}

  word(): bigint {
    this.catchUp();
    return BigInt.asUintN(64, this.wasm.randomWord(this.at));
  }

  int63(): bigint {
    this.catchUp();
    return this.wasm.randomInt63(this.at);
  }

  float64(): number {
    this.catchUp();
    return this.wasm.randomFloat64(this.at);
  }

  normal(): number {
    this.catchUp();
    return this.wasm.randomNormal(this.at);
  }

  exponential(): number {
    this.catchUp();
    return this.wasm.randomExponential(this.at);
  }

  intn(n: number): number {
    this.catchUp();
    return Number(this.wasm.randomIntn(this.at, BigInt(n)));
  }

  int63n(n: bigint): bigint {
    this.catchUp();
    return this.wasm.randomInt63n(this.at, n);
  }

  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const j = this.intn(i + 1);
      order[i] = order[j] ?? 0;
      order[j] = i;
    }
    return order;
  }

  shuffled(n: number): Uint32Array {
    this.catchUp();
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.wasm.randomShuffleIndex(this.at, i + 1) >>> 0;
      const value = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = value;
    }
    return order;
  }

  skipTokens(count: number): void {
    this.putOff += count;
    if (this.putOff > MOST_PUT_OFF) this.catchUp();
  }

  tokens(count: number): Uint32Array {
    this.catchUp();
    const ids = new Uint32Array(count);
    for (let done = 0; done < count;) {
      const part = Math.min(BUFFER_TOKENS, count - done);
      this.wasm.fillTokens(this.at, part, this.buffer);
      ids.set(new Uint32Array(this.wasm.memory.buffer, this.buffer, part), done);
      done += part;
    }
    return ids;
  }

  release(): void {
    if (this.at === 0) return;
    this.free.push(this.at);
    this.at = 0;
    this.putOff = 0;
  }

  private catchUp(): void {
    while (this.putOff > 0) {
      const part = Math.min(this.putOff, MOST_PUT_OFF);
      this.wasm.skipTokens(this.at, part);
      this.putOff -= part;
    }
  }
}
