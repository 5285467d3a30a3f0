// TraceV2 pairs: header YAML and data CSV (BLIS 87cc70ed sim/workload/tracev2.go). The two halves have their own files;
// this one joins them. An empty record list is a problem: the reference refuses to replay it.

import { textChunks } from '../base/csv';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { Trace } from '../domain/trace';
import { readChunks, type SourceFile } from './file-tree';
import { TraceV2DataReader } from './trace-v2-data';
import { parseTraceV2Header } from './trace-v2-header';

export interface TraceV2Names {
  readonly header: string;
  readonly data: string;
}

/** Both files already in memory. */
export function parseTraceV2(headerText: string, dataText: string, names: TraceV2Names): Result<Trace> {
  const reader = new TraceV2DataReader(names.data);
  const header = parseTraceV2Header(headerText, names.header);
  if (!header.ok) return header;
  for (const chunk of textChunks(dataText)) {
    const problem = reader.push(chunk);
    if (problem !== undefined) return fail(problem);
  }
  return finish(header.value, reader, names);
}

/** The data read in chunks; `onRows` hears how many rows are read so far. */
export async function readTraceV2(
  headerText: string,
  data: SourceFile,
  headerName: string,
  onRows?: (rows: number) => void,
): Promise<Result<Trace>> {
  const names = { header: headerName, data: data.path };
  const header = parseTraceV2Header(headerText, headerName);
  if (!header.ok) return header;
  const reader = new TraceV2DataReader(data.path);
  const read = await readChunks(data, (chunk) => {
    const problem = reader.push(chunk);
    onRows?.(reader.rowsRead);
    return problem;
  });
  if (!read.ok) return read;
  return finish(header.value, reader, names);
}

function finish(header: Trace['header'], reader: TraceV2DataReader, names: TraceV2Names): Result<Trace> {
  const data = reader.finish();
  if (!data.ok) return data;
  if (data.value.records.count === 0) {
    return fail({
      code: 'missing-key',
      message: `${names.data} holds no records; a replay needs at least one.`,
      file: names.data,
    });
  }
  return ok({ header, columnSet: data.value.columnSet, records: data.value.records });
}
