// Every simulator, in canonical order: the order of tables, matrices and of `--adapters` when none are named. To add one,
// write its file and list it here.

import type { Adapter } from './adapter';
import { BLIS_ADAPTERS } from './blis/blis-adapters';
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

export const adapterNamed = (name: string): Adapter | undefined =>
  ADAPTERS.find((adapter) => adapter.name === name);
