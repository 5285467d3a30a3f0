// Every simulator, in canonical order: the order of tables, matrices and of `--adapters` when none are named. To add one,
// write its file and list it here.

import type { Adapter, Arrivals } from './adapter';
import { BLIS_ADAPTERS, BLIS_REPLAYS } from './blis/blis-adapters';
import { aiconfiguratorEstimate } from './estimators/aiconfigurator-estimate';
import { llmOptimizerEstimate } from './estimators/llm-optimizer-estimate';
import { llmServingSim } from './pre-run/llmservingsim';
import { vidur } from './pre-run/vidur';

/** All names that exist in this order, whether or not an adapter is built for them here. */
export const CANONICAL_NAMES = [
  'blis-blackbox',
  'blis-roofline',
  'blis-crossmodel',
  'blis-trained-roofline',
  'blis-trained-physics',
  'vidur',
  'llm-optimizer-estimate',
  'aiconfigurator-estimate',
  'llmservingsim',
] as const;

export const ADAPTERS: readonly Adapter[] = [
  ...BLIS_ADAPTERS,
  vidur,
  llmOptimizerEstimate,
  aiconfiguratorEstimate,
  llmServingSim,
];

/** Full simulators with the requests that were chosen, each replay behind the simulator that it replays; others stay as they are. */
export function withArrivals(adapters: readonly Adapter[], arrivals: Arrivals = 'profile'): Adapter[] {
  return adapters.flatMap((adapter) => {
    const replay = BLIS_REPLAYS.get(adapter.name);
    if (replay === undefined || arrivals === 'profile') return [adapter];
    return arrivals === 'measured' ? [replay] : [adapter, replay];
  });
}

export const adapterNamed = (name: string): Adapter | undefined =>
  ADAPTERS.find((adapter) => adapter.name === name);
