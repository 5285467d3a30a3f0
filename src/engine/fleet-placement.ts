// Which instances of a fleet exist when it starts, and what may change that while it runs.

import type { ClusterConfig, DisaggregationConfig } from '../domain/cluster-config';
import type { EngineConfig } from '../domain/run-config';
import { FleetScaler } from './fleet-scaler';
import { openRandomDoor } from './random-door';
import { streamSeed } from './random-seeds';

export const nameOf = (index: number): string => `instance_${index}`;

/** Whoever places and scales the fleet; absent = it has neither node pools nor an autoscaler. */
export function scalerOf(
  module: WebAssembly.Module,
  config: ClusterConfig,
  { seed, blockSizeTokens }: EngineConfig,
  horizonUs: number,
): FleetScaler | undefined {
  if (config.autoscaler === undefined && config.nodePools.length === 0) return undefined;
  const isRandom = (config.autoscaler?.actuationDelay.stddevS ?? 0) > 0;
  const draws = isRandom ? openRandomDoor(module).open(streamSeed(seed, 'autoscaler')) : undefined;
  return new FleetScaler({ config, horizonUs, blockSizeTokens, normal: () => draws?.normal() ?? 0 });
}

/** Names of the instances that find a node. All need as many GPUs: where one finds none, the later ones find none either. */
export function placedNames(config: ClusterConfig, scaler: FleetScaler | undefined): string[] {
  const names = Array.from({ length: config.instances }, (_, index) => nameOf(index));
  return scaler === undefined ? names : names.filter((name) => scaler.start(name));
}

/** The pools as far as their instances exist: the first ones prefill, the next ones decode. */
export function poolsWithin(
  pools: DisaggregationConfig | undefined,
  instances: number,
): DisaggregationConfig | undefined {
  if (pools === undefined) return undefined;
  const prefillInstances = Math.min(pools.prefillInstances, instances);
  const decodeInstances = Math.min(pools.decodeInstances, instances - prefillInstances);
  return { ...pools, prefillInstances, decodeInstances };
}
