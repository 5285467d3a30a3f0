// Which rows of a long table are in the page.

/** Half open, in rows. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/** Up to this many rows, all of them are in the page: the browser's own search then finds every one. */
const MOST_WHOLE = 60;
/** Rows beyond both edges of the window, so that a key press and a short scroll find theirs. */
const BEYOND = 12;
/** The window moves by this many rows at a time, so that a scroll does not remake it with every pixel. */
const STEP = 8;

export const fewRows = (count: number): boolean => count <= MOST_WHOLE;

/** The rows in sight and some around them, within a table of `count`. */
export function rowWindow(seen: RowWindow, count: number): RowWindow {
  const from = Math.floor((seen.from - BEYOND) / STEP) * STEP;
  const to = Math.ceil((seen.to + BEYOND) / STEP) * STEP;
  const start = Math.min(Math.max(0, from), count);
  return { from: start, to: Math.min(Math.max(start, to), count) };
}
