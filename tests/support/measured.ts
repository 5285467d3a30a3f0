// Experiments of the reference material for calibration tests, read straight from the files: manifest, profile and rows.

import { sharedFolders, sharedJson, sharedText } from './shared';
import type { Experiment, StageMetrics } from '../../src/domain/experiment';
import type { GpuFacts, ModelArchitecture } from '../../src/domain/latency';
import type { HardwareFacts } from '../../src/calibration/prepare';

export const H100: GpuFacts = {
  name: 'H100',
  peakTflops: 989.5,
  peakTflopsFp8: 1979,
  memoryBandwidthTbs: 3.35,
  mfuPrefill: 0.45,
  mfuDecode: 0.3,
  memoryGib: 80,
};

const architecture = (
  layers: number,
  hidden: number,
  heads: number,
  kvHeads: number,
  ffn: number,
  [experts, expertsPerToken]: readonly [number, number] = [0, 0],
): ModelArchitecture => ({
  layers,
  hidden,
  heads,
  kvHeads,
  vocab: 32_000,
  ffn,
  dtypeBytes: 2,
  experts,
  expertsPerToken,
  expertFfn: 0,
  sharedExpertFfn: 0,
  interleaveStep: 0,
  denseFfn: 0,
  activation: 'silu',
  tiedEmbeddings: false,
  weightBytes: 0,
});

/** Architectures of the measured models. */
export const ARCHITECTURES = {
  'codellama/CodeLlama-34b-Instruct-hf': architecture(48, 8192, 64, 8, 22_016),
  'meta-llama/Llama-2-70b-hf': architecture(80, 8192, 64, 8, 28_672),
  'meta-llama/Llama-2-7b-hf': architecture(32, 4096, 32, 32, 11_008),
  'mistralai/Mixtral-8x7B-v0.1': architecture(32, 4096, 32, 8, 14_336, [8, 2]),
} as const;

export function factsOf(model: string): HardwareFacts {
  const known = Object.entries(ARCHITECTURES).find(([id]) => id === model)?.[1];
  if (known === undefined) throw new Error(`no architecture for ${model}`);
  return { architecture: known, gpu: H100 };
}

const NO_SUMMARY: StageMetrics = {
  stageIndex: -1,
  rateRps: NaN,
  durationS: NaN,
  numRequests: 0,
  e2e: {},
  ttft: {},
  itl: {},
  throughput: { inputTokensPerSec: 0, outputTokensPerSec: 0, requestsPerSec: 0 },
};

interface ManifestRow {
  readonly id: number;
  readonly hf_model: string;
  readonly tp: number;
  readonly workload: string;
  readonly total_kv_blocks: number;
  readonly precision: string;
  readonly hw: string;
}

interface Profile {
  readonly data: {
    readonly shared_prefix: {
      readonly system_prompt_len: number;
      readonly num_unique_system_prompts: number;
      readonly question_len: number;
      readonly output_len: number;
    };
  };
  readonly load: { readonly stages: readonly { readonly rate: number; readonly duration: number }[] };
  readonly server: { readonly ignore_eos: boolean };
}

/** One experiment of the kit with its per-request rows. */
export function measuredExperiment(id: number): Experiment {
  const folder = sharedFolders('ground-truth').find((name) => name.startsWith(`${id}-`));
  if (folder === undefined) throw new Error(`no experiment ${id}`);
  const row = sharedJson<ManifestRow[]>('ground-truth', 'experiments.json').find((each) => each.id === id);
  if (row === undefined) throw new Error(`experiment ${id} is not in the manifest`);
  const profile = sharedJson<Profile>('ground-truth', folder, 'profile.yaml');
  const lines = sharedText('ground-truth', folder, 'results', 'per_request.csv').trim().split('\n').slice(1);
  const cells = lines.map((line) => line.split(',').map((cell) => (cell === '' ? NaN : Number(cell))));
  const column = (k: number): number[] => cells.map((each) => each[k] ?? NaN);
  return {
    expId: id,
    folder,
    model: row.hf_model,
    tp: row.tp,
    workload: row.workload,
    maxModelLen: 4096,
    maxNumBatchedTokens: 2048,
    maxNumSeqs: 128,
    totalKvBlocks: row.total_kv_blocks,
    cpuKvBlocks: 0,
    kvSource: 'manifest',
    hardware: row.hw,
    cpuOffload: true,
    gpuMemUtil: 0.9,
    precision: row.precision,
    safe: 'safe',
    profile: {
      stages: profile.load.stages.map(({ rate, duration }) => ({ rateRps: rate, durationS: duration })),
      hasSharedPrefixObject: true,
      questionLen: profile.data.shared_prefix.question_len,
      systemPromptLen: profile.data.shared_prefix.system_prompt_len,
      numUniqueSystemPrompts: profile.data.shared_prefix.num_unique_system_prompts,
      outputLen: profile.data.shared_prefix.output_len,
      ignoreEos: profile.server.ignore_eos,
    },
    stages: [],
    summary: NO_SUMMARY,
    requests: {
      count: cells.length,
      arrivalUs: Float64Array.from(column(1)),
      inputTokens: Uint32Array.from(column(2)),
      outputTokens: Uint32Array.from(column(3)),
      ttftUs: Float64Array.from(column(4)),
      e2eUs: Float64Array.from(column(5)),
      failed: Uint8Array.from(column(6)),
    },
    warnings: [],
  };
}
