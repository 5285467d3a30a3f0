// What an opened folder holds of other simulators' results, told by content: the header of each CSV decides, names only help.
// Zips are opened once. Files that look like results but cannot be used are named and skipped; others are passed over.

import type { Problem } from '../../base/problem';
import { parseJson } from '../../base/json';
import type { FileTree } from '../file-tree';
import { joinPath, nameOf, parentOf, readChunks, readText, type SourceFile } from '../file-tree';
import { openZips } from '../packed-files';
import { readImportManifest, type ImportEntry } from './import-manifest';
import { readLlmServingSim, type LlmServingSimRequests } from './llmservingsim-requests';
import {
  readErrorRecordResults,
  readFlatPredictions,
  readRuntimeSeconds,
  runtimeKey,
  type RowResult,
} from './simulator-rows';
import { readVidurConfig, type VidurConfig } from './vidur-config';
import { readVidurRequests, type VidurRequests } from './vidur-requests';

interface Found {
  /** Path of the request table; the identity of the result within the opened folder. */
  readonly file: string;
  readonly warnings: readonly string[];
}

export interface VidurResult extends Found {
  readonly kind: 'vidur';
  readonly requests: VidurRequests;
  readonly config?: VidurConfig;
  /** Plot files beside it, for drawing only. */
  readonly plots: readonly SourceFile[];
}

export interface LlmServingSimResult extends Found {
  readonly kind: 'llmservingsim';
  readonly requests: LlmServingSimRequests;
}

export interface RowsResult extends Found {
  readonly kind: 'rows';
  readonly rows: RowResult;
}

export type PreRunResult = VidurResult | LlmServingSimResult | RowsResult;

export interface FoundResults {
  readonly results: readonly PreRunResult[];
  readonly manifest: readonly ImportEntry[];
  /** Files that should be results and are not usable, each named. */
  readonly problems: readonly Problem[];
}

const MAX_TABLE_BYTES = 256 * 1024 * 1024;
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const HEAD_BYTES = 4096;

const VIDUR_TABLE = 'request_metrics.csv';
const RUNTIME_TABLE = 'runtime.csv';

export async function findResults(tree: FileTree): Promise<FoundResults> {
  const problems: Problem[] = [];
  const opened = await openZips(tree, problems);
  const results: PreRunResult[] = [];
  const manifest: ImportEntry[] = [];
  const runtimes = new Map<string, number>();
  for (const file of opened.files) {
    const name = nameOf(file.path).toLowerCase();
    if (name === 'import.json') {
      const text = await readText(file, MAX_JSON_BYTES);
      const entries = text.ok ? readImportManifest(text.value, file.path) : text;
      if (entries.ok) for (const entry of entries.value) manifest.push(entry);
      else problems.push(entries.error);
    } else if (name.endsWith('.csv')) {
      for (const result of await readTable(opened, file, runtimes, problems)) results.push(result);
    }
  }
  for (const folder of opened.allFolders) {
    const problem = incompleteVidur(opened, folder, results);
    if (problem !== undefined) problems.push(problem);
  }
  return { results: results.map((result) => withRuntime(result, runtimes)), manifest, problems };
}

type TableKind = 'vidur' | 'llmservingsim' | 'error-records' | 'runtimes' | 'flat';

/** By the first line; only names that promise a format make a wrong header a problem. */
function kindOf(header: string, name: string): TableKind | undefined {
  const columns = new Set(
    header
      .replace(/^\uFEFF/, '')
      .split(',')
      .map((column) => column.trim()),
  );
  const has = (...names: readonly string[]): boolean => names.every((wanted) => columns.has(wanted));
  if (has('simulator', 'metric_name', 'stage_index')) return 'error-records';
  if (has('simulator', 'wall_clock_seconds')) return 'runtimes';
  if (has('exp_id', 'metric', 'predicted')) return 'flat';
  if (has('Request Id') && (has('request_e2e_time') || has('prefill_e2e_time')) && !has('cdf'))
    return 'vidur';
  if (has('request id', 'arrival') && (has('latency') || has('TTFT'))) return 'llmservingsim';
  if (name === VIDUR_TABLE) return 'vidur';
  if (name === 'error_records.csv') return 'error-records';
  if (name.endsWith('_output.csv')) return 'llmservingsim';
  return name === RUNTIME_TABLE ? 'runtimes' : undefined;
}

async function readTable(
  tree: FileTree,
  file: SourceFile,
  runtimes: Map<string, number>,
  problems: Problem[],
): Promise<readonly PreRunResult[]> {
  const kind = await resultKindIn(file);
  if (kind === undefined) return [];
  const text = await readText(file, MAX_TABLE_BYTES);
  if (!text.ok) {
    problems.push(text.error);
    return [];
  }
  const refuse = (problem: Problem): readonly PreRunResult[] => {
    problems.push(problem);
    return [];
  };
  switch (kind) {
    case 'vidur': {
      const requests = readVidurRequests(text.value, file.path);
      if (!requests.ok) return refuse(requests.error);
      const folder = parentOf(file.path);
      const config = await readConfig(tree, folder, problems);
      const plots = tree.filesIn(joinPath(folder, 'plots'));
      const { warnings } = requests.value;
      return [
        {
          kind,
          file: file.path,
          requests: requests.value,
          plots,
          warnings,
          ...(config === undefined ? {} : { config }),
        },
      ];
    }
    case 'llmservingsim': {
      const requests = readLlmServingSim(text.value, file.path);
      if (!requests.ok) return refuse(requests.error);
      return [{ kind, file: file.path, requests: requests.value, warnings: requests.value.warnings }];
    }
    case 'runtimes': {
      const seconds = readRuntimeSeconds(text.value, file.path);
      if (!seconds.ok) return refuse(seconds.error);
      for (const [key, value] of seconds.value) runtimes.set(key, value);
      return [];
    }
    case 'error-records':
    case 'flat': {
      const read = kind === 'flat' ? readFlatPredictions : readErrorRecordResults;
      const rows = read(text.value, file.path);
      if (!rows.ok) return refuse(rows.error);
      const { results, warnings } = rows.value;
      if (results.length === 0) {
        return refuse({
          code: 'malformed',
          file: file.path,
          message:
            warnings[0] ?? `${file.path} has a header and no rows; expected one row a predicted value.`,
        });
      }
      return results.map((result) => ({ kind: 'rows' as const, file: file.path, rows: result, warnings }));
    }
  }
}

/** What a CSV holds, by its header; nothing when it is no result. */
export async function resultKindIn(file: SourceFile): Promise<TableKind | undefined> {
  const header = await firstLine(file);
  return header === undefined ? undefined : kindOf(header, nameOf(file.path).toLowerCase());
}

async function firstLine(file: SourceFile): Promise<string | undefined> {
  let head = '';
  const decoder = new TextDecoder('utf-8');
  const read = await readChunks(file, (chunk) => {
    head += decoder.decode(chunk.subarray(0, HEAD_BYTES), { stream: true });
    return head.includes('\n') || head.length >= HEAD_BYTES ? 'stop' : undefined;
  });
  return read.ok ? (head.split('\n', 1)[0] ?? '').replace(/\r$/, '') : undefined;
}

async function readConfig(
  tree: FileTree,
  folder: string,
  problems: Problem[],
): Promise<VidurConfig | undefined> {
  const file = tree.file(joinPath(folder, 'config.json'));
  if (file === undefined) return undefined;
  const text = await readText(file, MAX_JSON_BYTES);
  const document = text.ok ? parseJson(text.value, file.path) : text;
  if (document.ok) return readVidurConfig(document.value);
  problems.push(document.error);
  return undefined;
}

/** Vidur always writes plots and its configuration, whatever else is missing. */
export const isVidurFolder = (tree: FileTree, folder: string): boolean =>
  tree.hasFolder(joinPath(folder, 'plots')) &&
  (tree.file(joinPath(folder, 'config.json')) ?? tree.file(joinPath(folder, 'chrome_trace.json'))) !==
    undefined;

/** A folder that Vidur clearly wrote but that lacks the one file an import needs. */
function incompleteVidur(
  tree: FileTree,
  folder: string,
  results: readonly PreRunResult[],
): Problem | undefined {
  if (!isVidurFolder(tree, folder) || results.some((result) => parentOf(result.file) === folder))
    return undefined;
  if (tree.file(joinPath(folder, VIDUR_TABLE)) !== undefined) return undefined;
  return {
    code: 'missing-file',
    file: joinPath(folder, VIDUR_TABLE),
    message: `${folder === '' ? tree.name : folder} looks like a Vidur result but has no ${VIDUR_TABLE}; the run may have been stopped. Run it again, or enable store_request_metrics.`,
  };
}

function withRuntime(result: PreRunResult, runtimes: ReadonlyMap<string, number>): PreRunResult {
  if (result.kind !== 'rows' || result.rows.wallClockSeconds !== undefined) return result;
  const seconds = runtimes.get(runtimeKey(result.rows.simulator, result.rows.expId, result.rows.folder));
  return seconds === undefined ? result : { ...result, rows: { ...result.rows, wallClockSeconds: seconds } };
}
