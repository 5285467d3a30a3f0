// The bundled demo through every simulator, reduced to what the first screen shows of it. Run by the build
// (scripts/build-demo-result.mjs), so that a stranger sees a real result before pressing anything.

import { ADAPTERS } from '../../adapters/registry';
import { loadCatalog, type CatalogTexts } from '../../catalog/load-catalog';
import { plumbRows, type PlumbRows } from './plumb-rows';
import { readDemo } from '../../sources/demo';
import { runPairs } from '../../validation/run-pairs';

export interface DemoResult {
  readonly modelVersion: string;
  readonly experiments: number;
  /** Names in canonical order, of those that have a result. */
  readonly simulators: readonly string[];
  readonly runs: number;
  /** Of all runs, on the machine that built the page. */
  readonly seconds: number;
  readonly plumb: PlumbRows;
}

export async function demoResult(
  demoText: string,
  catalogTexts: CatalogTexts,
  wasm: WebAssembly.Module,
  modelVersion: string,
  nowSeconds: () => number,
): Promise<DemoResult> {
  const demo = readDemo(demoText, 'demo/measurements.json');
  if (!demo.ok) throw new Error(demo.error.message);
  const catalog = loadCatalog(catalogTexts);
  if (!catalog.ok) throw new Error(catalog.error.message);
  const { experiments } = demo.value;
  const options = { mode: 'reference', multiTurn: 'as-profile' } as const;
  const start = nowSeconds();
  const { outcomes } = await runPairs(
    experiments,
    ADAPTERS,
    { catalog: catalog.value, wasm, options },
    nowSeconds,
    (pair, event) => {
      if (event.kind === 'failed')
        throw new Error(`${pair.adapter.name} on ${pair.experiment.folder}: ${event.problem.message}`);
    },
  );
  const records = outcomes.flatMap((outcome) => outcome.records);
  const named = new Set(records.map((record) => record.simulator));
  return {
    modelVersion,
    experiments: experiments.length,
    simulators: ADAPTERS.map(({ name }) => name).filter((name) => named.has(name)),
    runs: outcomes.length,
    seconds: nowSeconds() - start,
    plumb: plumbRows(records, 'e2e_mean'),
  };
}
