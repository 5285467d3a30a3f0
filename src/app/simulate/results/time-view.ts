// The stretch of simulated time on screen: zooming, panning, and where the cursor is. Times in µs.

export interface TimeView {
  readonly fromUs: number;
  readonly toUs: number;
}

/** No closer than this: below it two steps are many pixels apart. */
const LEAST_SPAN_US = 1000;

export const wholeView = (endUs: number): TimeView => ({ fromUs: 0, toUs: Math.max(endUs, LEAST_SPAN_US) });

/** Keeps a stretch within the run and wide enough. */
function fitted(fromUs: number, spanUs: number, endUs: number): TimeView {
  const whole = wholeView(endUs);
  const span = Math.min(Math.max(spanUs, LEAST_SPAN_US), whole.toUs);
  const from = Math.min(Math.max(fromUs, 0), whole.toUs - span);
  return { fromUs: from, toUs: from + span };
}

/** `factor` below 1 comes closer; `aboutUs` stays where it is on screen. */
export function zoomed({ fromUs, toUs }: TimeView, factor: number, aboutUs: number, endUs: number): TimeView {
  return fitted(aboutUs - (aboutUs - fromUs) * factor, (toUs - fromUs) * factor, endUs);
}

/** Moves by a share of the stretch. */
export function panned({ fromUs, toUs }: TimeView, share: number, endUs: number): TimeView {
  return fitted(fromUs + share * (toUs - fromUs), toUs - fromUs, endUs);
}

/** What a brush selected; a click without a drag selects nothing. */
export function brushed(firstUs: number, lastUs: number, endUs: number): TimeView {
  return fitted(Math.min(firstUs, lastUs), Math.abs(lastUs - firstUs), endUs);
}

/** The same stretch around a time that lies outside of it. */
export function revealing(view: TimeView, timeUs: number, endUs: number): TimeView {
  if (timeUs >= view.fromUs && timeUs <= view.toUs) return view;
  const span = view.toUs - view.fromUs;
  return fitted(timeUs - span / 2, span, endUs);
}
