// Shapes of the tables in public/hardware. Strict: an unknown key is a typing error and is reported with its line. Functions,
// since making a shape costs more than a millisecond, and tables that the build has checked need none.

import * as z from 'zod/mini';

const positive = z.number().check(z.positive());
const share = z.number().check(z.nonnegative());
const count = z.int().check(z.nonnegative());
const text = z.string().check(z.minLength(1));
const vector = z.array(share);

export const FORMAT_VERSION = 1;
const formatVersion = z.literal(FORMAT_VERSION);

const gpu = () =>
  z.strictObject({
    name: text,
    kind: z.enum(['calibrated', 'datasheet']),
    peakTflops: positive,
    peakTflopsFp8: share,
    peakTflopsFp8Dense: z.optional(positive),
    memoryBandwidthTbs: positive,
    mfuPrefill: z.optional(positive),
    mfuDecode: z.optional(positive),
    memoryGib: positive,
    linkGbs: z.optional(positive),
    powerW: z.optional(positive),
    early: z.optional(
      z.strictObject({
        bandwidthEfficiency: positive,
        stepOverheadUs: share,
        layerOverheadUs: share,
        allReduceUs: share,
      }),
    ),
    source: text,
  });
export type GpuRow = z.infer<ReturnType<typeof gpu>>;

export const gpuTable = () =>
  z.strictObject({
    formatVersion,
    gpus: z.array(gpu()),
    history: z.strictObject({ '0074c8c1': z.array(gpu()), b05154c: z.array(gpu()) }),
  });

const model = () =>
  z.strictObject({
    id: text,
    hfId: text,
    modelType: text,
    layers: positive,
    hidden: positive,
    heads: positive,
    kvHeads: positive,
    headDim: z.optional(positive),
    ffn: positive,
    vocab: positive,
    activation: z.string(),
    dtype: z.optional(text),
    quantMethod: z.optional(text),
    weightBytes: z.optional(positive),
    tiedEmbeddings: z.optional(z.boolean()),
    moe: z.optional(
      z.strictObject({
        experts: positive,
        perToken: positive,
        expertFfn: z.optional(count),
        sharedExpertFfn: z.optional(count),
        sharedExperts: z.optional(count),
        interleaveStep: z.optional(count),
        denseFfn: z.optional(count),
        firstDenseLayers: z.optional(count),
      }),
    ),
    mla: z.optional(z.strictObject({ kvRank: positive, ropeDim: positive })),
    maxPositions: positive,
    rope: z.optional(z.strictObject({ type: text, factor: positive, original: z.optional(positive) })),
    source: text,
  });
export type ModelRow = z.infer<ReturnType<typeof model>>;

export const modelTable = () => z.strictObject({ formatVersion, models: z.array(model()) });

const blackboxRow = () =>
  z.strictObject({
    model: text,
    gpu: text,
    tp: positive,
    vllm: text,
    alpha: vector,
    beta: vector,
    fitLoss: z.optional(z.number()),
    kvBlocks: z.optional(count),
    isShadowed: z.optional(z.boolean()),
  });
export type BlackboxTableRow = z.infer<ReturnType<typeof blackboxRow>>;

const globalVector = () => z.strictObject({ source: text, alpha: vector, beta: vector });

const defaultsRow = () =>
  z.strictObject({
    model: text,
    gpu: text,
    tp: positive,
    vllm: z.optional(text),
    hfId: z.optional(text),
  });
export type DefaultsRow = z.infer<ReturnType<typeof defaultsRow>>;

export const coefficientTable = () =>
  z.strictObject({
    formatVersion,
    blackbox: z.strictObject({ source: text, rows: z.array(blackboxRow()) }),
    global: z.strictObject({
      crossmodel: globalVector(),
      'trained-roofline': globalVector(),
      'trained-physics': globalVector(),
    }),
    modelDefaults: z.strictObject({ source: text, rows: z.array(defaultsRow()) }),
    history: z.strictObject({
      b05154c: z.strictObject({
        source: text,
        absentModels: z.array(text),
        blackboxRows: z.array(blackboxRow()),
        modelDefaults: z.array(defaultsRow()),
      }),
      f90a1e3a: z.strictObject({
        source: text,
        'trained-physics': globalVector(),
        modelDefaults: z.array(defaultsRow()),
      }),
    }),
  });

const tokens = z.strictObject({ mean: positive, stddev: share, min: positive, max: positive });
export const workloadTable = () =>
  z.strictObject({
    formatVersion,
    presets: z.array(
      z.strictObject({ name: text, prefixTokens: count, prompt: tokens, output: tokens, source: text }),
    ),
  });
