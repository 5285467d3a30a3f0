// The places of the page, in the order of need. A place appears in the bar when it is listed here, and its code is fetched
// when it is opened, so that the first view stays small. To add one: see README.md in this folder.

import type { Component } from 'svelte';
import type { AppState } from './state/app-state.svelte';

export interface Place {
  readonly id: string;
  readonly label: string;
  /** Second key after `G`. */
  readonly key: string;
  /** Stands at the end of the bar: not where work is done, but beside it. */
  readonly isBeside?: boolean;
  load(): Promise<{ readonly default: Component<{ app: AppState }> }>;
}

export const PLACES: readonly Place[] = [
  { id: 'validate', label: 'Validate', key: 'V', load: () => import('./validate/ValidatePlace.svelte') },
  { id: 'simulate', label: 'Simulate', key: 'S', load: () => import('./simulate/SimulatePlace.svelte') },
  { id: 'convert', label: 'Convert', key: 'C', load: () => import('./convert/ConvertPlace.svelte') },
  {
    id: 'catalogue',
    label: 'Catalogue',
    key: 'L',
    load: () => import('./catalogue/CataloguePlace.svelte'),
  },
  {
    id: 'guide',
    label: 'Guide',
    key: 'G',
    isBeside: true,
    load: () => import('./guide/GuidePlace.svelte'),
  },
];

/** The place of a route; the first one for an empty or unknown route. */
export function placeOf(id: string): Place {
  const place = PLACES.find((candidate) => candidate.id === id) ?? PLACES[0];
  if (!place) throw new Error('The page has no places.');
  return place;
}
