// BLIS TraceV2 as a measurement (BLIS 87cc70ed, sim/workload/tracev2.go): whole µs, first and last chunk only. Only `mode: real` is
// ground truth; warm-up rows are left out.

import type { Trace } from '../../domain/trace';
import { textAt } from '../../base/columns';
import { optional, text } from './present';
import { buildRows, okOrEmpty, type Finding, type ImportedRun, type RequestInput } from './run-record';

const US_PER_S = 1e6;

export function importBlisTrace(trace: Trace): readonly ImportedRun[] {
  const { records, header } = trace;
  const kept = Array.from(
    { length: Math.max(0, records.count - header.warmUpRequests) },
    (_, i) => i + header.warmUpRequests,
  );
  // Send times may count from 1970: subtracted as whole microseconds before they become seconds.
  const first = kept.reduce((least, row) => Math.min(least, records.sendUs[row] ?? Infinity), Infinity);
  const requests = kept.map((row): RequestInput => {
    const us = (column: Float64Array): number => column[row] ?? NaN;
    const outputTokens = records.outputTokens[row] ?? 0;
    const state = textAt(records.status, row);
    const server = records.serverInputTokens[row] ?? 0;
    const chunks = records.numChunks[row] ?? 0;
    const [send, firstChunk, lastChunk] = [
      us(records.sendUs),
      us(records.firstChunkUs),
      us(records.lastChunkUs),
    ];
    return {
      status:
        state === 'ok' || state === ''
          ? okOrEmpty(outputTokens)
          : state === 'incomplete'
            ? 'incomplete'
            : 'error',
      startS: (send - first) / US_PER_S,
      inputTokens: server > 0 ? server : (records.prefixLength[row] ?? 0) + (records.inputTokens[row] ?? 0),
      outputTokens,
      ttftS: (firstChunk - send) / US_PER_S,
      e2eS: (lastChunk - send) / US_PER_S,
      ...optional('meanGapS', chunks > 1 ? (lastChunk - firstChunk) / US_PER_S / (chunks - 1) : undefined),
    };
  });
  const findings: Finding[] = [];
  const notMeasured =
    header.mode === 'real'
      ? undefined
      : `The trace is ${header.mode}, not measured: a workload, no ground truth.`;
  if (notMeasured !== undefined) findings.push({ message: notMeasured, count: 1, rows: [] });
  if (header.warmUpRequests > 0) {
    findings.push({
      message: `${String(header.warmUpRequests)} warm-up requests are left out.`,
      count: header.warmUpRequests,
      rows: [],
    });
  }
  return [
    {
      format: 'blis-trace',
      label: '',
      facts: {
        tool: 'BLIS observe',
        ...text('model', header.server.model),
        ...text('backend', header.server.type),
        ...optional(
          'tensorParallel',
          header.server.tensorParallel > 0 ? header.server.tensorParallel : undefined,
        ),
        clock: 'epoch',
        tokenCounts: 'server',
        gaps: 'request-means',
      },
      rows: buildRows(requests),
      reported: [],
      findings,
      ...text('notMeasured', notMeasured),
    },
  ];
}
