// Equal prompts get equal numbers: the founding era's prefix policy sends a prompt where the same content went before. Content
// is that of all full blocks, or of the whole prompt where it is shorter than one block.

import type { RequestColumns } from '../domain/workload';

/** The pieces of the first `tokens` prompt tokens as text; a fresh tail names its request. */
function describe(requests: RequestColumns, row: number, tokens: number): string {
  const pieces: string[] = [];
  let left = tokens;
  const add = (stream: string, start: number, length: number): void => {
    const taken = Math.min(length, left);
    if (taken > 0) pieces.push(`${stream}:${start}+${taken}`);
    left -= taken;
  };
  const segments = requests.promptSegments;
  const first = segments?.stream.offsets[row] ?? 0;
  const end = segments?.stream.offsets[row + 1] ?? 0;
  if (segments !== undefined && end > first) {
    for (let k = first; k < end; k++) {
      add(String(segments.stream.values[k] ?? 0), segments.start[k] ?? 0, segments.length[k] ?? 0);
    }
  } else {
    add(`p${requests.prefixStream[row] ?? -1}`, 0, requests.prefixTokens[row] ?? 0);
    add(`r${row}`, 0, Infinity);
  }
  return pieces.join(' ');
}

/** Numbers from 0 by first appearance. */
export function contentNumbers(requests: RequestColumns, blockSize: number): Uint32Array {
  const known = new Map<string, number>();
  return Uint32Array.from({ length: requests.count }, (_, row) => {
    const tokens = requests.inputTokens[row] ?? 0;
    const full = Math.floor(tokens / blockSize) * blockSize;
    const text = describe(requests, row, full === 0 ? tokens : full);
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  });
}
