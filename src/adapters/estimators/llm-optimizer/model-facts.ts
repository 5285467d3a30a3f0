// What llm-optimizer reads from a Hugging Face config.json, and the parameter count it derives (bentoml/llm-optimizer bb82d22,
// common.py and resources/memory_calculator.py). A mixture of experts counts as one dense expert; the config's own head_dim is
// ignored; sizes nested under `text_config` are not found, so multimodal configs fail.

import { fail, ok, type Result } from '../../../base/result';

export interface OptimizerModel {
  readonly hidden: number;
  readonly layers: number;
  readonly vocab: number;
  /** 0 = not stated. */
  readonly heads: number;
  readonly kvHeads: number;
  /** hidden / heads, rounded down. */
  readonly headDim: number;
  /** 0 where the config has no intermediate_size. */
  readonly parameterCount: number;
}

/** The config.json keys that are read. */
export interface OptimizerModelKeys {
  readonly hidden_size?: unknown;
  readonly num_hidden_layers?: unknown;
  readonly vocab_size?: unknown;
  readonly num_attention_heads?: unknown;
  readonly num_key_value_heads?: unknown;
  readonly intermediate_size?: unknown;
  readonly tie_word_embeddings?: unknown;
}

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;

/** Reads the model facts, naming the first required key that is absent. `source` names the config in messages. */
export function parseOptimizerModel(config: OptimizerModelKeys, source: string): Result<OptimizerModel> {
  const hidden = positive(config.hidden_size);
  const layers = positive(config.num_hidden_layers);
  const vocab = positive(config.vocab_size);
  if (hidden === undefined) return missing('hidden_size', source);
  if (layers === undefined) return missing('num_hidden_layers', source);
  if (vocab === undefined) return missing('vocab_size', source);
  const heads = positive(config.num_attention_heads) ?? 0;
  const kvHeads = positive(config.num_key_value_heads) ?? heads;
  const headDim = heads === 0 ? 0 : Math.floor(hidden / heads);
  const ffn = positive(config.intermediate_size);
  const attention = hidden * heads * headDim + 2 * hidden * kvHeads * headDim + hidden ** 2;
  const embeddings = (config.tie_word_embeddings === true ? 1 : 2) * vocab * hidden;
  const parameterCount = ffn === undefined ? 0 : layers * attention + 3 * layers * hidden * ffn + embeddings;
  return ok({ hidden, layers, vocab, heads, kvHeads, headDim, parameterCount });
}

const missing = (key: string, source: string) =>
  fail({
    code: 'missing-key' as const,
    field: key,
    message: `Could not find required key ${key} at the top level of the config.json of ${source}.`,
  });
