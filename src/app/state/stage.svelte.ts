// Present mode: one part of the screen at a time fills the window, at a size that is read from the back of a room; everything else
// is hidden and cannot be reached. Parts are the headline and every card, in the order of the page.

/** The smallest text of a part, px: the axes of charts. */
const SMALLEST_TEXT_PX = 11;
/** Smallest text on the stage, of its height: a capital then spans 10 arc minutes at 10 m from a screen 2.5 m wide. */
const SMALLEST_SHARE = 1 / 34;
/** Rows of the plumb plot are half as high as those of tables; this much larger, twelve of them are in sight. */
const PLOT_ENLARGED = 1.3;
const HEADLINE_PX = 26;
const HEADLINE_SHARE = 64 / 1080;
/** Of what is in sight, so that a row that was cut is whole after the turn. */
const TURN_SHARE = 0.8;

export class Stage {
  #root: HTMLElement;
  #view: Window;
  #part = $state.raw<HTMLElement | undefined>();
  #at = $state(0);
  #count = $state(0);

  constructor(host: Window) {
    this.#root = host.document.documentElement;
    this.#view = host;
    host.addEventListener('resize', () => {
      if (this.#part) this.#fit(this.#part);
    });
  }

  get isOn(): boolean {
    return this.#part !== undefined;
  }

  /** Which part is shown, from 1, of how many. */
  get place(): { readonly at: number; readonly count: number } {
    return { at: this.#at + 1, count: this.#count };
  }

  get canStart(): boolean {
    return this.#parts().length > 0;
  }

  /** With the part that has the focus, else with the first. */
  start(): void {
    const parts = this.#parts();
    const focused = parts.findIndex((part) => part.contains(this.#root.ownerDocument.activeElement));
    this.#show(parts, Math.max(0, focused));
  }

  end(): void {
    this.#part?.removeAttribute('data-stage');
    this.#part = undefined;
    delete this.#root.dataset.presenting;
  }

  /** To the next part or the one before. Parts may have come or gone since. */
  step(by: number): void {
    const parts = this.#parts();
    const now = this.#part === undefined ? -1 : parts.indexOf(this.#part);
    this.#show(parts, Math.min(Math.max(0, (now < 0 ? this.#at : now) + by), parts.length - 1));
  }

  /** On or back inside a part that is higher than the stage. */
  turn(by: number): void {
    this.#part?.scrollBy({ top: by * TURN_SHARE * this.#part.clientHeight });
  }

  #show(parts: readonly HTMLElement[], at: number): void {
    this.end();
    const part = parts[at];
    if (!part) return;
    part.setAttribute('data-stage', '');
    this.#root.dataset.presenting = '';
    this.#part = part;
    this.#at = at;
    this.#count = parts.length;
    this.#fit(part);
    part.scrollTop = 0;
  }

  #fit(part: HTMLElement): void {
    const isHeadline = !part.matches('.card');
    const [px, share] = isHeadline ? [HEADLINE_PX, HEADLINE_SHARE] : [SMALLEST_TEXT_PX, SMALLEST_SHARE];
    const enlarged = part.matches('.plumb') ? PLOT_ENLARGED : 1;
    this.#root.style.setProperty('--stage-zoom', String((enlarged * this.#view.innerHeight * share) / px));
  }

  /** The block of the headline, and cards that are not inside another. */
  #parts(): HTMLElement[] {
    const main = this.#root.ownerDocument.querySelector('main');
    const headline = main?.querySelector('h1:not(.visually-hidden, .card *)')?.parentElement;
    const cards = [...(main?.querySelectorAll<HTMLElement>('.card:not(.card .card)') ?? [])];
    return [...(headline ? [headline] : []), ...cards.filter((card) => card.offsetParent !== null)];
  }
}
