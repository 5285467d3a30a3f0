// A measured experiment as a configuration of Simulate: the options and the specification that Validate's adapters run it with, so
// that what runs here first is what was judged there.

import { blisOptions } from '../../adapters/blis/blis-command';
import { workloadSpecYaml, type MultiTurnReading } from '../../adapters/blis/profile-workload';
import type { Experiment } from '../../domain/experiment';
import type { LatencyModelName, Mode } from '../../domain/latency';
import { DEFAULT_SETTINGS, type FleetSettings } from './setting-table';

/** The reference's newest first; the one that needs coefficients of the very server last. */
const MODELS: readonly LatencyModelName[] = [
  'trained-physics',
  'crossmodel',
  'trained-roofline',
  'roofline',
  'blackbox',
];

/** The first latency model that can run; the first of all when none can, since the form then says why. */
export const modelThatRuns = (canRun: (name: LatencyModelName) => boolean): LatencyModelName =>
  MODELS.find(canRun) ?? 'trained-physics';

/** @param multiTurn how the profile's `enable_multi_turn_chat` is read. */
export function experimentSettings(
  experiment: Experiment,
  latencyModel: LatencyModelName,
  { mode, multiTurn }: { readonly mode: Mode; readonly multiTurn: MultiTurnReading },
): FleetSettings {
  const options = blisOptions(experiment, latencyModel, mode);
  const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value));
  return {
    ...DEFAULT_SETTINGS,
    model: options.model.toLowerCase(),
    hardware: text(options.hardware),
    tp: text(options.tp),
    latencyModel,
    mode,
    totalKvBlocks: text(options.totalKvBlocks),
    maxNumRunningReqs: text(options.maxNumRunningReqs),
    maxNumScheduledTokens: text(options.maxNumScheduledTokens),
    kvCpuBlocks: text(options.kvCpuBlocks),
    // Only a CPU tier reads it.
    ...(experiment.cpuKvBlocks > 0 ? { kvTransferBandwidth: text(options.kvTransferBandwidth) } : {}),
    seed: text(options.seed),
    workload: '',
    workloadSpec: workloadSpecYaml(experiment.profile, multiTurn).trimEnd(),
  };
}
