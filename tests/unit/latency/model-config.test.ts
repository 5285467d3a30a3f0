// Missing, nested, contradictory and hostile config.json files.
import { describe, expect, it } from 'vitest';
import { MAX_CONFIG_CHARACTERS, modelFactsOf, parseModelConfig } from '../../../src/catalog/model-config';
import { kvCapacity } from '../../../src/catalog/kv-capacity';
import { weightBytesFromName } from '../../../src/catalog/weight-precision';
import { latencyErrors } from '../../../src/engine/latency-errors';
import { shippedCatalog } from '../../support/catalog';

const H100 = shippedCatalog().gpus.get('H100')!;
const PLAIN = {
  num_hidden_layers: 4,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 11008,
  vocab_size: 32000,
  torch_dtype: 'bfloat16',
  hidden_act: 'silu',
};

/** Codes with which roofline refuses the architecture, and the capacity code. */
function verdict(config: Readonly<Record<string, unknown>>): { roofline: string[]; capacity: string } {
  const { architecture, capacity: shape } = modelFactsOf(config, 'org/model');
  const roofline = latencyErrors({
    name: 'roofline',
    version: '87cc70ed',
    mode: 'reference',
    coefficients: { alpha: [0, 0, 0], beta: [] },
    tp: 1,
    architecture,
    gpu: H100,
  }).map((error) => error.code);
  const capacity = kvCapacity({
    architecture,
    shape,
    gpu: H100,
    tp: 1,
    blockSizeTokens: 16,
    gpuMemoryUtilization: 0.9,
  });
  return { roofline, capacity: capacity.ok ? 'ok' : capacity.error.code };
}

describe('reading config.json', () => {
  it('a plain file can be served', () => expect(verdict(PLAIN)).toEqual({ roofline: [], capacity: 'ok' }));

  it.each([
    ['no JSON', '{"a": ', 'malformed', /not valid JSON/],
    ['a list', '[]', 'malformed', /holds a list; a config\.json is one JSON object/],
    ['null', 'null', 'malformed', /holds null/],
    ['something else', '{"name": "x"}', 'missing-key', /neither num_hidden_layers nor hidden_size/],
    ['too large', ' '.repeat(MAX_CONFIG_CHARACTERS + 1), 'too-large', /Check that it is the right file/],
  ])('refuses %s', (_, text, code, message) => {
    const result = parseModelConfig(text, 'config.json', 'org/model');
    expect(result.ok ? 'accepted' : result.error.code).toBe(code);
    expect(result.ok ? '' : result.error.message).toMatch(message);
  });

  it('accepts a model stated inside text_config only, whose keys win', () => {
    const text = JSON.stringify({ vocab_size: 1, text_config: { ...PLAIN, vocab_size: 7 } });
    const result = parseModelConfig(text, 'config.json', 'org/model');
    expect(result.ok && result.value.architecture).toMatchObject({ layers: 4, vocab: 7 });
  });

  it('keys like __proto__ are only keys', () => {
    const config = JSON.parse(
      '{"__proto__": {"num_hidden_layers": 9}, "text_config": {"__proto__": {"vocab_size": 9}}}',
    ) as Record<string, unknown>;
    const { architecture } = modelFactsOf(config, 'org/model');
    expect([architecture.layers, architecture.vocab]).toEqual([0, 0]);
    expect(({} as Record<string, unknown>)['num_hidden_layers']).toBeUndefined();
    const methods = modelFactsOf({ ...PLAIN, torch_dtype: 'constructor' }, 'org/model');
    expect(methods.architecture.dtypeBytes).toBe(0);
  });

  it.each([
    ['missing layers', { num_hidden_layers: undefined }, ['layers_not_positive'], 'layers_not_positive'],
    ['text instead of a number', { hidden_size: '4096' }, ['hidden_not_positive'], 'hidden_not_positive'],
    ['negative heads', { num_attention_heads: -1 }, ['heads_not_positive'], 'heads_not_positive'],
    ['beyond 64 bits', { num_hidden_layers: 1e300 }, ['layers_not_positive'], 'layers_not_positive'],
    ['unknown compute type', { torch_dtype: 'BF16' }, ['dtype_bytes_invalid'], 'dtype_unknown'],
    ['hidden not divisible', { hidden_size: 4100 }, [], 'hidden_not_divisible_by_heads'],
    ['negative KV heads', { num_key_value_heads: -8 }, [], 'kv_heads_negative'],
    [
      'top-k without experts',
      { num_experts_per_tok: 2 },
      ['experts_per_token_without_experts'],
      'expert_count_missing',
    ],
    ['experts without top-k', { num_local_experts: 8 }, ['experts_per_token_not_positive'], 'ok'],
    [
      'more chosen than exist',
      { num_local_experts: 2, num_experts_per_tok: 3 },
      ['experts_per_token_exceeds_experts'],
      'ok',
    ],
    ['negative experts', { num_local_experts: -4 }, ['experts_negative'], 'ok'],
    ['ungated activation', { hidden_act: 'gelu' }, [], 'activation_unsupported'],
    ['no vocabulary', { vocab_size: 0 }, [], 'vocab_not_positive'],
    ['no FFN', { intermediate_size: null }, [], 'ffn_not_positive'],
    [
      'several at once',
      { num_attention_heads: 0, torch_dtype: 3 },
      ['heads_not_positive', 'dtype_bytes_invalid'],
      'heads_not_positive',
    ],
  ])('%s', (_, change, roofline, capacity) => {
    expect(verdict({ ...PLAIN, ...change })).toEqual({ roofline, capacity });
  });

  it('other versions resolve experts in their own order', () => {
    const config = {
      ...PLAIN,
      num_local_experts: 4,
      num_experts: 16,
      moe_num_experts: 32,
      moe_intermediate_size: 512,
    };
    const of = (version: 'b05154c' | '87cc70ed' | 'f90a1e3a') =>
      modelFactsOf(config, 'm', version).architecture;
    expect([of('b05154c').experts, of('87cc70ed').experts, of('f90a1e3a').experts]).toEqual([4, 4, 16]);
    expect([of('b05154c').expertFfn, of('87cc70ed').expertFfn]).toEqual([0, 512]);
  });

  it('reads the latent cache, stated head size and leading dense layers for the rules that use them', () => {
    const config = {
      ...PLAIN,
      head_dim: 256,
      kv_lora_rank: 512,
      qk_rope_head_dim: 64,
      first_k_dense_replace: 3,
    };
    expect(modelFactsOf(config, 'm').architecture).toMatchObject({
      statedHeadDim: 256,
      mla: { kvRank: 512, ropeDim: 64 },
      firstDenseLayers: 3,
    });
  });

  it('a digit run too long for a number states no precision', () => {
    expect(weightBytesFromName(`org/model-w${'9'.repeat(30)}a16`)).toBe(0);
  });
});
