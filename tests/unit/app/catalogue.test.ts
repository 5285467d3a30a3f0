// The catalogue place without a page: the reader's own entries, the explorer's choices and questions, tables, and the state.
import { beforeEach, describe, expect, it } from 'vitest';
import { CatalogueState } from '../../../src/app/catalogue/catalogue.svelte';
import { BLACKBOX_COLUMNS, numberedRows, vectorTables } from '../../../src/app/catalogue/coefficient-facts';
import { DEFINITION_GROUPS } from '../../../src/app/catalogue/definitions';
import {
  DECODE_SWEEP,
  DEFAULT_CHOICE,
  batchNumber,
  choiceOf,
  memoryOf,
  roofsOf,
  setupsOf,
} from '../../../src/app/catalogue/explore';
import { askPoints, askTimes, timesCsv } from '../../../src/app/catalogue/explore-questions';
import { nextSorting, shownRows } from '../../../src/app/catalogue/fact-columns';
import { GPU_COLUMNS, gpuFacts, gpuHistory } from '../../../src/app/catalogue/gpu-facts';
import { MODEL_COLUMNS, defaultFacts, modelFacts } from '../../../src/app/catalogue/model-facts';
import { useOf, useText } from '../../../src/app/catalogue/use';
import { EMPTY_GPU_FORM, checkModelName, gpuOf, merged } from '../../../src/app/catalogue/own-entries';
import { decades, octaves, oneTwoFive, roomFor, withPrefix } from '../../../src/app/charts/log-axis';
import { fail, ok } from '../../../src/base/result';
import { parseModelConfig } from '../../../src/catalog/model-config';
import { evaluateRooflineLoads } from '../../../src/engine/roofline-loads';
import { evaluateStepTimes } from '../../../src/engine/step-times';
import type { CatalogueWorker } from '../../../src/workers/catalogue-client';
import { shippedCatalog } from '../../support/catalog';
import { experimentOf } from '../../support/experiments';
import { memoryShelves } from '../../support/memory-shelf';
import { releaseModule } from '../../support/wasm';

const catalog = shippedCatalog();
const module = releaseModule();
/** The worker's answers without a worker. */
const worker: CatalogueWorker = {
  catalog,
  readConfig: async (file, name) => parseModelConfig(await file.text(), file.name, name),
  stepTimes: async (models, batches) => evaluateStepTimes(module, models, batches),
  loads: async (model, batches) => evaluateRooflineLoads(module, model, batches),
};

const CONFIG = JSON.stringify({
  num_hidden_layers: 2,
  hidden_size: 512,
  num_attention_heads: 8,
  intermediate_size: 2048,
  vocab_size: 1000,
  torch_dtype: 'bfloat16',
});

describe('own entries', () => {
  const filled = {
    ...EMPTY_GPU_FORM,
    name: 'X1',
    peakTflops: '500',
    memoryBandwidthTbs: '2,5',
    memoryGib: '64',
  };

  it('takes a GPU from the form, decimal comma included', () => {
    expect(gpuOf(filled, new Set())).toEqual(
      ok({
        name: 'X1',
        kind: 'custom',
        peakTflops: 500,
        peakTflopsFp8: 0,
        memoryBandwidthTbs: 2.5,
        memoryGib: 64,
        mfuPrefill: 0,
        mfuDecode: 0,
        source: 'entered on this device',
      }),
    );
    const linked = gpuOf({ ...filled, linkGbs: '450' }, new Set());
    expect(linked.ok && linked.value.linkGbs).toBe(450);
  });

  it('names every field that is wrong', () => {
    const gpu = gpuOf(
      { ...filled, name: 'H100', peakTflops: '', mfuPrefill: '45', memoryGib: 'much' },
      new Set(['H100']),
    );
    expect(gpu.ok ? [] : [...gpu.error.keys()].sort()).toEqual([
      'memoryGib',
      'mfuPrefill',
      'name',
      'peakTflops',
    ]);
    expect(gpu.ok ? '' : gpu.error.get('mfuPrefill')).toBe(
      'Found "45"; expected a number above 0, at most 1.',
    );
  });

  it('model names are repository names', () => {
    expect(['a/b', 'plain', 'Org/x-w4a16.v2'].map(checkModelName)).toEqual([undefined, undefined, undefined]);
    for (const name of ['', 'a/b/c', '../x', 'a b', '<img>'])
      expect(checkModelName(name)?.field).toBe('name');
  });
});

describe('state', () => {
  let shelves: ReturnType<typeof memoryShelves>;
  beforeEach(() => {
    shelves = memoryShelves();
  });
  const stateOf = () =>
    new CatalogueState(
      async () => ok(worker),
      shelves,
      () => 7,
    );

  it('keeps an own model and GPU, and finds them again after a reload', async () => {
    const first = stateOf();
    await first.open();
    const added = await first.addConfig(new File([CONFIG], 'config.json'), 'My/Tiny-w4a16');
    expect(added).toEqual(ok({ id: 'my/tiny-w4a16' }));
    await first.addGpu({ ...catalog.gpus.get('H100')!, name: 'mine', kind: 'custom' });
    const second = stateOf();
    await second.open();
    const model = second.catalog?.models.get('my/tiny-w4a16');
    expect(model?.architecture).toMatchObject({ layers: 2, weightBytes: 0.5 });
    expect(model?.source).toBe('config.json added on this device (config.json)');
    expect(second.catalog?.gpus.get('mine')?.kind).toBe('custom');
    await second.removeModel('my/tiny-w4a16');
    await second.removeGpu('mine');
    expect([second.catalog?.models.size, second.catalog?.gpus.size]).toEqual([
      catalog.models.size,
      catalog.gpus.size,
    ]);
    expect([shelves.ownModels.values.size, shelves.ownGpus.values.size]).toEqual([0, 0]);
  });

  it('refuses what is no configuration and leaves the catalogue alone', async () => {
    const state = stateOf();
    await state.open();
    expect(await state.addConfig(new File(['{}'], 'x.json'), 'a/b')).toMatchObject({
      error: { code: 'missing-key' },
    });
    expect(await state.addConfig(new File([CONFIG], 'x.json'), 'a b')).toMatchObject({
      error: { field: 'name' },
    });
    expect(state.ownModels).toEqual([]);
  });

  it('says when this device keeps nothing', async () => {
    shelves.ownModels.refuses = true;
    const state = stateOf();
    await state.open();
    const added = await state.addConfig(new File([CONFIG], 'x.json'), 'a/b');
    expect(added.ok && added.value.warning).toBe('refused');
    expect(state.catalog?.models.has('a/b')).toBe(true);
  });

  it('counts the experiments of the open project', async () => {
    const state = stateOf();
    await state.readUse();
    expect(state.use.gpus.size).toBe(0);
    const entry = (id: number, hardware: string) => ({
      kind: 'ready' as const,
      folder: String(id),
      fingerprint: '',
      experiment: { ...experimentOf(), hardware },
    });
    const leftOut = {
      kind: 'left-out' as const,
      folder: 'x',
      problem: { code: 'malformed' as const, message: '' },
    };
    const use = useOf([entry(1, 'H100'), entry(2, 'A100-80GB'), entry(3, 'H100'), leftOut]);
    expect([
      use.gpus.get('H100'),
      use.gpus.get('A100-80'),
      use.models.get('meta-llama/llama-3.1-8b-instruct'),
    ]).toEqual([2, 1, 3]);
    expect([undefined, 1, 2].map(useText)).toEqual([
      'no experiment of the open project',
      '1 experiment of the open project',
      '2 experiments of the open project',
    ]);
  });

  it('a failure to open can be tried again', async () => {
    let isBroken = true;
    const state = new CatalogueState(
      async () => (isBroken ? fail({ code: 'malformed', message: 'broken table' }) : ok(worker)),
      shelves,
      () => 0,
    );
    await state.open();
    expect(state.opening).toMatchObject({ kind: 'failed', problem: { message: 'broken table' } });
    isBroken = false;
    await state.open();
    expect(state.catalog?.models.size).toBe(catalog.models.size);
  });
});

describe('explorer', () => {
  it('reads the choice from the address and falls back where it is wrong', () => {
    expect(choiceOf({}, catalog)).toEqual(DEFAULT_CHOICE);
    expect(
      choiceOf(
        { model: 'qwen/qwen3-14b', gpu: 'L40S', tp: '2', mode: 'corrected', decode: '7', prefill: '9' },
        catalog,
      ),
    ).toEqual({
      ...DEFAULT_CHOICE,
      model: 'qwen/qwen3-14b',
      gpu: 'L40S',
      tp: 2,
      mode: 'corrected',
      decodeBatch: 7,
      prefillTokens: 9,
    });
    expect(choiceOf({ model: '<b>', gpu: '', tp: '3', decode: '1e9', context: '-1' }, catalog)).toEqual(
      DEFAULT_CHOICE,
    );
    expect(batchNumber('decodeBatch', ' 12 ')).toBe(12);
    expect(batchNumber('decodeBatch', '1.5')).toBeUndefined();
  });

  it('answers all latency models, sweep and chosen batch, from one call', async () => {
    const setups = setupsOf(DEFAULT_CHOICE, catalog);
    expect(setups.every(({ latency }) => latency !== undefined)).toBe(true);
    const times = await askTimes(worker, setups, DEFAULT_CHOICE);
    expect(times.map(({ name }) => name)).toEqual([
      'roofline',
      'blackbox',
      'crossmodel',
      'trained-roofline',
      'trained-physics',
    ]);
    for (const answer of times) {
      expect(answer.sweepUs).toHaveLength(DECODE_SWEEP.length);
      // The chosen batch of 32 is one of the sweep.
      expect(answer.stepUs).toBe(answer.sweepUs[DECODE_SWEEP.indexOf(32)]);
    }
    expect(times.at(-1)).toMatchObject({ queueingUs: 15563, outputTokenUs: 45, postDecodeUs: 777 });
    const csv = timesCsv(DEFAULT_CHOICE, times).split('\n');
    expect(csv[0]).toMatch(/^model,gpu,tp,mode,.*,roofline_us,blackbox_us/);
    expect(csv).toHaveLength(DECODE_SWEEP.length + 2);
  });

  it('explains models that cannot run', () => {
    const setups = setupsOf({ ...DEFAULT_CHOICE, model: 'microsoft/phi-4', tp: 4 }, catalog);
    const reasons = Object.fromEntries(
      setups.flatMap((setup) => (setup.latency ? [] : [[setup.name, setup.reason]])),
    );
    expect(Object.keys(reasons)).toEqual(['blackbox', 'trained-roofline', 'trained-physics']);
    expect(reasons['trained-physics']).toMatch(/TP 4 does not divide 10 KV heads/);
  });

  it('operating points lie on or under the roofs', async () => {
    const latency = setupsOf(DEFAULT_CHOICE, catalog)[0]!.latency!;
    const roofs = roofsOf(latency, 989.5)!;
    const points = await askPoints(worker, latency, 1024);
    for (const { kind, intensity, flopRate } of points) {
      const roof = kind === 'prefill' ? roofs.prefill : roofs.decode;
      const expected = Math.min(roof, intensity * roofs.bandwidth);
      // Step times are whole µs.
      expect(flopRate / expected).toBeGreaterThan(0.999);
      expect(flopRate / expected).toBeLessThan(1.001);
    }
  });

  it('memory parts add up, and a model that does not fit says so', () => {
    const memory = memoryOf(DEFAULT_CHOICE, catalog);
    if (memory.kind !== 'fits') throw new Error(memory.reason);
    expect(memory.capacity.blocks).toBe(26312);
    expect(memory.requests).toBe(Math.floor((26312 * 16) / 1024));
    expect(memory.parts.reduce((sum, { gib }) => sum + gib, 0)).toBeCloseTo(80, 6);
    expect(memoryOf({ ...DEFAULT_CHOICE, model: 'zai-org/glm-5.2-fp8', tp: 8 }, catalog)).toMatchObject({
      kind: 'refused',
    });
    const corrected = memoryOf({ ...DEFAULT_CHOICE, tp: 4, mode: 'corrected' }, catalog);
    expect(corrected.kind === 'fits' && corrected.parts.reduce((sum, { gib }) => sum + gib, 0)).toBeCloseTo(
      80,
      6,
    );
  });
});

describe('tables of facts', () => {
  const gpus = [...catalog.gpus.values()];

  it('search wants every word, heads cycle through both directions', () => {
    expect(shownRows(gpus, GPU_COLUMNS, 'a100 datasheet', undefined).map(({ name }) => name)).toEqual([
      'A100-PCIe',
    ]);
    let sorting = nextSorting(undefined, 'memory');
    expect(shownRows(gpus, GPU_COLUMNS, '', sorting)[0]?.memoryGib).toBe(24);
    sorting = nextSorting(sorting, 'memory');
    expect(shownRows(gpus, GPU_COLUMNS, '', sorting)[0]?.name).toBe('GB300');
    expect(nextSorting(sorting, 'memory')).toBeUndefined();
    const byName = shownRows(gpus, GPU_COLUMNS, '', { column: 'name', isDescending: false });
    expect(byName[0]?.name).toBe('A100-80');
  });

  it('every row prints every column', () => {
    for (const model of catalog.models.values())
      for (const column of MODEL_COLUMNS) expect(column.text(model)).not.toMatch(/NaN|undefined/);
    for (const gpu of gpus)
      for (const column of GPU_COLUMNS) expect(column.text(gpu)).not.toMatch(/NaN|undefined/);
    for (const row of numberedRows(catalog))
      for (const column of BLACKBOX_COLUMNS) expect(column.text(row)).not.toMatch(/NaN|undefined/);
  });

  it('details name where the reference departs from the file', () => {
    const notes = (id: string) =>
      modelFacts(catalog.models.get(id)!)
        .map(({ note }) => note ?? '')
        .join(' ');
    expect(notes('qwen/qwen3-32b')).toMatch(/takes hidden \/ heads = 80/);
    expect(notes('deepseek-ai/deepseek-v2-lite')).toMatch(/caches it as ordinary attention/);
    expect(notes('openai/gpt-oss-20b')).toMatch(/corrected mode takes 16 bits/);
    expect(
      defaultFacts(catalog, catalog.models.get('meta-llama/llama-3.1-8b-instruct')!).map(
        ({ value }) => value,
      ),
    ).toEqual(['H100, TP 1, vLLM v0.11.0', 'H100, TP 2, vLLM v0.8.4', 'H100, TP 1']);
    const l40s = catalog.gpus.get('L40S')!;
    expect(gpuFacts(l40s).find(({ label }) => label === 'FP8 peak')?.note).toMatch(/dense is 733/);
    expect(gpuHistory(catalog, l40s).map(({ value }) => value)).toEqual([
      'not in its table',
      'not in its table',
    ]);
  });

  it('every coefficient of the global vectors has a meaning', () => {
    expect(vectorTables(catalog).map(({ rows }) => rows.length)).toEqual([7, 10, 13]);
  });

  it('definitions have distinct addresses', () => {
    const ids = DEFINITION_GROUPS.flatMap(({ definitions }) => definitions.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('mape');
  });

  it('an own model stands in front of the shipped one', () => {
    const facts = parseModelConfig(CONFIG, 'config.json', 'x');
    if (!facts.ok) throw new Error(facts.error.message);
    const stored = { name: 'Qwen/Qwen3-14B', file: 'c.json', facts: facts.value, addedAt: 0 };
    expect(merged(catalog, [stored], []).models.get('qwen/qwen3-14b')?.architecture.layers).toBe(2);
  });
});

describe('logarithmic axes', () => {
  it('ticks', () => {
    expect(decades(0.5, 200)).toEqual([1, 10, 100]);
    expect(oneTwoFive(3, 60)).toEqual([5, 10, 20, 50]);
    expect(octaves(1, 9)).toEqual([1, 2, 4, 8]);
    expect(roomFor([2, 8, 0, NaN], 2)).toEqual([1, 16]);
    expect(roomFor([])).toEqual([1, 10]);
    expect([3.35e12, 989.5e12, 12, 1500].map(withPrefix)).toEqual(['3.35 T', '990 T', '12 ', '1.5 k']);
  });
});
