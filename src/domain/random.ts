// The reference's random numbers, as seen from above: one generator a stream, drawn from strictly in order. Behaviour:
// math/rand of Go 1.24 (workload spec 1). src/engine implements it over the WebAssembly module; whoever generates a
// workload is handed the door.

/** One seeded stream. Every method consumes draws; the order of calls is part of the result. */
export interface RandomStream {
  /** The raw 64-bit word under every other draw. */
  word(): bigint;
  /** Uniform over 63 bits: seeds of further streams, and session ids. */
  int63(): bigint;
  /** Uniform in [0, 1). */
  float64(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** Mean 1. */
  exponential(): number;
  /** Uniform in [0, n), 1 <= n < 2^53. */
  intn(n: number): number;
  int63n(n: bigint): bigint;
  /** A permutation of 0 … n − 1. */
  permutation(n: number): Uint32Array;
  /** 0 … n − 1, shuffled in place. */
  shuffled(n: number): Uint32Array;
  /** The draws of `count` token ids, without the ids. May be put off until another draw needs them made. */
  skipTokens(count: number): void;
  /** `count` token ids below 128000. */
  tokens(count: number): Uint32Array;
  /** Gives the generator's memory back; the stream must not be used afterwards. */
  release(): void;
}

/** The reference's elementary functions, whose last bits its draws depend on. */
export interface RandomMath {
  ln(x: number): number;
  exp(x: number): number;
  /** x >= 0. */
  pow(x: number, y: number): number;
  /** Γ on 1 … 33. */
  gamma(x: number): number;
}

export interface RandomDoor {
  readonly math: RandomMath;
  /** A stream seeded with a 64-bit integer (it wraps). */
  open(seed: bigint): RandomStream;
}
