// A small set of invented rows that exercises every figure: several models, GPUs, workloads, configurations, a bar beyond every
// axis, one too small to see, an infinite one, and a simulator that covers little.

import type { MetricName } from '../../src/domain/prediction';
import type { ErrorRow, RowContext, RuntimeRow } from '../../src/domain/record-rows';

const LLAMA = 'meta-llama/Llama-3.1-8B-Instruct';
const QWEN = 'Qwen/Qwen3-14B';
const MIXTRAL = 'mistralai/Mixtral-8x7B-v0.1';

type Experiment = Omit<RowContext, 'simulator'>;

function experiment(expId: number, model: string, changes: Partial<Experiment> = {}): Experiment {
  return {
    expId,
    experimentFolder: `${expId}-run`,
    model,
    workload: 'general',
    hardware: 'H100',
    cpuOffload: false,
    gpuMemUtil: 0.9,
    precision: 'FP16',
    tp: model === MIXTRAL ? 2 : 1,
    maxNumBatchedTokens: 2048,
    ...changes,
  };
}

export const EXPERIMENTS: readonly Experiment[] = [
  experiment(1, LLAMA),
  experiment(2, QWEN),
  experiment(3, MIXTRAL),
  experiment(4, LLAMA, { tp: 2 }),
  experiment(5, LLAMA, { cpuOffload: true }),
  experiment(6, MIXTRAL, { tp: 4 }),
  experiment(7, MIXTRAL, { maxNumBatchedTokens: 8192 }),
  experiment(8, LLAMA, { hardware: 'A100-80GB' }),
  experiment(9, QWEN, { workload: 'codegen' }),
  experiment(10, LLAMA, { workload: 'reasoning' }),
  experiment(11, QWEN, { workload: 'general-lite' }),
];

const SIMULATORS: Readonly<
  Record<string, { e2e: number; ttft: number; itl: number; runs: number; seconds: number }>
> = {
  'blis-trained-physics': { e2e: 4, ttft: 12, itl: 1.2, runs: 11, seconds: 2 },
  'blis-roofline': { e2e: 33, ttft: 340, itl: 40, runs: 11, seconds: 1.5 },
  vidur: { e2e: 310, ttft: 11_500, itl: 150, runs: 2, seconds: 9 },
  'llm-optimizer-estimate': { e2e: 52, ttft: 900, itl: 60, runs: 10, seconds: 0.1 },
  'aiconfigurator-estimate': { e2e: 14, ttft: 230, itl: 9, runs: 8, seconds: 3 },
  llmservingsim: { e2e: 22, ttft: 71, itl: 25, runs: 9, seconds: 190 },
};

export const FIGURE_ERRORS: readonly ErrorRow[] = Object.entries(SIMULATORS).flatMap(([simulator, level]) =>
  EXPERIMENTS.slice(0, level.runs).flatMap((context, index): ErrorRow[] => {
    const row = (metricName: MetricName, mape: number): ErrorRow => ({
      simulator,
      ...context,
      stageIndex: -1,
      metricName,
      mape,
    });
    // Spread without randomness: from 0.7 to 1.6 times the level.
    const factor = 0.7 + 0.3 * (index % 4);
    const ttft = simulator === 'blis-roofline' && index === 2 ? Infinity : level.ttft * factor;
    return [
      row('e2e_mean', level.e2e * factor),
      row('ttft_mean', ttft),
      row('itl_mean', level.itl * factor),
      { ...row('e2e_mean', 1e6), stageIndex: 0 },
    ];
  }),
);

export const FIGURE_RUNTIMES: readonly RuntimeRow[] = Object.entries(SIMULATORS).flatMap(
  ([simulator, level]) =>
    EXPERIMENTS.slice(0, level.runs).map((context, index) => ({
      simulator,
      ...context,
      wallClockSeconds: level.seconds * (0.6 + 0.2 * (index % 5)),
    })),
);
