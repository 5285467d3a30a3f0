// Writes TraceV2 pairs as the reference does (BLIS 87cc70ed sim/workload/tracev2.go): header keys in their order with zero
// values left out, data rows with shortest decimals. The data comes in slices, so that a million rows are no single string.

import { csvCell } from '../base/csv';
import { textAt } from '../base/columns';
import type { YamlValue } from '../base/go-yaml-writer';
import { writeGoYaml } from '../base/go-yaml-writer';
import type { TraceColumns, TraceHeader } from '../domain/trace';
import { TRACE_V2_COLUMNS } from './trace-v2-data';

const ROWS_PER_SLICE = 4096;

export function writeTraceV2Header(header: TraceHeader): string {
  const map = new Map<string, YamlValue>();
  const { server } = header;
  const set = (into: Map<string, YamlValue>, key: string, value: string | number | bigint): void => {
    if (value !== '' && value !== 0 && value !== 0n) into.set(key, value);
  };
  map.set('trace_version', BigInt(header.traceVersion));
  map.set('time_unit', header.timeUnit);
  set(map, 'created_at', header.createdAt);
  map.set('mode', header.mode);
  map.set('warm_up_requests', BigInt(header.warmUpRequests));
  if (header.workloadSeed !== undefined) map.set('workload_seed', header.workloadSeed);
  set(map, 'workload_spec', header.workloadSpec);
  const serverMap = new Map<string, YamlValue>();
  set(serverMap, 'type', server.type);
  set(serverMap, 'model', server.model);
  set(serverMap, 'tensor_parallel', BigInt(server.tensorParallel));
  set(serverMap, 'max_num_seqs', BigInt(server.maxNumSeqs));
  set(serverMap, 'block_size', BigInt(server.blockSize));
  set(serverMap, 'gpu_memory_utilization', server.gpuMemoryUtilization);
  set(serverMap, 'max_model_len', BigInt(server.maxModelLen));
  if (serverMap.size > 0) map.set('server', serverMap);
  if (header.measuredRttMs !== 0) map.set('network', new Map([['measured_rtt_ms', header.measuredRttMs]]));
  return writeGoYaml(map);
}

/** Text slices of the data file, header row first. */
export function* traceV2DataSlices(records: TraceColumns): Generator<string> {
  yield `${TRACE_V2_COLUMNS.join(',')}\n`;
  for (let from = 0; from < records.count; from += ROWS_PER_SLICE) {
    const end = Math.min(records.count, from + ROWS_PER_SLICE);
    let slice = '';
    for (let row = from; row < end; row++) slice += `${dataRow(records, row)}\n`;
    yield slice;
  }
}

export const writeTraceV2Data = (records: TraceColumns): string => [...traceV2DataSlices(records)].join('');

function dataRow(records: TraceColumns, row: number): string {
  const text = (column: TraceColumns['model']): string => csvCell(textAt(column, row));
  const number = (column: ArrayLike<number>): string => plainDecimal(column[row] ?? 0);
  return [
    number(records.requestId),
    text(records.clientId),
    text(records.tenantId),
    text(records.sloClass),
    text(records.sessionId),
    number(records.roundIndex),
    text(records.prefixGroup),
    number(records.prefixLength),
    records.streaming[row] === 1 ? 'true' : 'false',
    number(records.inputTokens),
    number(records.outputTokens),
    number(records.textTokens),
    number(records.imageTokens),
    number(records.audioTokens),
    number(records.videoTokens),
    number(records.reasonRatio),
    text(records.model),
    number(records.deadlineUs),
    number(records.serverInputTokens),
    number(records.arrivalUs),
    number(records.sendUs),
    number(records.firstChunkUs),
    number(records.lastChunkUs),
    number(records.numChunks),
    text(records.status),
    text(records.errorMessage),
    text(records.finishReason),
  ].join(',');
}

/** Shortest round-trip decimal, never with an exponent. */
export function plainDecimal(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const exponent = Number(power);
  const digits = whole + fraction;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, '0')}`;
}
