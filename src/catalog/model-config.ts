// A HuggingFace config.json → the facts that step times and KV capacity need, by the reading rules of BLIS 87cc70ed
// (`sim/model_hardware_config.go`, `cmd/hfconfig.go`) and, where they differ, of b05154c, 0074c8c1 and f90a1e3a.
// The rules are lenient on purpose: a missing or mistyped field reads as 0 and is judged later, by whoever needs it.

import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { ModelArchitecture, ReferenceVersion } from '../domain/latency';
import type { CapacityShape, ModelFacts } from './catalog';
import {
  dtypeBytes,
  isJsonObject,
  weightBytesFromName,
  weightBytesFromQuantization,
} from './weight-precision';

/** Real files have a few kB; the reference downloads at most this much. */
export const MAX_CONFIG_CHARACTERS = 10 * 1024 * 1024;

type Fields = ReadonlyMap<string, unknown>;

/** Parses the text of a config.json. `modelName` may tell the weight precision (`…-w4a16`). */
export function parseModelConfig(
  text: string,
  file: string,
  modelName: string,
  version: ReferenceVersion = '87cc70ed',
): Result<ModelFacts> {
  if (text.length > MAX_CONFIG_CHARACTERS) {
    const message = `${file} holds ${text.length} characters; a config.json has at most ${MAX_CONFIG_CHARACTERS}. Check that it is the right file.`;
    return fail({ code: 'too-large', message, file });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail({ code: 'malformed', message: `${file} is not valid JSON: ${reason}.`, file });
  }
  if (!isJsonObject(parsed)) {
    const message = `${file} holds ${describe(parsed)}; a config.json is one JSON object.`;
    return fail({ code: 'malformed', message, file });
  }
  if (!looksLikeModel(parsed)) {
    const message =
      `${file} states neither num_hidden_layers nor hidden_size, at top level or inside text_config; ` +
      "choose the config.json of a model's repository.";
    return fail({ code: 'missing-key', message, file, field: 'num_hidden_layers' });
  }
  return ok(modelFactsOf(parsed, modelName, version));
}

const describe = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

/** The reference takes a bundled file for a model's configuration when one of two keys exists. */
function looksLikeModel(config: Readonly<Record<string, unknown>>): boolean {
  const inner = config['text_config'];
  return [config, isJsonObject(inner) ? inner : {}].some(
    (level) => Object.hasOwn(level, 'num_hidden_layers') || Object.hasOwn(level, 'hidden_size'),
  );
}

export function modelFactsOf(
  config: Readonly<Record<string, unknown>>,
  modelName: string,
  version: ReferenceVersion = '87cc70ed',
): ModelFacts {
  const fields = mergedFields(config);
  const architecture = architectureOf(fields, modelName, version);
  const rope = fields.get('rope_scaling');
  const modelType = fields.get('model_type');
  const quantization = fields.get('quantization_config');
  const quantMethod = isJsonObject(quantization) ? quantization['quant_method'] : undefined;
  return {
    architecture,
    capacity: capacityShapeOf(fields, architecture),
    modelType: typeof modelType === 'string' ? modelType : '',
    maxPositionEmbeddings: whole(fields, 'max_position_embeddings'),
    ...(isJsonObject(rope) ? { ropeScaling: rope } : {}),
    hasQuantization: fields.has('quantization_config'),
    ...(typeof quantMethod === 'string' ? { quantMethod } : {}),
  };
}

/** Multimodal files keep the language model in text_config; its keys win. A Map, so that `__proto__` is only a key. */
function mergedFields(config: Readonly<Record<string, unknown>>): Fields {
  const fields = new Map(Object.entries(config));
  const inner = config['text_config'];
  if (isJsonObject(inner)) for (const [key, value] of Object.entries(inner)) fields.set(key, value);
  return fields;
}

const TWO_63 = 2 ** 63;

/** Numbers only, toward zero; beyond 64 bits the reference's conversion gives the smallest integer. */
function whole(fields: Fields, key: string): number {
  const value = fields.get(key);
  if (typeof value !== 'number') return 0;
  return Math.abs(value) < TWO_63 ? Math.trunc(value) + 0 : -TWO_63;
}

const firstNonZero = (fields: Fields, ...keys: readonly string[]): number =>
  keys.map((key) => whole(fields, key)).find((value) => value !== 0) ?? 0;

function text(fields: Fields, key: string): string {
  const value = fields.get(key);
  return typeof value === 'string' ? value : '';
}

function expertsOf(fields: Fields, version: ReferenceVersion): number {
  const local = whole(fields, 'num_local_experts');
  if (version === 'b05154c') return local;
  if (version === 'f90a1e3a') {
    const keys = [
      'num_experts',
      'moe_num_experts',
      'n_routed_experts',
      'num_local_experts',
      'num_routed_experts',
    ];
    return keys.map((key) => whole(fields, key)).find((value) => value >= 2) ?? 0;
  }
  if (local > 1) return local;
  const aliases = ['num_routed_experts', 'n_routed_experts', 'num_experts'];
  return aliases.map((key) => whole(fields, key)).find((value) => value > 1) ?? local;
}

function sharedExpertFfnOf(fields: Fields, fallbackFfn: number): number {
  const stated = whole(fields, 'shared_expert_intermediate_size');
  if (stated > 0) return stated;
  const shared = whole(fields, 'n_shared_experts');
  if (shared <= 0) return 0;
  const expertFfn = whole(fields, 'moe_intermediate_size');
  return shared * (expertFfn === 0 ? fallbackFfn : expertFfn);
}

function architectureOf(fields: Fields, modelName: string, version: ReferenceVersion): ModelArchitecture {
  const isEarliest = version === 'b05154c';
  const heads = whole(fields, 'num_attention_heads');
  const kvHeads = firstNonZero(fields, 'num_key_value_heads', 'num_kv_heads', 'multi_query_group_num');
  const ffn = firstNonZero(fields, 'intermediate_size', 'ffn_hidden_size');
  const torchDtype = fields.get('torch_dtype');
  const dtype = typeof torchDtype === 'string' ? torchDtype : text(fields, 'dtype');
  const readsQuantization = version === '87cc70ed' || version === 'f90a1e3a';
  const stated = readsQuantization ? weightBytesFromQuantization(fields.get('quantization_config')) : 0;
  const named = readsQuantization && stated === 0 ? weightBytesFromName(modelName) : 0;
  const headDim = whole(fields, 'head_dim');
  const kvRank = whole(fields, 'kv_lora_rank');
  const firstDense = whole(fields, 'first_k_dense_replace');
  return {
    layers: whole(fields, 'num_hidden_layers'),
    hidden: whole(fields, 'hidden_size'),
    heads,
    kvHeads: kvHeads === 0 ? heads : kvHeads,
    vocab: whole(fields, 'vocab_size'),
    ffn,
    dtypeBytes: dtypeBytes(dtype),
    experts: expertsOf(fields, version),
    expertsPerToken: whole(fields, 'num_experts_per_tok'),
    expertFfn: isEarliest ? 0 : whole(fields, 'moe_intermediate_size'),
    sharedExpertFfn: isEarliest ? 0 : sharedExpertFfnOf(fields, ffn),
    interleaveStep: whole(fields, 'interleave_moe_layer_step'),
    denseFfn: whole(fields, 'intermediate_size_mlp'),
    activation: text(fields, 'hidden_act'),
    tiedEmbeddings: fields.get('tie_word_embeddings') === true,
    weightBytes: stated + named,
    ...(headDim > 0 ? { statedHeadDim: headDim } : {}),
    ...(kvRank > 0 ? { mla: { kvRank, ropeDim: whole(fields, 'qk_rope_head_dim') } } : {}),
    ...(firstDense > 0 ? { firstDenseLayers: firstDense } : {}),
  };
}

/** The capacity rule resolves shared experts without the `ffn_hidden_size` alias. */
function capacityShapeOf(fields: Fields, architecture: ModelArchitecture): CapacityShape {
  const { experts, expertFfn, expertsPerToken } = architecture;
  if (experts > 1) {
    const sharedExpertFfn = sharedExpertFfnOf(fields, whole(fields, 'intermediate_size'));
    return { kind: 'moe', experts, expertFfn, sharedExpertFfn };
  }
  const hintsAtExperts = whole(fields, 'n_shared_experts') > 0 || expertsPerToken > 0;
  return { kind: hintsAtExperts ? 'expert-count-missing' : 'dense' };
}
