// Seeds of the reference's named random streams: master seed XOR FNV-1a 64 of the name (workload spec 1.6, BLIS sim/rng.go).

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

export function fnv1a64(name: string): bigint {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(name)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash;
}

/** Signed 64-bit seed of a stream. */
export function streamSeed(masterSeed: number, name: string): bigint {
  return BigInt.asIntN(64, BigInt.asUintN(64, BigInt(masterSeed)) ^ fnv1a64(name));
}
