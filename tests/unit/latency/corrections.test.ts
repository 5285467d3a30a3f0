// Each correction alone, on one worked example: the figure without it, the figure with it, and the row of
// docs/differences.md that states both.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveBlisOptions } from '../../../src/adapters/blis/resolve-options';
import type { BlisOptions } from '../../../src/adapters/blis/blis-options';
import { kvBytesPerToken, kvCapacity } from '../../../src/catalog/kv-capacity';
import {
  CORRECTIONS,
  CORRECTION_NAMES,
  type Corrected,
  type Correction,
} from '../../../src/domain/corrections';
import { batchColumns, evaluateStepTimes, type BatchMember } from '../../../src/engine/step-times';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

const catalog = shippedCatalog();
const module = releaseModule();

const prefill = (tokens: number, computed = 0, prompt = tokens + computed): BatchMember => ({
  promptTokens: prompt,
  outputTokens: 10,
  computedTokens: computed,
  newTokens: tokens,
});
const decodes = (count: number, context: number): BatchMember[] =>
  Array.from({ length: count }, () => ({
    promptTokens: context,
    outputTokens: 10,
    computedTokens: context,
    newTokens: 1,
  }));

function resolve(options: BlisOptions) {
  const resolved = resolveBlisOptions({ totalKvBlocks: 100_000, maxModelLen: 0, ...options }, catalog);
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value.config;
}
const step =
  (options: Omit<BlisOptions, 'hardware'> & { hardware?: string }, members: readonly BatchMember[]) =>
  (chosen: Corrected): string => {
    const { latency } = resolve({ hardware: 'H100', ...options, ...chosen });
    const times = evaluateStepTimes(module, [latency], batchColumns([{ model: 0, members }]));
    return `${times.stepUs[0]} µs`;
  };
const question = (model: string, tp: number) => {
  const { architecture, capacity: shape } = catalog.models.get(model)!;
  const gpu = catalog.gpus.get('H100')!;
  return { architecture, shape, gpu, tp, blockSizeTokens: 16, gpuMemoryUtilization: 0.9 };
};
const blocks =
  (model: string, tp: number) =>
  (chosen: Corrected): string => {
    const capacity = kvCapacity({ ...question(model, tp), ...chosen });
    return capacity.ok ? `${capacity.value.blocks} blocks` : capacity.error.code;
  };
const kappa =
  (model: string, tp: number) =>
  (chosen: Corrected): string => {
    const bytes = kvBytesPerToken({ ...question(model, tp), ...chosen });
    return bytes.ok ? `${bytes.value} B/token` : bytes.error.code;
  };
const configured =
  (options: BlisOptions, read: (config: ReturnType<typeof resolve>) => string) =>
  (chosen: Corrected): string => {
    const resolved = resolveBlisOptions({ ...options, ...chosen }, catalog);
    return resolved.ok ? read(resolved.value.config) : 'error';
  };

const llama = catalog.models.get('meta-llama/llama-3.1-8b-instruct')!;
const oneExpert = { ...llama, architecture: { ...llama.architecture, experts: 1 } };

const EXAMPLES: Readonly<Record<Correction, (chosen: Corrected) => string>> = {
  'stated-head-size': kappa('qwen/qwen3-30b-a3b', 1),
  'kv-per-gpu': blocks('meta-llama/llama-3.1-8b-instruct', 4),
  'kv-head-replication': kappa('qwen/qwen3-235b-a22b', 8),
  'latent-cache': kappa('deepseek-ai/deepseek-v2-lite', 1),
  'capacity-error': configured(
    { model: 'zai-org/glm-5.2-fp8', hardware: 'H100', tp: 8 },
    (config) => `${config.totalKvBlocks} blocks`,
  ),
  'dense-layers-in-memory': blocks('redhatai/llama-4-scout-17b-16e-instruct-fp8-dynamic', 2),
  'default-dtype': kappa('openai/gpt-oss-20b', 1),
  'element-size': step(
    { model: 'redhatai/llama-3.3-70b-instruct-quantized.w4a16', tp: 4, latencyModel: 'trained-roofline' },
    decodes(16, 1000),
  ),
  'chunk-attention': step({ model: llama.id, tp: 1, latencyModel: 'trained-physics' }, [
    prefill(2048, 2048, 8192),
  ]),
  'dense-fp8-peak': step({ model: 'qwen/qwen3-32b-fp8', hardware: 'L40S', tp: 2, latencyModel: 'roofline' }, [
    prefill(2048),
  ]),
  'three-ffn-matrices': step({ model: llama.id, tp: 1, latencyModel: 'roofline' }, [prefill(2048)]),
  'shared-experts': step({ model: 'deepseek-ai/deepseek-v2-lite', tp: 1, latencyModel: 'roofline' }, [
    prefill(2048),
  ]),
  'expert-size': step(
    { model: 'qwen/qwen3-30b-a3b', tp: 1, latencyModel: 'trained-roofline' },
    decodes(16, 1000),
  ),
  'one-expert-is-dense': step({ model: llama.id, tp: 1, latencyModel: 'crossmodel', modelFacts: oneExpert }, [
    prefill(100),
  ]),
  'blackbox-context': configured(
    { model: llama.id, latencyModel: 'blackbox' },
    (config) => `${config.maxModelLen} tokens`,
  ),
};

describe('corrections', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/differences.md'), 'utf8');

  it.each(CORRECTION_NAMES)('%s', (name) => {
    const example = EXAMPLES[name];
    const without = example({ mode: 'reference' });
    const withIt = example({ mode: 'corrected', corrections: [name] });
    expect(withIt).not.toBe(without);
    // Off unless chosen.
    expect(example({ mode: 'corrected', corrections: [] })).toBe(without);
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(CORRECTIONS[name]);
    expect(row).toContain(`| ${without} | ${withIt} |`);
  });

  it('leave the reference alone where nothing is corrected', () => {
    const members = [prefill(512), ...decodes(4, 1000)];
    for (const latencyModel of ['roofline', 'crossmodel', 'trained-roofline', 'trained-physics']) {
      const time = step({ model: llama.id, tp: 1, latencyModel }, members);
      expect(time({ mode: 'corrected', corrections: [] })).toBe(time({ mode: 'reference' }));
    }
  });
});
