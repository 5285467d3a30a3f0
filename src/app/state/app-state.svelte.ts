// What every place shares: where we are, the theme, the actions, and the status that stays on screen in every place.

import { untrack } from 'svelte';
import { browserKeeping, type Keeping } from '../storage/keeping';
import { openLocalStorage } from '../storage/local-storage';
import { OfflineUse } from '../storage/offline.svelte';
import { deviceShelves, type Shelves } from '../storage/shelves';
import { ChartKeys } from './chart-keys';
import { Keep } from './keep';
import { ActionRegistry } from './actions.svelte';
import { Printing } from './printing';
import { Router } from './router.svelte';
import { Stage } from './stage.svelte';
import { ThemeState } from './theme.svelte';

/** The run that is going on, as the pill in the top bar shows it. */
export interface RunStatus {
  /** For example "58 of 134". */
  readonly count: string;
  /** For example "about 40 s". */
  readonly left: string;
  /** 0 … 1. */
  readonly share: number;
  readonly place: string;
  stop(): void;
}

/** What may lie over the page. */
export type Overlay = 'storage' | 'palette' | 'keys';

export class AppState {
  readonly router: Router;
  readonly theme: ThemeState;
  readonly printing: Printing;
  readonly stage: Stage;
  readonly actions = new ActionRegistry();
  readonly charts = new ChartKeys();
  readonly keeping: Keeping;
  readonly shelves: Shelves;
  readonly offline: OfflineUse;
  /** State of places that outlives their screens. */
  readonly kept = new Keep();
  #overlay = $state<Overlay | undefined>();
  #recentActions = $state.raw<readonly string[]>([]);
  #runStatuses = $state.raw<Readonly<Record<string, () => RunStatus | undefined>>>({});

  constructor(host: Window) {
    this.router = new Router(host);
    this.theme = new ThemeState(host);
    this.printing = new Printing(host, this.theme);
    this.stage = new Stage(host);
    this.keeping = browserKeeping(host);
    this.shelves = deviceShelves(this.keeping);
    this.offline = new OfflineUse(host, openLocalStorage(host));
  }

  get overlay(): Overlay | undefined {
    return this.#overlay;
  }

  /** Actions used lately through the palette, latest first. */
  get recentActions(): readonly string[] {
    return this.#recentActions;
  }

  noteAction(id: string): void {
    this.#recentActions = [id, ...this.#recentActions.filter((other) => other !== id)].slice(0, 8);
  }

  open(overlay: Overlay): void {
    this.#overlay = overlay;
  }

  closeOverlay(): void {
    this.#overlay = undefined;
  }

  /** Of the work that is going on; of several, the one that was handed in first. */
  get runStatus(): RunStatus | undefined {
    for (const read of Object.values(this.#runStatuses)) {
      const status = read();
      if (status !== undefined) return status;
    }
    return undefined;
  }

  /** Whoever runs work hands in how to read its status, under a name of its own; it is shown in every place. */
  showRunStatus(name: string, read: () => RunStatus | undefined): void {
    untrack(() => {
      this.#runStatuses = { ...this.#runStatuses, [name]: read };
    });
  }
}
