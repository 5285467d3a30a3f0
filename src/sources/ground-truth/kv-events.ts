// Peak number of KV blocks on the CPU from vLLM's event stream `kv_events.jsonl` (sim-to-real before 2026-03-20, validator spec
// 5.5). It over-counts, since transfer events are published twice; kept as a selectable older method.

import { parseJson } from '../../base/json';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { readChunks, type SourceFile } from '../file-tree';
import { LineSplitter } from './text-lines';

export async function readPeakCpuBlocks(file: SourceFile): Promise<Result<number>> {
  let count = 0;
  let peak = 0;
  let problem: Problem | undefined;
  const splitter = new LineSplitter((text, line) => {
    if (text.trim() === '') return false;
    const parsed = parseJson(text, file.path, line);
    if (!parsed.ok) {
      problem = parsed.error;
      return true;
    }
    const events: unknown = Array.isArray(parsed.value) ? parsed.value[1] : undefined;
    if (!Array.isArray(events)) {
      problem = {
        code: 'malformed',
        message: `${file.path}, line ${line}: expected [timestamp, [event, …], rank, step].`,
        file: file.path,
        line,
      };
      return true;
    }
    for (const event of events as unknown[]) count += cpuBlocksOf(event);
    peak = Math.max(peak, count);
    return false;
  });
  const read = await readChunks(file, (chunk) => (splitter.push(chunk) ? 'stop' : undefined));
  if (!read.ok) return read;
  if (problem === undefined) splitter.end();
  return problem === undefined ? ok(peak) : fail(problem);
}

/** Blocks that an event adds to the CPU tier; positions as in the event schema, evictions do not count. */
function cpuBlocksOf(event: unknown): number {
  if (!Array.isArray(event)) return 0;
  const fields = event as readonly unknown[];
  switch (fields[0]) {
    case 'BlockStored':
      return fields.length >= 7 && fields[6] === 'CPU' ? 1 : 0;
    case 'TransferCompleted': {
      const blocks = blockCount(fields[5]);
      if (fields[3] === 'GPU' && fields[4] === 'CPU') return blocks;
      return fields[3] === 'CPU' && fields[4] === 'GPU' ? -blocks : 0;
    }
    case 'CacheStoreCommitted':
      return fields[2] === 'CPU' ? blockCount(fields[3]) : 0;
    default:
      return 0;
  }
}

const blockCount = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0;
