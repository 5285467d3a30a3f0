// The command line by which the study runs BLIS on an experiment (sim-to-real 5b12a00, validator spec 8.3), and the same values as
// options of the engine here. `dp` is not passed: BLIS simulates one instance.

import type { Experiment } from '../../domain/experiment';
import type { LatencyModelName, Mode } from '../../domain/latency';
import type { BlisOptions } from './blis-options';
import { BLIS_SEED } from './profile-workload';

const KV_OFFLOAD_THRESHOLD = 0.9;
/** Blocks per µs. */
const KV_TRANSFER_BANDWIDTH = 0.2;

/** BLIS spells one GPU differently. */
export const blisHardware = (hardware: string): string => (hardware === 'A100-80GB' ? 'A100-80' : hardware);

/** The arguments behind the executable's name, in the study's order. The regression model is BLIS' default there and not named. */
export function blisArguments(
  experiment: Experiment,
  model: LatencyModelName,
  specFile: string,
  resultsFile: string,
): string[] {
  return [
    'run',
    ...['--model', experiment.model],
    ...['--tp', String(experiment.tp)],
    ...['--hardware', blisHardware(experiment.hardware)],
    ...['--max-num-running-reqs', String(experiment.maxNumSeqs)],
    ...['--max-num-scheduled-tokens', String(experiment.maxNumBatchedTokens)],
    ...['--total-kv-blocks', String(experiment.totalKvBlocks)],
    ...['--kv-cpu-blocks', String(experiment.cpuKvBlocks)],
    ...['--kv-offload-threshold', String(KV_OFFLOAD_THRESHOLD)],
    ...['--kv-transfer-bandwidth', String(KV_TRANSFER_BANDWIDTH)],
    ...['--seed', String(BLIS_SEED)],
    ...['--workload-spec', specFile],
    ...['--results-path', resultsFile],
    ...(model === 'blackbox' ? [] : ['--latency-model', model]),
  ];
}

export const blisOptions = (experiment: Experiment, model: LatencyModelName, mode: Mode): BlisOptions => ({
  model: experiment.model,
  tp: experiment.tp,
  hardware: blisHardware(experiment.hardware),
  maxNumRunningReqs: experiment.maxNumSeqs,
  maxNumScheduledTokens: experiment.maxNumBatchedTokens,
  totalKvBlocks: experiment.totalKvBlocks,
  kvCpuBlocks: experiment.cpuKvBlocks,
  kvOffloadThreshold: KV_OFFLOAD_THRESHOLD,
  kvTransferBandwidth: KV_TRANSFER_BANDWIDTH,
  seed: BLIS_SEED,
  latencyModel: model,
  mode,
});
