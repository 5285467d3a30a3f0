// Models as rows and as a list of facts, with what the reference makes of a fact where it departs from the file.

import { showCount, showQuantity } from '../../base/display';
import type { Catalog, CatalogModel } from '../../catalog/catalog';
import { kvBytesPerToken, parameterCount } from '../../catalog/kv-capacity';
import { deriveMaxModelLen } from '../../catalog/max-model-len';
import type { Column, Fact } from './fact-columns';

/** Parameters as the capacity rule counts them; absent where the model hints at experts without a number. */
export function parametersOf(model: CatalogModel): number | undefined {
  if (model.capacity.kind === 'expert-count-missing') return undefined;
  return parameterCount(model.architecture, model.capacity, { mode: 'corrected' });
}

const kvBytes = (model: CatalogModel): number | undefined => {
  const bytes = kvBytesPerToken({ architecture: model.architecture, tp: 1 });
  return bytes.ok ? bytes.value : undefined;
};

const count = (value: number | undefined): string => (value === undefined ? 'N/A' : showCount(value));
const quantity = (value: number | undefined): string => (value === undefined ? 'N/A' : showQuantity(value));
const billions = (value: number | undefined): string =>
  value === undefined ? 'N/A' : (value / 1e9).toFixed(1);

function expertsText({ architecture: { experts, expertsPerToken } }: CatalogModel): string {
  return experts > 1 ? `${experts}, top ${expertsPerToken}` : '—';
}

export function weightText({ architecture: { weightBytes, dtypeBytes } }: CatalogModel): string {
  const bytes = weightBytes > 0 ? weightBytes : dtypeBytes;
  return bytes === 0 ? 'not stated' : `${bytes * 8} bits`;
}

export const MODEL_COLUMNS: readonly Column<CatalogModel>[] = [
  { id: 'id', label: 'Model', text: ({ hfId }) => hfId },
  numeric(
    'parameters',
    'Parameters, 10⁹',
    'From the architecture',
    (model) => parametersOf(model) ?? NaN,
    (model) => billions(parametersOf(model)),
  ),
  numeric('layers', 'Layers', 'num_hidden_layers', ({ architecture }) => architecture.layers),
  numeric('hidden', 'Hidden', 'hidden_size', ({ architecture }) => architecture.hidden),
  numeric(
    'heads',
    'Heads, KV',
    'Attention heads and KV heads',
    ({ architecture }) => architecture.heads,
    ({ architecture: { heads, kvHeads } }) => `${heads}, ${kvHeads}`,
  ),
  numeric('ffn', 'FFN', 'intermediate_size', ({ architecture }) => architecture.ffn),
  numeric(
    'experts',
    'Experts',
    'Routed experts and how many a token uses',
    ({ architecture }) => architecture.experts,
    expertsText,
  ),
  numeric(
    'weights',
    'Weights',
    'Bits per weight',
    ({ architecture }) => architecture.weightBytes || architecture.dtypeBytes,
    weightText,
  ),
  numeric(
    'kv',
    'KV, B/token',
    'KV bytes per token at TP 1, as the reference counts',
    (model) => kvBytes(model) ?? NaN,
    (model) => quantity(kvBytes(model)),
  ),
  numeric(
    'context',
    'Context',
    'Longest context',
    (model) => deriveMaxModelLen(model),
    (model) => count(deriveMaxModelLen(model)),
  ),
  { id: 'source', label: 'Source', text: ({ source }) => source },
];

function numeric(
  id: string,
  label: string,
  title: string,
  order: (model: CatalogModel) => number,
  text: (model: CatalogModel) => string = (model) => showCount(order(model)),
): Column<CatalogModel> {
  return { id, label, title, isNumeric: true, order, text };
}

export function modelFacts(model: CatalogModel): readonly Fact[] {
  const a = model.architecture;
  const derivedHead = a.hidden / a.heads;
  const headFact: Fact =
    a.statedHeadDim === undefined || a.statedHeadDim === derivedHead
      ? { label: 'Head size', value: String(derivedHead) }
      : {
          label: 'Head size',
          value: String(a.statedHeadDim),
          note: `Stated in config.json; the reference takes hidden / heads = ${derivedHead}.`,
        };
  const moe: readonly Fact[] =
    a.experts > 1
      ? [
          { label: 'Experts', value: expertsText(model) },
          { label: 'FFN of an expert', value: count(a.expertFfn || a.ffn) },
          ...(a.sharedExpertFfn > 0
            ? [
                {
                  label: 'FFN of the shared experts',
                  value: count(a.sharedExpertFfn),
                  note: 'Free of charge in the reference’s step times.',
                },
              ]
            : []),
          ...(a.interleaveStep > 0
            ? [
                {
                  label: 'MoE layers',
                  value: `one in ${a.interleaveStep + 1}`,
                  note: `Other layers have FFN ${count(a.denseFfn || a.ffn)}.`,
                },
              ]
            : []),
          ...(a.firstDenseLayers === undefined
            ? []
            : [
                {
                  label: 'Leading dense layers',
                  value: String(a.firstDenseLayers),
                  note: 'Counted as MoE by the reference.',
                },
              ]),
        ]
      : [];
  return [
    { label: 'Parameters', value: `${billions(parametersOf(model))} × 10⁹` },
    { label: 'Layers', value: String(a.layers) },
    { label: 'Hidden size', value: count(a.hidden) },
    { label: 'Attention heads', value: String(a.heads) },
    { label: 'KV heads', value: String(a.kvHeads) },
    headFact,
    { label: 'FFN size', value: count(a.ffn) },
    ...moe,
    { label: 'Vocabulary', value: count(a.vocab) },
    {
      label: 'Compute type',
      value: model.dtype ?? (a.dtypeBytes > 0 ? `${a.dtypeBytes * 8} bits` : 'not stated'),
      ...(a.dtypeBytes === 0
        ? { note: 'KV capacity cannot be computed; the corrected mode takes 16 bits.' }
        : {}),
    },
    {
      label: 'Weights',
      value: weightText(model),
      ...(model.quantMethod === undefined ? {} : { note: `quant_method ${model.quantMethod}` }),
    },
    ...(a.mla === undefined
      ? []
      : [
          {
            label: 'Latent attention',
            value: `rank ${a.mla.kvRank}, RoPE key ${a.mla.ropeDim}`,
            note: 'The reference caches it as ordinary attention.',
          },
        ]),
    { label: 'KV bytes per token, TP 1', value: count(kvBytes(model)) },
    { label: 'Longest context', value: count(deriveMaxModelLen(model)) },
    { label: 'Activation', value: a.activation === '' ? 'not stated' : a.activation },
    { label: 'Source', value: model.source },
  ];
}

/** Where the model is served when the user does not say, by version. */
export function defaultFacts(catalog: Catalog, model: CatalogModel): readonly Fact[] {
  return (['87cc70ed', 'b05154c', 'f90a1e3a'] as const).flatMap((version) => {
    const defaults = catalog.eras[version].modelDefaults.get(model.id);
    if (defaults === undefined) return [];
    const vllm = defaults.vllmVersion === '' ? '' : `, vLLM ${shortVersion(defaults.vllmVersion)}`;
    return [{ label: `Default at BLIS ${version}`, value: `${defaults.gpu}, TP ${defaults.tp}${vllm}` }];
  });
}

/** `vllm/vllm-openai:v0.11.0` → `v0.11.0`. */
export const shortVersion = (image: string): string => image.slice(image.indexOf(':') + 1);
