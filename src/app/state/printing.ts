// Paper: the page in its light theme and, when it is asked for here, laid out at the width of a sheet before the picture of it is taken,
// because charts follow the width of their box only once the browser has drawn it.

import type { ThemeState } from './theme.svelte';

export class Printing {
  #host: Window;
  #theme: ThemeState;

  constructor(host: Window, theme: ThemeState) {
    this.#host = host;
    this.#theme = theme;
    host.addEventListener('beforeprint', () => this.#set(true));
    host.addEventListener('afterprint', () => this.#set(false));
  }

  async print(): Promise<void> {
    this.#set(true);
    // Two frames: one in which the boxes change, one in which what follows them is drawn.
    await this.#frame();
    await this.#frame();
    this.#host.print();
  }

  #set(isPrinting: boolean): void {
    const { dataset } = this.#host.document.documentElement;
    if (isPrinting) dataset.paper = '';
    else delete dataset.paper;
    this.#theme.forPaper(isPrinting);
  }

  #frame(): Promise<unknown> {
    return new Promise((resolve) => this.#host.requestAnimationFrame(resolve));
  }
}
