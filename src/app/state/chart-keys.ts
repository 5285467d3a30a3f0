// Which chart the keyboard is in: `T` and `E` act on it. A chart says so when focus enters it and takes it back when it leaves.

export interface ChartHandlers {
  /** Table in place of the picture, and back; absent where there is only one of them. */
  readonly toggleTable?: () => void;
  readonly save: () => void;
}

export class ChartKeys {
  /** Asked when a key is pressed, so nothing needs to follow it. */
  #current: ChartHandlers | undefined;

  get current(): ChartHandlers | undefined {
    return this.#current;
  }

  /** For the element around a chart: `{@attach keys.around(handlers)}`. */
  around(handlers: ChartHandlers): (element: HTMLElement) => () => void {
    return (element) => {
      const enter = (): void => {
        this.#current = handlers;
      };
      const leave = ({ relatedTarget }: FocusEvent): void => {
        if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) this.#release(handlers);
      };
      element.addEventListener('focusin', enter);
      element.addEventListener('focusout', leave);
      return () => {
        element.removeEventListener('focusin', enter);
        element.removeEventListener('focusout', leave);
        this.#release(handlers);
      };
    };
  }

  #release(handlers: ChartHandlers): void {
    if (this.#current === handlers) this.#current = undefined;
  }
}
