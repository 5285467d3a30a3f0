// GPUs as rows and as a list of facts.

import { showLatency } from '../../base/display';
import type { Catalog, CatalogGpu } from '../../catalog/catalog';
import type { Column, Fact } from './fact-columns';

/** Figures of the tables keep their digits: they are sources, not results. */
const figure = (value: number | undefined): string =>
  value === undefined || value === 0 ? '—' : String(value);

export const KIND_WORDS: Readonly<Record<CatalogGpu['kind'], string>> = {
  calibrated: 'calibrated',
  datasheet: 'datasheet',
  custom: 'yours',
};

export const GPU_COLUMNS: readonly Column<CatalogGpu>[] = [
  { id: 'name', label: 'GPU', text: ({ name }) => name },
  {
    id: 'kind',
    label: 'Kind',
    title: 'calibrated: known to the reference; datasheet: vendor figures; yours: added here',
    text: ({ kind }) => KIND_WORDS[kind],
  },
  numeric('peak', 'FP16, TFLOP/s', 'Dense 16-bit peak', ({ peakTflops }) => peakTflops),
  numeric(
    'fp8',
    'FP8, TFLOP/s',
    'FP8 peak as the reference takes it; — = none',
    ({ peakTflopsFp8 }) => peakTflopsFp8,
  ),
  numeric('bandwidth', 'Memory, TB/s', 'Memory bandwidth', ({ memoryBandwidthTbs }) => memoryBandwidthTbs),
  numeric('memory', 'Memory, GiB', 'Device memory', ({ memoryGib }) => memoryGib),
  numeric(
    'mfu-prefill',
    'MFU prefill',
    'Share of the peak that roofline grants to prefill',
    ({ mfuPrefill }) => mfuPrefill,
  ),
  numeric(
    'mfu-decode',
    'MFU decode',
    'Share of the peak that roofline grants to decode',
    ({ mfuDecode }) => mfuDecode,
  ),
  numeric('link', 'Link, GB/s', 'GPU to GPU inside a node, one direction', ({ linkGbs }) => linkGbs),
  { id: 'source', label: 'Source', text: ({ source }) => source },
];

function numeric(
  id: string,
  label: string,
  title: string,
  read: (gpu: CatalogGpu) => number | undefined,
): Column<CatalogGpu> {
  return {
    id,
    label,
    title,
    isNumeric: true,
    text: (gpu) => figure(read(gpu)),
    order: (gpu) => read(gpu) ?? 0,
  };
}

export function gpuFacts(gpu: CatalogGpu): readonly Fact[] {
  const ridge = (peak: number): string => `${showLatency(peak / gpu.memoryBandwidthTbs)} FLOP/byte`;
  return [
    { label: 'Dense 16-bit peak', value: `${figure(gpu.peakTflops)} TFLOP/s` },
    {
      label: 'FP8 peak',
      value: gpu.peakTflopsFp8 > 0 ? `${gpu.peakTflopsFp8} TFLOP/s` : 'none',
      ...(gpu.peakTflopsFp8Dense === undefined
        ? {}
        : { note: `With sparsity; dense is ${gpu.peakTflopsFp8Dense}, which the corrected mode uses.` }),
    },
    { label: 'Memory bandwidth', value: `${gpu.memoryBandwidthTbs} TB/s` },
    { label: 'Memory', value: `${gpu.memoryGib} GiB` },
    {
      label: 'Ridge point, 16 bits',
      value: ridge(gpu.peakTflops),
      note: 'Work above this intensity is bound by compute.',
    },
    {
      label: 'Utilisation in roofline',
      value: gpu.mfuPrefill > 0 ? `prefill ${gpu.mfuPrefill}, decode ${gpu.mfuDecode}` : 'not calibrated',
      ...(gpu.mfuPrefill > 0 ? {} : { note: 'roofline cannot run on it; the trained models can.' }),
    },
    ...(gpu.linkGbs === undefined ? [] : [{ label: 'GPU-to-GPU bandwidth', value: `${gpu.linkGbs} GB/s` }]),
    ...(gpu.powerW === undefined ? [] : [{ label: 'Power', value: `${gpu.powerW} W` }]),
  ];
}

/** What other versions of the reference had for this GPU, where it differs. */
export function gpuHistory(catalog: Catalog, gpu: CatalogGpu): readonly Fact[] {
  return (['0074c8c1', 'b05154c'] as const).map((version) => {
    const then = catalog.eras[version].gpus.get(gpu.name);
    if (then === undefined) return { label: `BLIS ${version}`, value: 'not in its table' };
    const early = then.early;
    return {
      label: `BLIS ${version}`,
      value: `MFU prefill ${then.mfuPrefill}, decode ${then.mfuDecode}`,
      ...(early === undefined
        ? {}
        : {
            note: `${early.bandwidthEfficiency} of the bandwidth; ${early.stepOverheadUs} µs per step, ${early.layerOverheadUs} µs per layer, ${early.allReduceUs} µs per all-reduce.`,
          }),
    };
  });
}
