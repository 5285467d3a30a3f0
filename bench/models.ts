// The three kinds of step time that cost differently: two counters, sum of contexts, member by member.

import type { Catalog } from '../src/catalog/catalog';
import type { LatencyModel } from '../src/domain/latency';

export const BENCH_MODELS = ['blackbox', 'trained-physics', 'roofline'] as const;
export type BenchModel = (typeof BENCH_MODELS)[number];

const ON = { version: '87cc70ed', mode: 'reference', tp: 1 } as const;
/** Of the recorded native runs, µs. */
const BLACKBOX_BETA = [5000, 20, 15];

export function benchModel(name: BenchModel, catalog: Catalog): LatencyModel {
  if (name === 'blackbox') {
    return { ...ON, name, coefficients: { alpha: [0, 0, 0], beta: BLACKBOX_BETA } };
  }
  const architecture = catalog.models.get('meta-llama/llama-3.1-8b-instruct')?.architecture;
  const gpu = catalog.gpus.get('H100');
  if (architecture === undefined || gpu === undefined)
    throw new Error('the catalogue lacks llama-3.1-8b or H100');
  const coefficients = name === 'roofline' ? { alpha: [0, 0, 0], beta: [] } : catalog.trainedPhysics;
  return { ...ON, name, coefficients, architecture, gpu };
}
