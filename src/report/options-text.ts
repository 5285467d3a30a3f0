// The choices that change numbers, in one short line beside results.

import type { AdapterOptions } from '../adapters/adapter';

export function optionsText({ mode, multiTurn, arrivals, study }: AdapterOptions): string {
  return [
    `mode ${mode}`,
    `chat sessions ${multiTurn}`,
    ...(arrivals === 'measured' ? ['BLIS on measured requests'] : []),
    ...(arrivals === 'both' ? ['BLIS on generated and on measured requests'] : []),
    ...(study === undefined || study === '5b12a00' ? [] : [`adapter rules of ${study}`]),
  ].join(', ');
}
