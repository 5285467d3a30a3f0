// The choices that change numbers, in one short line beside results: mode and reading of chats always, the others where they are not
// the study's own.

import type { AdapterOptions } from '../adapters/adapter';

export function optionsText(options: AdapterOptions): string {
  const { mode, multiTurn, arrivals, study, sampledRuns, tableGaps, borrowVersions } = options;
  return [
    `mode ${mode}`,
    `chat sessions ${multiTurn}`,
    ...(arrivals === 'measured' ? ['BLIS on measured requests'] : []),
    ...(arrivals === 'both' ? ['BLIS on generated and on measured requests'] : []),
    ...(study === undefined || study === '5b12a00' ? [] : [`adapter rules of ${study}`]),
    ...(sampledRuns === 'matched' ? ['sampled runs against the same requests'] : []),
    ...(tableGaps === 'estimate' ? ['gaps of operator tables estimated'] : []),
    ...(borrowVersions === true ? ['shapes borrowed from other table versions'] : []),
  ].join(', ');
}
