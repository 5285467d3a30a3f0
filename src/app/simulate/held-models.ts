// Models of the reader's own, by the config.json that was added here or in Catalogue. Settings and links hold the name alone; the
// facts go along to the worker and stay on this device.

import type { ModelFacts } from '../../catalog/catalog';
import type { StoredModel } from '../catalogue/own-entries';

class HeldModels {
  #byName: ReadonlyMap<string, StoredModel> = new Map();

  hold(models: readonly StoredModel[]): void {
    this.#byName = new Map(models.map((model) => [keyOfModel(model.name), model]));
  }

  /** As the reference looks names up: without regard to case. */
  facts(name: string): ModelFacts | undefined {
    return this.#byName.get(keyOfModel(name))?.facts;
  }
}

/** What an own model is kept under. */
export const keyOfModel = (name: string): string => name.trim().toLowerCase();

export const heldModels = new HeldModels();
