// A folder of made-up measurements with per-request rows, as a known server would have answered them.

import { stageValues } from '../../src/calibration/run-metrics';
import { prepareRun } from '../../src/calibration/prepare';
import { DEFAULT_PHYSICS, type PhysicsVector } from '../../src/domain/physics';
import { measureSynthetic, syntheticFacts, type SyntheticLoad } from './synthetic-server';
import { manifestEntry } from './measured-folder';

/** Paths and texts of one folder with these runs. */
export function syntheticFolder(
  module: WebAssembly.Module,
  loads: readonly SyntheticLoad[],
  vector: PhysicsVector = DEFAULT_PHYSICS,
): Record<string, string> {
  const files: Record<string, string> = {};
  const manifest = loads.map((load) => {
    const experiment = measureSynthetic(module, load, vector);
    const run = prepareRun(experiment, syntheticFacts(load));
    if (!run.ok) throw new Error(run.error.message);
    const folder = `${load.expId}-made-tp${load.tp}`;
    const { requests } = experiment;
    if (requests === undefined) throw new Error('a synthetic experiment has rows');
    files[`${folder}/exp-config.yaml`] =
      `model: ${load.model}\ntensor_parallelism: ${load.tp}\nmax_model_len: 4096\nmax_num_batched_tokens: 2048\nmax_num_seqs: 128\n`;
    files[`${folder}/profile.yaml`] = JSON.stringify({
      load: { stages: load.rates.map((rate) => ({ rate, duration: load.requestsPerStage / rate })) },
      data: {
        type: 'shared_prefix',
        shared_prefix: {
          question_len: load.promptTokens - 96,
          system_prompt_len: 96,
          output_len: load.outputTokens,
          enable_multi_turn_chat: false,
        },
      },
      server: { ignore_eos: true },
    });
    files[`${folder}/vllm.log`] =
      'INFO Available KV cache memory: 38.97 GiB\nINFO GPU KV cache size: 640,000 tokens\n';
    const rows = Array.from({ length: requests.count }, (_, i) =>
      [
        i,
        requests.arrivalUs[i],
        requests.inputTokens[i],
        requests.outputTokens[i],
        requests.ttftUs[i],
        requests.e2eUs[i],
        0,
      ].join(','),
    );
    files[`${folder}/results/per_request.csv`] =
      `index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n${rows.join('\n')}\n`;
    const lifecycle = (stage: (typeof run.value.stages)[number]): string => {
      const values = stageValues(run.value, run.value, stage, 'all');
      const count = stage.to - stage.from;
      const tail = (mean: number, p90: number, p99: number) => ({
        mean: mean / 1000,
        p90: p90 / 1000,
        p99: p99 / 1000,
      });
      const seconds = count / (stage.rateRps || 1);
      return JSON.stringify({
        load_summary: { count, requested_rate: stage.rateRps, send_duration: seconds },
        successes: {
          count,
          latency: {
            request_latency: tail(values.e2e_mean, values.e2e_p90, values.e2e_p99),
            time_to_first_token: tail(values.ttft_mean, values.ttft_p90, values.ttft_p99),
          },
          throughput: {
            input_tokens_per_sec: (load.promptTokens * count) / seconds,
            output_tokens_per_sec: (load.outputTokens * count) / seconds,
            requests_per_sec: count / seconds,
          },
          output_len: { mean: load.outputTokens, p90: load.outputTokens, p99: load.outputTokens },
        },
        failures: { count: 0, request_latency: null },
      });
    };
    run.value.stages.forEach((stage, k) => {
      files[`${folder}/results/stage_${k}_lifecycle_metrics.json`] = lifecycle(stage);
    });
    const [first] = run.value.stages;
    if (first === undefined) throw new Error('a run has a stage');
    files[`${folder}/results/summary_lifecycle_metrics.json`] = lifecycle({ ...first, to: run.value.count });
    return { ...manifestEntry(load.expId), cpu_offload: false };
  });
  files['experiments.json'] = JSON.stringify(manifest);
  return files;
}
