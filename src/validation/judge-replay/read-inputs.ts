// The files of a judgement, told apart by content: header and data of the measured trace, results of the simulated replay, and
// per-chunk times. They may come one after the other; each drop adds what it holds.

import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { ChunkTimes, ReplayResults } from '../../domain/replay-results';
import type { Trace } from '../../domain/trace';
import { readChunks, readText, type FileTree, type SourceFile } from '../../sources/file-tree';
import { parseChunkTimes, parseReplayResults } from '../../sources/replay-results';
import { readTraceV2 } from '../../sources/trace-v2';
import { parseTraceV2Header } from '../../sources/trace-v2-header';

interface Named<T> {
  readonly file: string;
  readonly value: T;
}

export interface JudgeInputs {
  /** Header YAML as text, kept until the data comes (or the other way round). */
  readonly header?: Named<string>;
  readonly trace?: Named<Trace>;
  readonly results?: Named<ReplayResults>;
  readonly chunks?: Named<ChunkTimes>;
}

const HEAD_BYTES = 2048;
const MAX_TEXT_BYTES = 256 * 1024 * 1024;
const BARE_HEADER_TEXT = 'trace_version: 2\n';

type Kind = 'header' | 'data' | 'results' | 'chunks';

function kindOf(head: string): Kind | undefined {
  if (/^\s*\[/.test(head)) return 'results';
  if (/^"?request_id"?,"?chunk_index"?/.test(head)) return 'chunks';
  if (/^"?request_id"?,"?client_id"?/.test(head)) return 'data';
  return /^trace_version\s*:/m.test(head) ? 'header' : undefined;
}

/** `before` with what the tree adds or replaces. */
export async function addJudgeInputs(before: JudgeInputs, tree: FileTree): Promise<Result<JudgeInputs>> {
  const found = new Map<Kind, SourceFile>();
  for (const file of tree.files) {
    let head = '';
    const read = await readChunks(file, (chunk) => {
      head = new TextDecoder().decode(chunk.subarray(0, HEAD_BYTES)).replace(/^\ufeff/, '');
      return 'stop';
    });
    if (!read.ok) return read;
    const kind = kindOf(head);
    if (kind === undefined) {
      return fail({
        code: 'not-supported',
        message: `${file.path} was not recognised: expected a trace header (YAML), trace data (CSV), replay results (JSON list) or chunk times (CSV).`,
        file: file.path,
      });
    }
    found.set(kind, file);
  }
  let inputs = before;
  const header = found.get('header');
  if (header !== undefined) {
    const text = await readText(header, MAX_TEXT_BYTES);
    if (!text.ok) return text;
    const parsed = parseTraceV2Header(text.value, header.path);
    if (!parsed.ok) return parsed;
    inputs = { ...inputs, header: { file: header.path, value: text.value } };
    if (inputs.trace !== undefined) {
      inputs = {
        ...inputs,
        trace: { ...inputs.trace, value: { ...inputs.trace.value, header: parsed.value } },
      };
    }
  }
  const data = found.get('data');
  if (data !== undefined) {
    const text = inputs.header?.value ?? BARE_HEADER_TEXT;
    const trace = await readTraceV2(text, data, inputs.header?.file ?? 'header');
    if (!trace.ok) return trace;
    inputs = { ...inputs, trace: { file: data.path, value: trace.value } };
  }
  const results = found.get('results');
  if (results !== undefined) {
    const text = await readText(results, MAX_TEXT_BYTES);
    if (!text.ok) return text;
    const parsed = parseReplayResults(text.value, results.path);
    if (!parsed.ok) return parsed;
    inputs = { ...inputs, results: { file: results.path, value: parsed.value } };
  }
  const chunks = found.get('chunks');
  if (chunks !== undefined) {
    const text = await readText(chunks, MAX_TEXT_BYTES);
    if (!text.ok) return text;
    const parsed = parseChunkTimes(text.value, chunks.path);
    if (!parsed.ok) return parsed;
    inputs = { ...inputs, chunks: { file: chunks.path, value: parsed.value } };
  }
  return ok(inputs);
}
