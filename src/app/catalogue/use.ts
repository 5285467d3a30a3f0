// How many experiments of the open project rest on a model or a GPU of the catalogue.

import { blisHardware } from '../../adapters/blis/blis-command';
import type { SourceEntry } from '../../workers/protocol';

export interface Use {
  /** By lower-case model id and by GPU name. */
  readonly models: ReadonlyMap<string, number>;
  readonly gpus: ReadonlyMap<string, number>;
}

export const NO_USE: Use = { models: new Map(), gpus: new Map() };

export function useOf(entries: readonly SourceEntry[]): Use {
  const models = new Map<string, number>();
  const gpus = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const entry of entries) {
    if (entry.kind !== 'ready') continue;
    add(models, entry.experiment.model.toLowerCase());
    add(gpus, blisHardware(entry.experiment.hardware));
  }
  return { models, gpus };
}

/** `used by 3 experiments of the open project`. */
export const useText = (count: number | undefined): string =>
  count === undefined || count === 0
    ? 'no experiment of the open project'
    : count === 1
      ? '1 experiment of the open project'
      : `${count} experiments of the open project`;
