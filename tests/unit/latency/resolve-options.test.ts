// From user options to a runnable instance: the worked examples of the reference's option rules.
import { describe, expect, it } from 'vitest';
import {
  resolveBlisOptions,
  resolvePool,
  transferBytesPerToken,
} from '../../../src/adapters/blis/resolve-options';
import type { BlisOptions } from '../../../src/adapters/blis/blis-options';
import { modelFactsOf } from '../../../src/catalog/model-config';
import { shippedCatalog } from '../../support/catalog';

const catalog = shippedCatalog();
const LLAMA = 'meta-llama/Llama-3.1-8B-Instruct';

function resolved(options: Partial<BlisOptions>) {
  const result = resolveBlisOptions({ model: LLAMA, ...options }, catalog);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
function refusal(options: Partial<BlisOptions>): string {
  const result = resolveBlisOptions({ model: LLAMA, ...options }, catalog);
  return result.ok ? 'accepted' : result.error.message;
}

describe('Llama-3.1-8B with the defaults of its row', () => {
  it('without options: roofline, no overheads, capacity and context derived', () => {
    const { config, warnings } = resolved({});
    expect(config.model).toBe('meta-llama/llama-3.1-8b-instruct');
    expect(config.latency).toMatchObject({ name: 'roofline', tp: 1, coefficients: { alpha: [0, 0, 0] } });
    expect(config.latency.gpu?.name).toBe('H100');
    expect([config.totalKvBlocks, config.maxModelLen]).toEqual([26312, 131072]);
    expect(warnings.map((text) => text.slice(0, 22))).toEqual([
      '--tp is not given; 1 i',
      '--hardware is not give',
      '--vllm-version is not ',
    ]);
  });

  it('blackbox: the row of (H100, 1, v0.11.0), no context limit', () => {
    const { config } = resolved({ latencyModel: 'blackbox' });
    expect(config.latency.coefficients.alpha).toEqual([10326.268121600151, 0, 0]);
    expect(config.latency.coefficients.beta).toEqual([
      6472.007648778123, 19.79721387814611, 304.4021040302657,
    ]);
    expect([config.totalKvBlocks, config.maxModelLen]).toEqual([26312, 0]);
  });

  it('blackbox misses explain themselves', () => {
    expect(refusal({ latencyModel: 'blackbox', vllmVersion: 'v9' })).toMatch(
      /TP 1 on H100 \(v9\); rows for TP 1 exist for vllm\/vllm-openai:v0\.11\.0/,
    );
    expect(refusal({ latencyModel: 'blackbox', tp: 8 })).toMatch(/TP 8 on H100 .*; rows exist for TP 1\./);
    expect(refusal({ latencyModel: 'blackbox', tp: 2 })).toMatch(
      /rows for TP 2 exist for vllm\/vllm-openai:v0\.8\.4/,
    );
    expect(refusal({ latencyModel: 'blackbox', hardware: 'L40S' })).toMatch(/rows exist for A100-80, H100/);
    expect(refusal({ latencyModel: 'blackbox', model: 'org/none', hardware: 'H100', tp: 1 })).toMatch(
      /no row for this model at all/,
    );
  });

  it('coefficients come in pairs, and imply blackbox only when no model is named', () => {
    expect(refusal({ alpha: [1, 2, 3] })).toMatch(/give both or neither/);
    const { config } = resolved({ alpha: [1, 2, 3], beta: [4, 5, 6] });
    expect(config.latency).toMatchObject({
      name: 'blackbox',
      coefficients: { alpha: [1, 2, 3], beta: [4, 5, 6] },
    });
    expect(refusal({ alpha: [1, 2, 3], beta: [4, 5, 6], latencyModel: 'roofline' })).toMatch(
      /takes no coefficients/,
    );
    expect(refusal({ alpha: [1, 2, 3], beta: [4, 5, 6], latencyModel: 'crossmodel' })).toMatch(
      /3 beta coefficients are given; 4 are needed/,
    );
    expect(refusal({ alpha: [1, -2, 3], beta: [4, 5, 6] })).toMatch(/alpha-coeffs: number 2 is -2/);
    expect(refusal({ alpha: [0, 0, 0], beta: [0, 0, 0] })).toMatch(/All coefficients .* zero/);
  });

  it('names what is not known', () => {
    expect(refusal({ hardware: 'H999' })).toMatch(
      /"H999" is not known; available: A100-80, A100-SXM, H100, L40S/,
    );
    expect(refusal({ latencyModel: 'magic' })).toMatch(/"magic" is not known; valid: blackbox, crossmodel/);
    expect(refusal({ model: 'org/unseen' })).toMatch(/needs --hardware and --tp/);
    expect(refusal({ model: 'org/llama-3.1-8b', hardware: 'H100', tp: 1 })).toMatch(
      /no architecture for .*similar: meta-llama\/llama-3.1/,
    );
    expect(refusal({ gpuMemoryUtilization: 1.2 })).toBe(
      '--gpu-memory-utilization must be a finite value in (0, 1], got 1.200000',
    );
    expect(refusal({ maxModelLen: -1 })).toBe('--max-model-len must be >= 0, got -1');
  });

  it('an indivisible TP first loses the derived capacity, then the model', () => {
    expect(refusal({ latencyModel: 'trained-physics', tp: 3 })).toMatch(
      /^TP 3 does not divide 32 attention heads\. Use 1, 2, 4 or 8\.$/,
    );
    const { config, warnings, kvSource } = resolved({ tp: 3 });
    expect(config.totalKvBlocks).toBe(1_000_000);
    expect(kvSource.kind).toBe('default');
    expect(warnings.at(-1)).toMatch(
      /TP 3 does not divide 8 KV heads\. Use 1, 2, 4 or 8\. 1000000 blocks are used/,
    );
  });
});

describe('capacity and context of other models', () => {
  it.each([
    ['redhatai/llama-4-scout-17b-16e-instruct-fp8-dynamic', 2, 27345, 437520],
    ['deepseek-ai/deepseek-v2-lite', 1, 10165, 162640],
    ['qwen/qwen3-14b', 1, 15909, 40960],
    ['meta-llama/llama-2-70b-hf', 4, 124207, 4096],
  ])('%s, TP %i: %i blocks, context %i', (model, tp, blocks, context) => {
    const { config } = resolved({ model, tp, hardware: 'H100' });
    expect([config.totalKvBlocks, config.maxModelLen]).toEqual([blocks, context]);
  });

  it('a model that does not fit keeps the default, and is an error when corrected', () => {
    const options = { model: 'zai-org/glm-5.2-fp8', tp: 8, hardware: 'H100' };
    expect(resolved(options).config.totalKvBlocks).toBe(1_000_000);
    expect(refusal({ ...options, mode: 'corrected' })).toMatch(/Weights and overhead need .* GiB/);
  });

  it('takes a dropped config.json and a custom GPU', () => {
    const facts = modelFactsOf(
      {
        num_hidden_layers: 32,
        hidden_size: 4096,
        num_attention_heads: 32,
        num_key_value_heads: 8,
        intermediate_size: 14336,
        vocab_size: 128256,
        torch_dtype: 'bfloat16',
        hidden_act: 'silu',
        max_position_embeddings: 8192,
      },
      'my/model',
    );
    const gpu = { ...catalog.gpus.get('H100')!, name: 'mine', memoryGib: 40 };
    const { config } = resolved({ model: 'My/Model', hardware: 'mine', tp: 1, modelFacts: facts, gpu });
    expect(config.latency.gpu?.memoryGib).toBe(40);
    expect(config.maxModelLen).toBe(8192);
    expect(config.totalKvBlocks).toBeLessThan(26312);
  });

  it('a datasheet GPU warns, and cannot run roofline without utilisation', () => {
    const { warnings } = resolved({ hardware: 'H200-SXM', latencyModel: 'trained-physics' });
    expect(warnings.some((text) => text.startsWith('H200-SXM is not known to the reference'))).toBe(true);
    expect(refusal({ hardware: 'H200-SXM' })).toMatch(/prefill utilisation \(MFU\) is 0/);
  });
});

describe('other versions', () => {
  it('b05154c', () => {
    const plain = resolved({ version: 'b05154c' }).config;
    expect([plain.latency.name, plain.latency.tp, plain.totalKvBlocks]).toEqual(['blackbox', 2, 132139]);
    const roofline = resolved({
      version: 'b05154c',
      latencyModel: 'roofline',
      hardware: 'H100',
      tp: 2,
    }).config;
    expect(roofline.latency.coefficients.alpha).toEqual([
      1601.350510688092, 3.512476196805965, 1805.5430360826988,
    ]);
    expect(roofline.totalKvBlocks).toBe(132139);
    expect(refusal({ version: 'b05154c', latencyModel: 'roofline' })).toMatch(/needs --hardware and --tp/);
    const qwen = catalog.models.get('qwen/qwen3-14b')!;
    const fallen = resolved({
      version: 'b05154c',
      model: qwen.id,
      modelFacts: qwen,
      gpu: catalog.eras.b05154c.gpus.get('H100')!,
      hardware: 'H100',
      tp: 1,
    }).config;
    expect(fallen.latency).toMatchObject({ name: 'roofline', coefficients: { alpha: [0, 0, 0] } });
    expect([fallen.totalKvBlocks, fallen.maxModelLen]).toEqual([1_000_000, 0]);
  });

  it('0074c8c1 keeps block counts with its rows and has no trained-physics', () => {
    expect(resolved({ version: '0074c8c1' }).config.totalKvBlocks).toBe(29205);
    expect(resolved({ version: '0074c8c1', model: 'qwen/qwen3-14b' }).config.totalKvBlocks).toBe(17600);
    expect(resolved({ version: '0074c8c1', alpha: [1, 0, 0], beta: [1, 1, 1] }).config.totalKvBlocks).toBe(
      26312,
    );
    expect(refusal({ version: '0074c8c1', latencyModel: 'trained-physics' })).toMatch(/not known/);
  });

  it('f90a1e3a takes trained-physics with eleven coefficients', () => {
    const { config } = resolved({ version: 'f90a1e3a' });
    expect(config.latency.name).toBe('trained-physics');
    expect(config.latency.coefficients.beta).toHaveLength(11);
    expect(refusal({ version: 'f90a1e3a', latencyModel: 'blackbox' })).toMatch(/not known/);
    expect(refusal({ version: 'f90a1e3a', dp: 2 })).toMatch(/DP 2 needs a mixture-of-experts model/);
    const moe = {
      version: 'f90a1e3a',
      model: 'mistralai/mixtral-8x7b-v0.1',
      hardware: 'H100',
      tp: 2,
    } as const;
    expect(refusal({ ...moe, dp: 2, moeCommBackend: 'pigeon' })).toMatch(/"pigeon" is not one of naive/);
    expect(resolved({ ...moe, dp: 2, moeCommBackend: 'pplx' }).config.latency.dp).toBe(2);
  });
});

describe('prefill and decode pools', () => {
  const options: BlisOptions = { model: LLAMA };
  const cluster = resolved({});

  it('keeps the cluster where nothing moves', () => {
    const pool = resolvePool({ maxModelLen: 4096 }, options, cluster, catalog);
    expect(pool).toMatchObject({ ok: true, value: { override: { maxModelLen: 4096 } } });
    expect(pool.ok && 'totalKvBlocks' in pool.value.override).toBe(false);
  });

  it('derives the capacity again for another TP', () => {
    const pool = resolvePool({ tp: 2 }, options, cluster, catalog);
    const own = resolved({ tp: 2 }).config;
    expect(pool.ok && pool.value.override.totalKvBlocks).toBe(own.totalKvBlocks);
    expect(pool.ok && pool.value.override.latency?.tp).toBe(2);
  });

  it('refuses a model whose vectors have another length', () => {
    const pool = resolvePool({ latencyModel: 'trained-physics' }, options, cluster, catalog);
    expect(pool.ok ? '' : pool.error.message).toMatch(/3 beta coefficients are given; 7 are needed/);
  });

  it('sizes transfers by the KV bytes of one GPU', () => {
    expect(transferBytesPerToken(cluster.config.latency)).toEqual({ ok: true, value: 131072 });
  });
});
