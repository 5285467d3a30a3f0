// The views of the Simulate place and their addresses: `#/simulate`, `#/simulate/compare`, `#/simulate/sweep`.

export const SIMULATE_VIEWS = [
  { id: 'run', label: 'Run' },
  { id: 'compare', label: 'Compare' },
  { id: 'sweep', label: 'Sweep' },
] as const;
export type SimulateView = (typeof SIMULATE_VIEWS)[number]['id'];

/** Unknown parts open the run. */
export const viewOf = (part: string | undefined): SimulateView =>
  SIMULATE_VIEWS.find(({ id }) => id === part)?.id ?? 'run';

/** The run has the place's own address. */
export const partsOf = (view: SimulateView): readonly string[] => (view === 'run' ? [] : [view]);
