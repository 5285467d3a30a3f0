// Token ids as a digest: FNV-1a of 32 bits over each id as four little-endian bytes. Ids are only made where someone asks
// for them (the `requests` listing); otherwise their draws are made and nothing is kept.

export const FNV_START = 0x811c9dc5;
const FNV_FACTOR = 0x01000193;

/** Continues `hash` over more ids. */
export function digestTokens(ids: Uint32Array, hash: number = FNV_START): number {
  let state = hash;
  for (const id of ids) {
    state = Math.imul(state ^ (id & 255), FNV_FACTOR);
    state = Math.imul(state ^ ((id >>> 8) & 255), FNV_FACTOR);
    state = Math.imul(state ^ ((id >>> 16) & 255), FNV_FACTOR);
    state = Math.imul(state ^ (id >>> 24), FNV_FACTOR);
  }
  return state >>> 0;
}

export function joinTokens(...parts: readonly Uint32Array[]): Uint32Array {
  const joined = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
