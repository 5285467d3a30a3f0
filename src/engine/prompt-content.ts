// Equal prompts get equal numbers: the founding era's prefix policy sends a prompt where the same content went before. Content
// is that of all full blocks, or of the whole prompt where it is shorter than one block.

import { freshStreamOf, type RequestColumns } from '../domain/workload';

/** The first `tokens` prompt tokens as text: pieces of token streams, as long as they go on in one stream. */
function describe(requests: RequestColumns, row: number, tokens: number): string {
  let text = '';
  let left = tokens;
  let stream = -1;
  let end = 0;
  const add = (from: number, start: number, length: number): void => {
    const taken = Math.min(length, left);
    if (taken <= 0) return;
    if (from !== stream || start !== end) text += `${stream < 0 ? '' : `-${end} `}${from}:${start}`;
    stream = from;
    end = start + taken;
    left -= taken;
  };
  const segments = requests.promptSegments;
  const first = segments?.stream.offsets[row] ?? 0;
  const last = segments?.stream.offsets[row + 1] ?? 0;
  if (segments !== undefined && last > first) {
    for (let k = first; k < last; k++) {
      add(segments.stream.values[k] ?? 0, segments.start[k] ?? 0, segments.length[k] ?? 0);
    }
  } else {
    add(requests.prefixStream[row] ?? -1, 0, requests.prefixTokens[row] ?? 0);
    add(freshStreamOf(row), 0, Infinity);
  }
  return `${text}-${end}`;
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
