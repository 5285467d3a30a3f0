// The one simulation of the page: Convert and Validate hand configurations over to it, Simulate shows it.

import { startSimulate } from '../../workers/simulate-client';
import { loadSetup } from '../own-files';
import type { AppState } from '../state/app-state.svelte';
import { SimulationState } from './simulation.svelte';

export const simulationOf = ({ kept }: AppState): SimulationState =>
  kept.get(
    'simulation',
    () =>
      new SimulationState(
        () => startSimulate(loadSetup),
        (run, ms) => {
          const timer = window.setTimeout(run, ms);
          return () => window.clearTimeout(timer);
        },
      ),
    (value) => value instanceof SimulationState,
  );
