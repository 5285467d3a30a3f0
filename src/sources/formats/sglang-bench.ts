// SGLang bench_serving with --output-details: JSON Lines, one run a line, without start times.

import { benchFigures, benchRequests, requestRate } from './bench-arrays';
import { asNumber, asText, objectsIn, type JsonFile } from './lenient-json';
import { optional, text } from './present';
import { buildRows, type ImportedRun } from './run-record';

export function importSglangBench(file: JsonFile): readonly ImportedRun[] {
  const runs = objectsIn(file);
  return runs.map((run, index) => {
    const detail = benchRequests(run);
    return {
      format: 'sglang-bench',
      label: runs.length === 1 ? '' : `run ${String(index + 1)} of ${String(runs.length)}`,
      facts: {
        tool: 'SGLang bench_serving',
        ...text('model', asText(run['model_id']) ?? asText(run['model'])),
        ...text('backend', asText(run['backend'])),
        ...optional('durationS', asNumber(run['duration'])),
        ...optional('requestRateRps', requestRate(run)),
        ...optional('maxConcurrency', asNumber(run['max_concurrency'])),
        clock: 'none',
        tokenCounts: 'server',
        gaps: detail === undefined ? 'none' : 'chunks',
      },
      ...(detail === undefined ? {} : { rows: buildRows(detail.requests) }),
      reported: benchFigures(run),
      findings: [
        ...(detail?.findings ?? []),
        {
          message: 'No start times: distributions can be compared, arrivals cannot be replayed.',
          count: 1,
          rows: [],
        },
      ],
    };
  });
}
