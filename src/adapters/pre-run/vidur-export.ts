// What Vidur needs to run an experiment: the measured requests as a trace, and the command (sim-to-real 5b12a00, experiment/
// adapters/vidur.py and trace converter). The trace is sorted by send time, which starts at 0, and leaves out nothing: failed requests
// go in with the token counts the load generator recorded.

import { fail, ok, type Result } from '../../base/result';
import type { Experiment, MeasuredRequests } from '../../domain/experiment';
import { vidurTrace as traceCsv } from '../../sources/measured-traces';
import { VIDUR_DEVICES } from '../../sources/pre-run/simulator-names';

export interface VidurTrace {
  readonly csv: string;
  readonly warnings: readonly string[];
}

/** Vidur's default for `--trace_request_generator_config_max_tokens`: longer requests lose prompt tokens. */
const MAX_TOKENS = 4096;

export function vidurTrace(requests: MeasuredRequests): VidurTrace {
  const rows = Array.from({ length: requests.count }, (_, row) => row);
  const cut = rows.filter(
    (row) => (requests.inputTokens[row] ?? 0) + (requests.outputTokens[row] ?? 0) > MAX_TOKENS,
  ).length;
  const failed = requests.failed.reduce((sum, value) => sum + value, 0);
  return {
    csv: traceCsv(requests, { dropFailed: false }),
    warnings: [
      ...(cut > 0
        ? [
            `${String(cut)} requests exceed ${String(MAX_TOKENS)} tokens: Vidur shortens their prompts unless --trace_request_generator_config_max_tokens is raised.`,
          ]
        : []),
      ...(failed > 0
        ? [`${String(failed)} failed requests are in the trace with the token counts that were recorded.`]
        : []),
    ],
  };
}

/** The arguments, from `python` on; to be run in a Vidur checkout. */
export function vidurCommand(
  experiment: Experiment,
  traceFile: string,
  outputDir: string,
): Result<readonly string[]> {
  const device = VIDUR_DEVICES[experiment.hardware];
  if (device === undefined) {
    return fail({
      code: 'not-supported',
      field: 'hw',
      message: `Vidur has no device for ${experiment.hardware}; it has profiles for ${Object.keys(VIDUR_DEVICES).join(' and ')}.`,
    });
  }
  const replicas = Math.max(1, experiment.dp ?? 1);
  const flags: readonly (readonly [string, string])[] = [
    ['replica_config_model_name', experiment.model],
    ['replica_config_device', device.device],
    ['replica_config_network_device', device.network],
    ['replica_config_tensor_parallel_size', String(experiment.tp)],
    ['replica_config_num_pipeline_stages', '1'],
    ['replica_scheduler_config_type', 'vllm'],
    ['vllm_scheduler_config_batch_size_cap', String(experiment.maxNumSeqs)],
    ['vllm_scheduler_config_max_tokens_in_batch', String(experiment.maxNumBatchedTokens)],
    ['request_generator_config_type', 'trace_replay'],
    ['trace_request_generator_config_trace_file', traceFile],
    ['metrics_config_output_dir', outputDir],
    ['cluster_config_num_replicas', String(replicas)],
    ...(replicas > 1 ? [['global_scheduler_config_type', 'round_robin'] as const] : []),
  ];
  return ok(['python', '-m', 'vidur.main', ...flags.flatMap(([name, value]) => [`--${name}`, value])]);
}
