import { afterEach, describe, expect, it } from 'vitest';
import { heldModels } from '../../../src/app/simulate/held-models';
import { runFileText } from '../../../src/app/simulate/export/run-file';
import { runCommandText } from '../../../src/app/simulate/run-command';
import { scenarioOf, settingsOf } from '../../../src/app/simulate/settings';
import { writeCalibratedServer } from '../../../src/domain/calibrated-server';
import { DEFAULT_PHYSICS } from '../../../src/domain/physics';
import { readLoadFiles } from '../../../src/workers/load-workload';
import { resolveScenario } from '../../../src/workers/prepare-fleet';
import { shippedCatalog } from '../../support/catalog';

/** A dense model that no table has. */
const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 20,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  vocab_size: 32000,
  max_position_embeddings: 8192,
  torch_dtype: 'bfloat16',
};

const read = (texts: Readonly<Record<string, string>>, name = 'config.json') =>
  readLoadFiles({
    kind: 'files',
    name,
    files: Object.entries(texts).map(([path, text]) => ({ path, file: new File([text], path) })),
  });

async function model(texts: Readonly<Record<string, string>>, name?: string) {
  const answer = await read(texts, name);
  if (!answer.ok || answer.value.kind !== 'model') throw new Error('No model was recognised.');
  return answer.value;
}

afterEach(() => heldModels.hold([]));

describe('a config.json that is handed in', () => {
  it('is named as it says, as its folder is called, or after its shape', async () => {
    const plain = JSON.stringify(CONFIG);
    expect((await model({ 'config.json': plain })).modelName).toBe('own/llama-20x2048');
    expect((await model({ 'config.json': plain, 'tokenizer.json': '{}' }, 'Tiny-Llama')).modelName).toBe(
      'Tiny-Llama',
    );
    const named = JSON.stringify({ ...CONFIG, _name_or_path: 'lab/tiny-w4a16' });
    expect((await model({ 'config.json': named })).modelName).toBe('lab/tiny-w4a16');
    const local = JSON.stringify({ ...CONFIG, _name_or_path: '/home/someone/secret' });
    expect((await model({ 'config.json': local })).modelName).toBe('own/llama-20x2048');
  });

  it('is what is simulated, in place of the catalogue', async () => {
    const { modelName, facts } = await model({ 'config.json': JSON.stringify(CONFIG) });
    const settings = { ...settingsOf(), model: modelName, latencyModel: 'roofline' };
    const resolve = () => {
      const scenario = scenarioOf(settings);
      if (!scenario.ok || scenario.value.kind !== 'fleet') throw new Error('No scenario came of it.');
      return resolveScenario(shippedCatalog(), scenario.value);
    };
    expect(resolve().ok).toBe(false);
    heldModels.hold([{ name: modelName, file: 'config.json', facts, addedAt: 0 }]);
    const resolved = resolve();
    if (!resolved.ok) throw new Error(resolved.error.message);
    expect(resolved.value.instance.maxModelLen).toBe(8192);
    expect(runCommandText(settings)).toContain('--model-config-folder .');
  });

  it('says what is missing when it is broken', async () => {
    const answer = await read({ 'config.json': JSON.stringify({ model_type: 'llama' }) });
    expect(!answer.ok && answer.error.message).toContain('num_hidden_layers');
  });
});

describe('other JSON files of the page', () => {
  it('are recognised by their format', async () => {
    const run = runFileText({
      name: 'mine',
      origin: { presetId: undefined, settings: settingsOf() },
      workloadHash: 'a',
      resultHash: 'b',
      modelVersion: 'c',
    });
    const server = writeCalibratedServer({
      name: 'Rack 7',
      vector: DEFAULT_PHYSICS,
      models: ['org/m'],
      gpu: 'H100',
      tp: 1,
      precision: 'FP16',
      pipelinedScheduling: true,
      prefixCaching: true,
      blockSizeTokens: 16,
      calibratedOn: [],
    });
    for (const [kind, text] of [
      ['run-file', run],
      ['server', server],
    ] as const) {
      const answer = await read({ 'any.json': text }, 'any.json');
      expect(answer).toEqual({ ok: true, value: { kind, name: 'any.json', text } });
    }
  });

  it('leave loads to the readers of loads', async () => {
    const answer = await read({ 'notes.json': '{"title": "x"}' }, 'notes.json');
    expect(!answer.ok && answer.error.message).toContain('notes.json');
  });
});
