// Which tensor-parallel degrees split a model's heads evenly.

import type { ModelArchitecture } from './latency';

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** What is wrong with a degree, and the degrees that split attention heads and KV heads alike. */
export function unevenHeads(tp: number, what: 'attention' | 'KV', architecture: ModelArchitecture): string {
  const { heads } = architecture;
  const kvHeads = architecture.kvHeads === 0 ? heads : architecture.kvHeads;
  const both = commonDivisor(heads, kvHeads);
  const fitting = Array.from({ length: both }, (_, index) => index + 1).filter((way) => both % way === 0);
  const last = fitting.pop();
  const use = fitting.length === 0 ? `${last}` : `${fitting.join(', ')} or ${last}`;
  return `TP ${tp} does not divide ${what === 'KV' ? kvHeads : heads} ${what} heads. Use ${use}.`;
}
