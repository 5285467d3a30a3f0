// vLLM `bench serve --save-result --save-detailed`, and the older benchmark_serving.py: one object a run, several in an appended file.

import { benchFigures, benchRequests, requestRate } from './bench-arrays';
import { asNumber, asText, objectsIn, type JsonFile, type JsonObject } from './lenient-json';
import { optional, text } from './present';
import { buildRows, type Finding, type ImportedRun } from './run-record';

export function importVllmBench(file: JsonFile): readonly ImportedRun[] {
  const runs = objectsIn(file);
  return runs.map((run, index) =>
    vllmRun(run, runs.length === 1 ? '' : `run ${String(index + 1)} of ${String(runs.length)}`),
  );
}

function vllmRun(run: JsonObject, label: string): ImportedRun {
  const detail = benchRequests(run);
  const speculative = Object.keys(run).some((key) => key.startsWith('spec_decode_'));
  const findings: Finding[] = [
    ...(detail?.findings ?? []),
    ...(speculative
      ? [
          {
            message: 'Speculative decoding was on: gaps lie between chunks of several tokens.',
            count: 1,
            rows: [],
          },
        ]
      : []),
    ...(detail?.hasStartTimes === false
      ? [
          {
            message: 'No start times: distributions can be compared, arrivals cannot be replayed.',
            count: 1,
            rows: [],
          },
        ]
      : []),
  ];
  const rate = requestRate(run);
  return {
    format: 'vllm-bench',
    label,
    facts: {
      tool: 'vLLM bench serve',
      ...text('model', asText(run['model_id'])),
      ...text('backend', asText(run['backend']) ?? asText(run['endpoint_type'])),
      ...optional('durationS', asNumber(run['duration'])),
      ...optional('requestRateRps', rate),
      ...optional('burstiness', asNumber(run['burstiness'])),
      ...optional('maxConcurrency', asNumber(run['max_concurrency'])),
      clock: detail?.hasStartTimes === true ? 'monotonic' : 'none',
      tokenCounts: 'server',
      gaps: detail === undefined ? 'none' : 'chunks',
    },
    ...(detail === undefined ? {} : { rows: buildRows(detail.requests) }),
    reported: benchFigures(run),
    findings,
  };
}
