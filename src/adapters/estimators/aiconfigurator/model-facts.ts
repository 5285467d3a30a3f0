// What the operator lists need from a config.json (aiconfigurator v0.9.0, sdk/utils.py and sdk/common.py), and which families
// are covered: LLAMA (dense) and MOE. Families with other operators (DeepSeek, Kimi, Nemotron, Qwen3.5, Llama-4, MiMo-V2) are not.

import { fail, ok, type Result } from '../../../base/result';

export type ModelFamily = 'LLAMA' | 'MOE';

export interface MoeFacts {
  readonly topk: number;
  readonly experts: number;
  /** Width of one expert. */
  readonly inner: number;
}

export interface AicModel {
  readonly architecture: string;
  readonly family: ModelFamily;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly ffn: number;
  readonly vocab: number;
  /** Present exactly in the MOE family. */
  readonly moe?: MoeFacts;
  readonly hasQkNorm: boolean;
  /** Window of every second layer, tokens; 0 = full attention throughout. */
  readonly alternateWindow: number;
}

export type ConfigJson = Readonly<Record<string, unknown>>;

const FAMILY_OF: Readonly<Record<string, ModelFamily>> = {
  LlamaForCausalLM: 'LLAMA',
  Qwen2ForCausalLM: 'LLAMA',
  Qwen3ForCausalLM: 'LLAMA',
  MiMoForCausalLM: 'LLAMA',
  MixtralForCausalLM: 'MOE',
  GptOssForCausalLM: 'MOE',
  Qwen2MoeForCausalLM: 'MOE',
  Qwen3MoeForCausalLM: 'MOE',
  MiniMaxM2ForCausalLM: 'MOE',
};
const WITH_QK_NORM = new Set(['Qwen3ForCausalLM', 'Qwen3MoeForCausalLM', 'MiniMaxM2ForCausalLM']);
const GPT_OSS_WINDOW = 128;

/** Reads the facts; `source` names the model in messages. */
export function parseAicModel(config: ConfigJson, source: string): Result<AicModel> {
  const architecture = firstText(config['architectures']);
  const family = Object.hasOwn(FAMILY_OF, architecture) ? FAMILY_OF[architecture] : undefined;
  if (family === undefined) {
    return fail({
      code: 'not-supported',
      field: 'architectures',
      message: `${source}: unsupported architecture "${architecture}"; AIConfigurator's estimate here covers ${Object.keys(FAMILY_OF).join(', ')}.`,
    });
  }
  const read = (key: string) => (typeof config[key] === 'number' ? config[key] : undefined);
  const missing: string[] = [];
  const need = (key: string, value: number | undefined): number => {
    if (value === undefined) missing.push(key);
    return value ?? 0;
  };
  const hidden = need('hidden_size', read('hidden_size'));
  const heads = need('num_attention_heads', read('num_attention_heads'));
  const layers = need('num_hidden_layers', read('num_hidden_layers'));
  const vocab = need('vocab_size', read('vocab_size'));
  const ffn = need('intermediate_size', read('intermediate_size') ?? read('moe_intermediate_size'));
  const moe: MoeFacts | undefined =
    family === 'MOE'
      ? {
          topk: need('num_experts_per_tok', read('num_experts_per_tok')),
          experts: need(
            'num_local_experts',
            read('num_local_experts') ?? read('n_routed_experts') ?? read('num_experts'),
          ),
          inner: read('moe_intermediate_size') ?? ffn,
        }
      : undefined;
  if (missing.length > 0) {
    return fail({
      code: 'missing-key',
      field: missing.join(', '),
      message: `${source}: config.json has no ${missing.join(', ')}.`,
    });
  }
  return ok({
    architecture,
    family,
    layers,
    hidden,
    heads,
    kvHeads: read('num_key_value_heads') ?? 0,
    headSize: read('head_dim') ?? read('attention_head_dim') ?? Math.floor(hidden / heads),
    ffn,
    vocab,
    ...(moe === undefined ? {} : { moe }),
    hasQkNorm: WITH_QK_NORM.has(architecture),
    alternateWindow: architecture === 'GptOssForCausalLM' ? GPT_OSS_WINDOW : 0,
  });
}

const firstText = (value: unknown): string => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
};

/** How one model is spread over GPUs. */
export interface Parallelism {
  readonly tp: number;
  readonly pp: number;
  /** Attention data parallelism. */
  readonly dp: number;
  readonly moeTp: number;
  readonly moeEp: number;
}

export const denseParallelism = (tp: number): Parallelism => ({ tp, pp: 1, dp: 1, moeTp: 1, moeEp: 1 });

/** Says why a spread is impossible for a model, or nothing. */
export function checkParallelism(model: AicModel, parallel: Parallelism): Result<Parallelism> {
  const { tp, dp, moeTp, moeEp } = parallel;
  const refuse = (field: string, message: string) => fail({ code: 'bad-value' as const, field, message });
  if (model.heads % tp !== 0) {
    return refuse('tp', `${String(model.heads)} attention heads cannot be split over ${String(tp)} GPUs.`);
  }
  if (model.moe === undefined) return ok(parallel);
  if (moeTp > 1 && moeEp > 1) {
    return refuse('moe_tp', 'On vLLM experts are split by tensor or by expert parallelism, not by both.');
  }
  if (tp * dp !== moeTp * moeEp) {
    return refuse(
      'moe_ep',
      `tp × dp (${String(tp)} × ${String(dp)}) must equal moe_tp × moe_ep (${String(moeTp)} × ${String(moeEp)}).`,
    );
  }
  if (moeEp > model.moe.experts) {
    return refuse('moe_ep', `${String(moeEp)} expert ranks exceed ${String(model.moe.experts)} experts.`);
  }
  return ok(parallel);
}
