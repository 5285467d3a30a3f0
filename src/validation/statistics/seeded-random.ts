// A small, fast generator for resampling: xoshiro128** 1.1 (Blackman and Vigna), seeded through splitmix32. The same seed gives
// the same numbers on every machine; nothing here is for simulation, which has the reference's own generator.

export class SeededRandom {
  private readonly state: Uint32Array;

  constructor(seed: number) {
    let x = seed >>> 0;
    this.state = Uint32Array.from({ length: 4 }, () => {
      x = (x + 0x9e3779b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    });
  }

  /** Uniform over the 32-bit integers. */
  next(): number {
    const s = this.state;
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = s;
    const mixed = Math.imul(s1, 5);
    const result = Math.imul((mixed << 7) | (mixed >>> 25), 9) >>> 0;
    const a2 = s2 ^ s0;
    const a3 = s3 ^ s1;
    s[0] = s0 ^ a3;
    s[1] = s1 ^ a2;
    s[2] = a2 ^ (s1 << 9);
    s[3] = (a3 << 11) | (a3 >>> 21);
    return result;
  }

  /** Uniform over 0 … below − 1. The bias of the multiplication is under 2^-20 for the sizes of samples here. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }
}
