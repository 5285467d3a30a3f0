// A TraceV2 pair from disk; the data is read in chunks, whatever its size.

import type { Trace } from '../../domain/trace';
import { readTraceV2 } from '../../sources/trace-v2';
import type { Io } from '../io';
import { demand } from '../demand';

export async function readTrace(io: Io, header: string, data: string): Promise<Trace> {
  const headerText = await io.readText(header);
  return demand(await readTraceV2(headerText, await io.openFile(data), header));
}
