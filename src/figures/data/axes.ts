// The fixed orders, labels and defaults of the published figures' axes (reference: sim-to-real-accuracy-validation
// `experiment/figures`, 5b12a00 and dcec3fd; validator spec 13.2).

export interface ModelFacts {
  readonly id: string;
  readonly shortLabel: string;
  readonly defaultTp: number;
  readonly isMoe: boolean;
  /** Llama-2-7b has a label but no place on a model axis. */
  readonly onAxis: boolean;
}

const MODELS: readonly ModelFacts[] = [
  model('meta-llama/Llama-2-7b-hf', 'Ll-2-7B', 1, false, false),
  model('meta-llama/Llama-3.1-8B-Instruct', 'Ll-3.1-8B', 1, false),
  model('Qwen/Qwen3-14B', 'Qw-14B', 1, false),
  model('codellama/CodeLlama-34b-Instruct-hf', 'CL-34B', 2, false),
  model('meta-llama/Llama-2-70b-hf', 'Ll-2-70B', 4, false),
  model('mistralai/Mixtral-8x7B-v0.1', 'Mx-8x7B', 2, true),
  model('mistralai/Mixtral-8x22B-Instruct-v0.1', 'Mx-8x22B', 8, true),
  model('RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic', 'Scout-17B', 2, true),
];

function model(id: string, shortLabel: string, defaultTp: number, isMoe: boolean, onAxis = true): ModelFacts {
  return { id, shortLabel, defaultTp, isMoe, onAxis };
}

/** Facts of a model; an unknown one is dense, runs on one GPU and is labelled by its whole id. */
export function modelFacts(id: string): ModelFacts {
  return MODELS.find((entry) => entry.id === id) ?? model(id, id, 1, false, false);
}

export interface AxisEntry {
  readonly key: string;
  readonly label: string;
}

export const MODEL_AXIS: readonly AxisEntry[] = MODELS.filter((entry) => entry.onAxis).map((entry) => ({
  key: entry.id,
  label: entry.shortLabel,
}));

export const HARDWARE_AXIS: readonly AxisEntry[] = [
  { key: 'H100', label: 'H100' },
  { key: 'A100-80GB', label: 'A100' },
  { key: 'L40S', label: 'L40S' },
];

export const WORKLOAD_AXIS: readonly AxisEntry[] = [
  { key: 'general', label: 'General-Purpose' },
  { key: 'codegen', label: 'Code Generation' },
  { key: 'roleplay', label: 'Roleplay' },
  { key: 'reasoning', label: 'Reasoning' },
];

export function workloadLabel(workload: string): string {
  if (workload === 'general-lite') return 'General-Lite';
  return WORKLOAD_AXIS.find((entry) => entry.key === workload)?.label ?? workload;
}

/** The workloads of figure 3 are compared on these models. */
export const WORKLOAD_FIGURE_MODELS: readonly string[] = [
  'meta-llama/Llama-3.1-8B-Instruct',
  'Qwen/Qwen3-14B',
  'RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic',
  'mistralai/Mixtral-8x22B-Instruct-v0.1',
];

/** Title form of a model: last path part without the endings that say nothing here. */
export function titleModel(id: string): string {
  return (id.split('/').at(-1) ?? id).replaceAll(/-Instruct|-hf|-v0\.1|-FP8-dynamic/g, '');
}
