// How Vidur and LLMServingSim name models and devices (sim-to-real 5b12a00 and, where marked, dcec3fd).

export interface VidurDevice {
  readonly device: string;
  readonly network: string;
}

/** By the experiment's hardware. */
export const VIDUR_DEVICES: Readonly<Record<string, VidurDevice>> = {
  H100: { device: 'h100', network: 'h100_pairwise_nvlink' },
  'A100-80GB': { device: 'a100', network: 'a100_pairwise_nvlink' },
};

export const VIDUR_MODELS: readonly string[] = [
  'meta-llama/Llama-2-7b-hf',
  'meta-llama/Llama-2-70b-hf',
  'codellama/CodeLlama-34b-Instruct-hf',
];

/** Experiment model → LLMServingSim model, state 5b12a00. */
export const LLMSERVINGSIM_MODELS: Readonly<Record<string, string>> = {
  'meta-llama/Llama-3.1-8B-Instruct': 'meta-llama/Llama-3.1-8B',
  'mistralai/Mixtral-8x7B-v0.1': 'mistralai/Mixtral-8x7B-v0.1',
};

/** The same at dcec3fd (LLMServingSim 1.1): names stay, except that Mixtral-8x22B runs under its Instruct name. */
export const LLMSERVINGSIM_MODELS_HEAD: Readonly<Record<string, string>> = {
  'meta-llama/Llama-3.1-8B-Instruct': 'meta-llama/Llama-3.1-8B-Instruct',
  'meta-llama/Llama-2-70b-hf': 'meta-llama/Llama-2-70b-hf',
  'mistralai/Mixtral-8x7B-v0.1': 'mistralai/Mixtral-8x7B-v0.1',
  'mistralai/Mixtral-8x22B-Instruct-v0.1': 'mistralai/Mixtral-8x22B-Instruct-v0.1',
  'mistralai/Mixtral-8x22B-v0.1': 'mistralai/Mixtral-8x22B-Instruct-v0.1',
  'codellama/CodeLlama-34b-Instruct-hf': 'codellama/CodeLlama-34b-Instruct-hf',
  'Qwen/Qwen3-14B': 'Qwen/Qwen3-14B',
};

/** Every name under which LLMServingSim may report a model. */
export const llmServingSimNames = (model: string): readonly string[] =>
  [LLMSERVINGSIM_MODELS[model], LLMSERVINGSIM_MODELS_HEAD[model], model].filter((name) => name !== undefined);
