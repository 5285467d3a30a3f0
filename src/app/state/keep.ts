// State of a place that outlives its screen: made at the first visit, the same object from then on.

import { outsideOfScreens } from './outside-of-screens.svelte';

export class Keep {
  #kept = new Map<string, unknown>();

  get<T>(key: string, make: () => T, isIt: (value: unknown) => value is T): T {
    const known = this.#kept.get(key);
    if (isIt(known)) return known;
    const made = outsideOfScreens(make);
    this.#kept.set(key, made);
    return made;
  }
}
