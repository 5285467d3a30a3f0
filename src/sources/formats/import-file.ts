// The one door for third-party files: detect by content, open containers, import, and say in one sentence what cannot be read.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { joinPath, nameOf, parentOf, readChunks, readText, FileTree, type SourceFile } from '../file-tree';
import { JsonRecordReader } from '../json-records';
import { parseTraceV2 } from '../trace-v2';
import { openPacked } from '../packed-files';
import { importAiperf } from './aiperf';
import { importAiperfSummary } from './aiperf-summary';
import { importBenchSummary } from './bench-summary';
import { importBlisTrace } from './blis-trace';
import { detect, HEAD_BYTES } from './detect';
import { importGuideLlm } from './guidellm';
import { inferencePerfRequest, inferencePerfRun } from './inference-perf';
import { importInferencePerfSummary } from './inference-perf-summary';
import { asArray, parseLenientJson, type Json, type JsonFile } from './lenient-json';
import { importLlmPerf } from './llmperf';
import { benchFacts, importLlmServingSimBench, importLlmServingSimOutput } from './llmservingsim-bench';
import { importLlmdReport, parseReport } from './llmd-report';
import { importPerfAnalyzer, PERF_ANALYZER_DROPS } from './perf-analyzer';
import { importCsvTrace, importJsonTrace } from './public-traces';
import {
  FORMATS,
  type Finding,
  type FormatId,
  type ImportedRun,
  type RequestInput,
  type RunFacts,
  type WorkloadTrace,
} from './run-record';
import { importSglangBench } from './sglang-bench';
import { importVllmBench } from './vllm-bench';

/** What one file holds: runs, or a workload. Containers hold several of both. */
export interface ImportOutcome {
  readonly file: string;
  readonly runs: readonly ImportedRun[];
  readonly workloads: readonly WorkloadTrace[];
  /** Set for a file that belongs to another one. */
  readonly note?: string;
}

const MAX_TEXT_BYTES = 384 * 1024 * 1024;
/** Beyond this inference-perf files are read record by record and never become one text. */
const STREAM_FROM_BYTES = 128 * 1024 * 1024;
const MAX_META_BYTES = 4 * 1024 * 1024;

/**
 * Imports a file, or each file of one that is packed. `tree` offers companions (the CSV of a trace header, the header of a CSV);
 * files of one zip are each other's.
 */
export async function importFile(
  file: SourceFile,
  tree?: FileTree,
): Promise<Result<readonly ImportOutcome[]>> {
  const opened = await openPacked(new FileTree({ name: file.path, files: [file] }));
  if (!opened.ok) return opened;
  const { files } = opened.value;
  if (files.length === 1 && files[0] === file) return importPlain(file, tree);
  const outcomes: ImportOutcome[] = [];
  let problem: Problem | undefined;
  for (const inner of files) {
    const imported = await importPlain(inner, opened.value);
    if (imported.ok) outcomes.push(...imported.value);
    else problem ??= imported.error;
  }
  if (outcomes.length > 0) return ok(outcomes);
  const [only] = files;
  const isZip = only === undefined || only.path.startsWith(`${file.path}/`);
  if (!isZip && problem !== undefined) return fail(problem);
  const why = problem === undefined ? 'it is empty.' : `the first file: ${problem.message}`;
  return fail({
    code: 'not-supported',
    ...problem,
    file: file.path,
    message: `Nothing in ${file.path} could be imported; ${why}`,
  });
}

async function importPlain(
  file: SourceFile,
  tree: FileTree | undefined,
): Promise<Result<readonly ImportOutcome[]>> {
  const head = await headOf(file);
  if (!head.ok) return head;
  const detection = detect(head.value, new Uint8Array(0), file.path);
  if (detection.kind === 'unknown') {
    return fail({ code: 'not-supported', file: file.path, message: detection.reason });
  }
  if (detection.kind === 'companion') {
    return ok([{ file: file.path, runs: [], workloads: [], note: detection.what }]);
  }
  const outcome = await importFormat(detection.format, file, tree);
  return outcome.ok ? ok([{ file: file.path, ...outcome.value }]) : outcome;
}

async function headOf(file: SourceFile): Promise<Result<Uint8Array>> {
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  const read = await readChunks(file, (chunk) => {
    const part = chunk.subarray(0, HEAD_BYTES - length);
    head.set(part, length);
    length += part.length;
    return length >= HEAD_BYTES ? 'stop' : undefined;
  });
  return read.ok ? ok(head.subarray(0, length)) : read;
}

type FormatOutcome = Result<Pick<ImportOutcome, 'runs' | 'workloads'>>;
const runs = (list: readonly ImportedRun[]): FormatOutcome => ok({ runs: list, workloads: [] });
const workload = (trace: WorkloadTrace): FormatOutcome => ok({ runs: [], workloads: [trace] });

/** Importers of whole JSON files. */
const JSON_IMPORTERS: Readonly<Partial<Record<FormatId, (file: JsonFile) => readonly ImportedRun[]>>> = {
  'vllm-bench': importVllmBench,
  'sglang-bench': importSglangBench,
  'bench-summary': importBenchSummary,
  'inference-perf': (file) => [
    inferencePerfRun(
      (asArray(file.values[0]) ?? [])
        .filter((item) => !file.isCut(item))
        .flatMap((item) => inferencePerfRequest(item) ?? []),
    ),
  ],
  'inference-perf-summary': importInferencePerfSummary,
  guidellm: importGuideLlm,
  aiperf: importAiperf,
  'perf-analyzer': importPerfAnalyzer,
  'aiperf-summary': importAiperfSummary,
  llmperf: importLlmPerf,
  'llmservingsim-bench': importLlmServingSimBench,
};

async function importFormat(
  format: FormatId,
  file: SourceFile,
  tree: FileTree | undefined,
): Promise<FormatOutcome> {
  if (format === 'inference-perf' && file.sizeBytes > STREAM_FROM_BYTES) return streamInferencePerf(file);
  const text = await readText(file, MAX_TEXT_BYTES);
  if (!text.ok) return text;
  const source = text.value;
  switch (format) {
    case 'blis-trace':
      return importBlisPair(file, source, tree);
    case 'llmd-report': {
      const document = parseReport(source, file.path);
      return document.ok ? runs(importLlmdReport(document.value)) : document;
    }
    case 'llmservingsim-output': {
      const imported = importLlmServingSimOutput(source, file.path);
      return imported.ok ? runs(imported.value) : imported;
    }
    case 'trace-azure':
    case 'trace-burstgpt':
    case 'trace-vidur':
    case 'trace-vidur-lengths':
    case 'trace-splitwise': {
      const trace = importCsvTrace(format, source, file.path);
      return trace.ok ? workload(trace.value) : trace;
    }
    case 'trace-servegen':
      return fail({
        code: 'not-supported',
        file: file.path,
        message: `${file.path} is a ${FORMATS[format]} file: it describes rates, not requests. Choose the whole ServeGen folder as a workload.`,
      });
    case 'guidellm':
      return importGuide(file, source);
    case 'llmservingsim-bench': {
      const bench = importJson(format, file, source);
      const facts = await llmServingSimFacts(tree, parentOf(file.path));
      return bench.ok
        ? runs(bench.value.runs.map((run) => ({ ...run, facts: { ...run.facts, ...facts } })))
        : bench;
    }
    default:
      return importJson(format, file, source);
  }
}

function importJson(format: FormatId, file: SourceFile, source: string): FormatOutcome {
  const parsed =
    format === 'perf-analyzer'
      ? parseLenientJson(source, file.path, PERF_ANALYZER_DROPS)
      : parseLenientJson(source, file.path);
  if (!parsed.ok) return parsed;
  if (format === 'trace-mooncake' || format === 'trace-llmservingsim')
    return workload(importJsonTrace(format, parsed.value));
  const importer = JSON_IMPORTERS[format];
  if (importer === undefined) {
    return fail({
      code: 'not-supported',
      file: file.path,
      message: `${FORMATS[format]} is not read from JSON.`,
    });
  }
  const cut = cutFinding(parsed.value);
  return runs(
    importer(parsed.value).map((run) =>
      cut === undefined ? run : { ...run, findings: [cut, ...run.findings] },
    ),
  );
}

const cutFinding = ({ cutAt }: JsonFile): Finding | undefined =>
  cutAt === undefined
    ? undefined
    : {
        message: `The file is cut off at character ${String(cutAt)}: only whole records before that are used.`,
        count: 1,
        rows: [],
      };

/** GuideLLM writes YAML too. */
function importGuide(file: SourceFile, source: string): FormatOutcome {
  if (/^\s*\{/.test(source)) return importJson('guidellm', file, source);
  const document = parseReport(source, file.path);
  if (!document.ok) return document;
  // The same importer reads both: JSON is the common form, and private keys are dropped on the way.
  return importJson('guidellm', file, JSON.stringify(document.value));
}

function importBlisPair(
  file: SourceFile,
  source: string,
  tree: FileTree | undefined,
): Promise<FormatOutcome> | FormatOutcome {
  const isHeader = /^trace_version\s*:/m.test(source);
  const stem = nameOf(file.path).replace(/\.(ya?ml|csv)$/i, '');
  const folder = parentOf(file.path);
  const partner = tree
    ?.filesIn(folder)
    .find(({ path }) => path !== file.path && isPartner(nameOf(path), stem, isHeader));
  if (partner === undefined) {
    const wanted = isHeader ? 'data CSV' : 'header YAML';
    return fail({
      code: 'missing-file',
      file: file.path,
      message: `${file.path} is one half of a BLIS trace; choose it together with its ${wanted} (${stem}${isHeader ? '.csv' : '.yaml'}).`,
    });
  }
  return readText(partner, MAX_TEXT_BYTES).then((other): FormatOutcome => {
    if (!other.ok) return other;
    const trace = isHeader
      ? parseTraceV2(source, other.value, { header: file.path, data: partner.path })
      : parseTraceV2(other.value, source, { header: partner.path, data: file.path });
    return trace.ok ? runs(importBlisTrace(trace.value)) : trace;
  });
}

/** The server facts that a bench run keeps in meta.json beside its requests. */
async function llmServingSimFacts(tree: FileTree | undefined, folder: string): Promise<Partial<RunFacts>> {
  const meta = tree?.file(joinPath(folder, 'meta.json'));
  const text = meta === undefined ? undefined : await readText(meta, MAX_META_BYTES);
  if (meta === undefined || text === undefined || !text.ok) return {};
  const parsed = parseLenientJson(text.value, meta.path);
  return parsed.ok ? benchFacts(parsed.value.values[0]) : {};
}

/** Same stem, or BLIS's own names trace_header.yaml and trace_data.csv. */
function isPartner(name: string, stem: string, isHeader: boolean): boolean {
  const extension = isHeader ? /\.csv$/i : /\.ya?ml$/i;
  if (!extension.test(name)) return false;
  const other = name.replace(extension, '');
  return (
    other === stem ||
    other === stem.replace(/_header$/, '_data') ||
    other === stem.replace(/_data$/, '_header')
  );
}

async function streamInferencePerf(file: SourceFile): Promise<FormatOutcome> {
  const requests: RequestInput[] = [];
  const reader = new JsonRecordReader(file.path, ({ value }) => {
    const request = inferencePerfRequest(value as Json);
    if (request !== undefined) requests.push(request);
    return undefined;
  });
  const read = await readChunks(file, (chunk) => reader.push(chunk));
  if (!read.ok) return read;
  const problem = reader.end();
  if (problem !== undefined && requests.length === 0) return fail(problem);
  const run = inferencePerfRun(requests);
  if (problem === undefined) return runs([run]);
  return runs([
    {
      ...run,
      findings: [{ message: `${problem.message} Records before that are used.`, count: 1, rows: [] }],
    },
  ]);
}
