// The error heat: six fixed steps, never rescaled to the data, stated in the legend. 5 % is the order of run-to-run
// variation (a convention), 10 % what simulator papers claim, 20 % a common capacity headroom, 50 and 100 % half and double.

export const HEAT_LIMITS = [5, 10, 20, 50, 100] as const;

/** Step 0 … 5 of an error in percent (its size counts); nothing where there is no number. */
export function heatStep(percent: number | undefined): number | undefined {
  if (percent === undefined || Number.isNaN(percent)) return undefined;
  const size = Math.abs(percent);
  const step = HEAT_LIMITS.findIndex((limit) => size <= limit);
  return step < 0 ? HEAT_LIMITS.length : step;
}

/** CSS background of a step. */
export const heatColour = (percent: number | undefined): string | undefined => {
  const step = heatStep(percent);
  return step === undefined ? undefined : `var(--heat-${step})`;
};
