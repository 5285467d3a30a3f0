// A small made-up experiment folder for reader tests: two stages, seven files, one of each kind. Tests replace single files.

import { FileTree, memoryFile, type SourceFile } from '../../src/sources/file-tree';

export type FolderFiles = Readonly<Record<string, string | SourceFile | undefined>>;

export const FOLDER = '7-llama-2-70b-tp4-general';

const tail = (mean: number) => ({ mean, p90: mean * 1.5, p99: mean * 2 });

export const lifecycle = (count: number, rate?: number) => ({
  load_summary: { count, ...(rate === undefined ? {} : { requested_rate: rate, send_duration: 9.5 }) },
  successes: {
    count,
    latency: { request_latency: tail(2), time_to_first_token: tail(0.25) },
    throughput: { input_tokens_per_sec: 100, output_tokens_per_sec: 50, requests_per_sec: 1 },
    output_len: tail(11),
  },
  failures: { count: 0, request_latency: null },
});

export const PROFILE = {
  load: {
    stages: [
      { rate: 8, duration: 10 },
      { rate: 20, duration: 5 },
    ],
  },
  data: {
    type: 'shared_prefix',
    shared_prefix: {
      question_len: 400,
      system_prompt_len: 100,
      output_len: 11,
      enable_multi_turn_chat: true,
    },
  },
  server: { ignore_eos: true },
};

export const manifestEntry = (id = 7) => ({
  id,
  model: 'Llama-2-70b',
  precision: 'FP16',
  hw: 'H100',
  workload: 'general',
  cpu_offload: true,
  gpu_mem: 0.9,
  dp: null as number | null,
  safe: 'safe',
});

export const CONFIG = `model: meta-llama/Llama-2-70b-hf
tensor_parallelism: 4
max_model_len: 4096
max_num_batched_tokens: 2048
max_num_seqs: 128
`;

/** The files of one experiment, paths inside its folder. */
export const experimentFiles = (): Record<string, string | SourceFile | undefined> => ({
  'exp-config.yaml': CONFIG,
  'profile.yaml': JSON.stringify(PROFILE),
  'vllm.log': 'x Available KV cache memory: 2 GiB\nx GPU KV cache size: 1,600 tokens\n',
  'results/stage_0_lifecycle_metrics.json': JSON.stringify(lifecycle(80), null, 1),
  'results/stage_1_lifecycle_metrics.json': JSON.stringify(lifecycle(100), null, 1),
  'results/summary_lifecycle_metrics.json': JSON.stringify(lifecycle(180), null, 1),
});

const toFile = (path: string, content: string | SourceFile): SourceFile =>
  typeof content === 'string' ? memoryFile(path, content) : { ...content, path };

/** A tree from paths to contents; undefined leaves a file out. */
export function treeOf(name: string, files: FolderFiles, folders: readonly string[] = []): FileTree {
  const present = Object.entries(files).flatMap(([path, content]) =>
    content === undefined ? [] : [toFile(path, content)],
  );
  return new FileTree({ name, files: present, folders });
}

/** Manifest and one experiment folder, with some of its files replaced or (undefined) removed. */
export function measuredTree(changes: FolderFiles = {}, manifest: unknown = [manifestEntry()]): FileTree {
  const inside = { ...experimentFiles(), ...changes };
  const files = Object.fromEntries(
    Object.entries(inside).map(([path, content]) => [`${FOLDER}/${path}`, content]),
  );
  return treeOf('data', {
    'experiments.json': typeof manifest === 'string' ? manifest : JSON.stringify(manifest, null, 1),
    ...files,
  });
}

/** A file whose reading fails with the host's error. */
export const failingFile = (error: Error, sizeBytes = 10): SourceFile => ({
  path: '',
  sizeBytes,
  text: () => Promise.reject(error),
  stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }),
});
