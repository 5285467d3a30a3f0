// vLLM and SGLang results without per-request arrays: aggregates only. Several files of different rates make a sweep.

import { benchFigures, requestRate } from './bench-arrays';
import { asNumber, asText, objectsIn, type JsonFile } from './lenient-json';
import { optional, text } from './present';
import type { ImportedRun } from './run-record';

export function importBenchSummary(file: JsonFile): readonly ImportedRun[] {
  const runs = objectsIn(file);
  return runs.map((run, index) => ({
    format: 'bench-summary',
    label: runs.length === 1 ? '' : `run ${String(index + 1)} of ${String(runs.length)}`,
    facts: {
      tool: asNumber(run['mean_e2e_latency_ms']) === undefined ? 'vLLM bench serve' : 'SGLang bench_serving',
      ...text('model', asText(run['model_id']) ?? asText(run['model'])),
      ...text('backend', asText(run['backend'])),
      ...optional('durationS', asNumber(run['duration'])),
      ...optional('requestRateRps', requestRate(run)),
      ...optional('maxConcurrency', asNumber(run['max_concurrency'])),
      clock: 'none',
      tokenCounts: 'server',
      gaps: 'none',
    },
    reported: benchFigures(run),
    findings: [],
  }));
}
