// Light or dark: the system decides until the reader does; the choice is kept on this device.

import { openLocalStorage } from '../storage/local-storage';

export type Theme = 'light' | 'dark';

const KEY = 'plumbline.theme';

export class ThemeState {
  #system = $state<Theme>('light');
  #chosen = $state<Theme | undefined>();
  #root: HTMLElement;
  #storage: Storage | undefined;

  constructor(host: Window) {
    this.#root = host.document.documentElement;
    this.#storage = openLocalStorage(host);
    const dark = host.matchMedia('(prefers-color-scheme: dark)');
    this.#system = dark.matches ? 'dark' : 'light';
    dark.addEventListener('change', (event) => {
      this.#system = event.matches ? 'dark' : 'light';
    });
    const kept = this.#storage?.getItem(KEY);
    if (kept === 'light' || kept === 'dark') this.#apply(kept);
  }

  get current(): Theme {
    return this.#chosen ?? this.#system;
  }

  toggle(): void {
    const next = this.current === 'dark' ? 'light' : 'dark';
    // The system's own theme needs no override, and then follows the system again.
    if (next === this.#system) {
      this.#storage?.removeItem(KEY);
      this.#apply(undefined);
    } else {
      this.#storage?.setItem(KEY, next);
      this.#apply(next);
    }
  }

  /** Paper is light, whatever the screen is; nothing is kept of it. */
  forPaper(isPrinting: boolean): void {
    if (isPrinting) this.#root.dataset.theme = 'light';
    else this.#apply(this.#chosen);
  }

  #apply(theme: Theme | undefined): void {
    this.#chosen = theme;
    if (theme === undefined) delete this.#root.dataset.theme;
    else this.#root.dataset.theme = theme;
  }
}
