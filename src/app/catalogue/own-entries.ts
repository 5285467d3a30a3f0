// Models and GPUs that the reader added: kept on this device, merged into the catalogue, checked before they are taken.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import type { Catalog, CatalogGpu, CatalogModel, ModelFacts } from '../../catalog/catalog';
import { isModelName } from '../../catalog/model-name';

/** A model from a dropped config.json. */
export interface StoredModel {
  readonly name: string;
  readonly file: string;
  readonly facts: ModelFacts;
  /** ms since 1970. */
  readonly addedAt: number;
}

export interface StoredGpu {
  readonly gpu: CatalogGpu;
  readonly addedAt: number;
}

export const OWN_MODEL_SOURCE = 'config.json added on this device';
export const OWN_GPU_SOURCE = 'entered on this device';

export const modelOf = ({ name, file, facts }: StoredModel): CatalogModel => ({
  ...facts,
  id: name.toLowerCase(),
  hfId: name,
  source: `${OWN_MODEL_SOURCE} (${file})`,
});

/** The catalogue with the reader's own entries; an own model of the same name stands in front of the shipped one. */
export function merged(
  catalog: Catalog,
  models: readonly StoredModel[],
  gpus: readonly StoredGpu[],
): Catalog {
  return {
    ...catalog,
    models: new Map([
      ...catalog.models,
      ...models.map((stored) => [stored.name.toLowerCase(), modelOf(stored)] as const),
    ]),
    gpus: new Map([...catalog.gpus, ...gpus.map(({ gpu }) => [gpu.name, gpu] as const)]),
  };
}

const MAX_NAME = 120;

export function checkModelName(name: string): Problem | undefined {
  if (isModelName(name)) return undefined;
  return {
    code: 'bad-value',
    field: 'name',
    message: `A model name is org/name with letters, digits, ".", "-" and "_"; found "${name.slice(0, MAX_NAME)}".`,
  };
}

/** The texts of the form's fields. */
export type GpuForm = Readonly<Record<GpuField, string>>;
export const GPU_FIELDS = {
  name: { label: 'Name', unit: '', isRequired: true },
  peakTflops: { label: 'Dense peak, 16 bits', unit: 'TFLOP/s', isRequired: true },
  peakTflopsFp8: { label: 'Dense peak, FP8', unit: 'TFLOP/s', isRequired: false },
  memoryBandwidthTbs: { label: 'Memory bandwidth', unit: 'TB/s', isRequired: true },
  memoryGib: { label: 'Memory', unit: 'GiB', isRequired: true },
  mfuPrefill: { label: 'Prefill utilisation (MFU)', unit: '0 … 1', isRequired: false },
  mfuDecode: { label: 'Decode utilisation (MFU)', unit: '0 … 1', isRequired: false },
  linkGbs: { label: 'GPU-to-GPU bandwidth', unit: 'GB/s', isRequired: false },
} as const;
export type GpuField = keyof typeof GPU_FIELDS;
export const GPU_FIELD_NAMES = Object.keys(GPU_FIELDS) as readonly GpuField[];
type NumberField = Exclude<GpuField, 'name'>;

export const EMPTY_GPU_FORM: GpuForm = {
  name: '',
  peakTflops: '',
  peakTflopsFp8: '',
  memoryBandwidthTbs: '',
  memoryGib: '',
  mfuPrefill: '',
  mfuDecode: '',
  linkGbs: '',
};

/** A number out of these ranges is a slip of unit or key. */
const RANGES: Readonly<Record<NumberField, readonly [above: number, most: number]>> = {
  peakTflops: [0, 1e5],
  peakTflopsFp8: [0, 1e5],
  memoryBandwidthTbs: [0, 100],
  memoryGib: [0, 10_000],
  mfuPrefill: [0, 1],
  mfuDecode: [0, 1],
  linkGbs: [0, 1e5],
};

/** The GPU, or what is wrong with which field. `taken` = names that exist already. */
export function gpuOf(
  form: GpuForm,
  taken: ReadonlySet<string>,
): Result<CatalogGpu, ReadonlyMap<GpuField, string>> {
  const faults = new Map<GpuField, string>();
  const name = form.name.trim();
  if (name === '' || name.length > MAX_NAME)
    faults.set('name', `Give a name of up to ${MAX_NAME} characters.`);
  else if (taken.has(name)) faults.set('name', `${name} exists already; choose another name.`);
  const number = (field: NumberField): number => {
    const text = form[field].trim().replace(',', '.');
    if (text === '') {
      if (GPU_FIELDS[field].isRequired) faults.set(field, `${GPU_FIELDS[field].label} is needed.`);
      return 0;
    }
    const value = Number(text);
    const [above, most] = RANGES[field];
    if (!(value > above && value <= most)) {
      const unit = GPU_FIELDS[field].unit;
      faults.set(
        field,
        `Found "${text}"; expected a number above ${above}, at most ${most}${unit.includes('…') ? '' : ` ${unit}`}.`,
      );
    }
    return value;
  };
  const gpu: CatalogGpu = {
    name,
    kind: 'custom',
    peakTflops: number('peakTflops'),
    peakTflopsFp8: number('peakTflopsFp8'),
    memoryBandwidthTbs: number('memoryBandwidthTbs'),
    memoryGib: number('memoryGib'),
    mfuPrefill: number('mfuPrefill'),
    mfuDecode: number('mfuDecode'),
    source: OWN_GPU_SOURCE,
  };
  const linkGbs = number('linkGbs');
  if (faults.size > 0) return fail(faults);
  return ok(linkGbs > 0 ? { ...gpu, linkGbs } : gpu);
}
