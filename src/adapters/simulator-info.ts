// What is told of a simulator outside of the workers that run it.

import type { Adapter } from './adapter';

export interface SimulatorInfo {
  readonly name: string;
  readonly label: string;
  /** For numbers that come from a run elsewhere: what the imported results call the simulator. */
  readonly imports?: string;
  /** Needs the measured requests. */
  readonly isReplay?: boolean;
  /** Estimates from measured operator tables where they are loaded. */
  readonly usesTables?: boolean;
}

export const simulatorInfo = ({
  name,
  label,
  isImported,
  importedName,
  isReplay,
  usesTables,
}: Adapter): SimulatorInfo => ({
  name,
  label,
  ...(isReplay === true ? { isReplay } : {}),
  ...(isImported === true ? { imports: importedName ?? name } : {}),
  ...(usesTables === true ? { usesTables } : {}),
});
