// The operator tables of an AIConfigurator `systems` folder: file stems and the columns each must have (v0.9.0 to 0.19.0).
// `latency` is ms, `message_size` counts elements, not bytes.

export const TABLE_KINDS = [
  'gemm',
  'contextAttention',
  'generationAttention',
  'moe',
  'allReduce',
  'nccl',
] as const;
export type TableKind = (typeof TABLE_KINDS)[number];

interface KindFacts {
  /** File name without extension. */
  readonly stem: string;
  readonly textColumns: readonly string[];
  readonly numberColumns: readonly string[];
}

const ATTENTION: Omit<KindFacts, 'stem'> = {
  textColumns: ['attn_dtype', 'kv_cache_dtype'],
  // Older tables have no `window_size`: full attention.
  numberColumns: ['batch_size', 'isl', 'num_heads', 'num_key_value_heads', 'head_dim', 'step', 'latency'],
};

export const KIND_FACTS: Readonly<Record<TableKind, KindFacts>> = {
  gemm: { stem: 'gemm_perf', textColumns: ['gemm_dtype'], numberColumns: ['m', 'n', 'k', 'latency'] },
  contextAttention: { stem: 'context_attention_perf', ...ATTENTION },
  generationAttention: { stem: 'generation_attention_perf', ...ATTENTION },
  moe: {
    stem: 'moe_perf',
    textColumns: ['moe_dtype', 'distribution'],
    numberColumns: [
      'num_tokens',
      'hidden_size',
      'inter_size',
      'topk',
      'num_experts',
      'moe_tp_size',
      'moe_ep_size',
      'latency',
    ],
  },
  allReduce: {
    stem: 'custom_allreduce_perf',
    textColumns: ['kernel_source'],
    numberColumns: ['num_gpus', 'message_size', 'latency'],
  },
  nccl: {
    stem: 'nccl_perf',
    textColumns: ['nccl_dtype', 'op_name'],
    numberColumns: ['num_gpus', 'message_size', 'latency'],
  },
};

export const kindOfStem = (stem: string): TableKind | undefined =>
  TABLE_KINDS.find((kind) => KIND_FACTS[kind].stem === stem);
