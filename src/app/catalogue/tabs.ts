// The parts of the Catalogue place, each loaded when it is opened.

import type { Component } from 'svelte';
import type { Catalog } from '../../catalog/catalog';
import type { CatalogueWorker } from '../../workers/catalogue-client';
import type { AppState } from '../state/app-state.svelte';
import type { CatalogueState } from './catalogue.svelte';

export interface TabProps {
  readonly app: AppState;
  readonly state: CatalogueState;
  readonly catalog: Catalog;
  readonly worker: CatalogueWorker;
}

export interface CatalogueTab {
  readonly id: 'explore' | 'gpus' | 'models' | 'coefficients' | 'definitions';
  readonly label: string;
  readonly count?: (catalog: Catalog) => number;
  load(): Promise<{ readonly default: Component<TabProps> }>;
}

export const CATALOGUE_TABS: readonly CatalogueTab[] = [
  { id: 'explore', label: 'Explore', load: () => import('./ExploreTab.svelte') },
  { id: 'gpus', label: 'GPUs', count: ({ gpus }) => gpus.size, load: () => import('./GpusTab.svelte') },
  {
    id: 'models',
    label: 'Models',
    count: ({ models }) => models.size,
    load: () => import('./ModelsTab.svelte'),
  },
  {
    id: 'coefficients',
    label: 'Coefficients',
    count: ({ blackboxRows }) => blackboxRows.length,
    load: () => import('./CoefficientsTab.svelte'),
  },
  { id: 'definitions', label: 'Definitions', load: () => import('./DefinitionsTab.svelte') },
];
