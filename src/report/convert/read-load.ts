// What load a file or folder describes, decided by content: a specification (also a load generator's profile or ServeGen data
// written out as one), a trace, or measured requests. One answer, and the notes that a reader should see.

import { parseGoYaml, YamlScalar, MAX_YAML_CHARACTERS } from '../../base/go-yaml';
import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { LoadProfile, MeasuredRequests } from '../../domain/experiment';
import type { Trace } from '../../domain/trace';
import type { Workload } from '../../domain/workload';
import { workloadSpecYaml } from '../../adapters/blis/profile-workload';
import { nameOf, readChunks, readText, type FileTree, type SourceFile } from '../../sources/file-tree';
import { openPacked } from '../../sources/packed-files';
import { importFile } from '../../sources/formats/import-file';
import { FORMATS } from '../../sources/formats/run-record';
import { readLoadProfile } from '../../sources/ground-truth/load-profile';
import { readPerRequestCsv, readPerRequestJson } from '../../sources/ground-truth/measured-requests';
import { readTraceV2 } from '../../sources/trace-v2';
import { parseFiveColumnCsv } from '../../workload/five-column-csv';
import { expandServegen } from '../../workload/servegen';
import { emptySpec } from '../../workload/spec';
import { writeWorkloadSpec } from '../../workload/write-spec';
import { importedRequests, requestTrace, publicTrace } from './imported-load';

interface LoadHead {
  /** The file that decided. */
  readonly file: string;
  /** For the reader: "Workload specification, version 2". */
  readonly format: string;
  readonly notes: readonly string[];
}

export type Load = LoadHead &
  (
    | { readonly kind: 'spec'; readonly yaml: string }
    | {
        readonly kind: 'trace';
        readonly trace: Trace;
        /** Where the file says more than a trace can hold: which tokens prompts share. */
        readonly workload?: Workload;
      }
    | { readonly kind: 'measured'; readonly requests: MeasuredRequests }
  );

const HEAD_BYTES = 4096;
const SERVEGEN_FILE = /^(.*\/)?chunk-[^/]*-(trace\.csv|dataset\.json)$/;
const MAX_SERVEGEN_BYTES = 64 * 1024 * 1024;

export async function readLoad(dropped: FileTree): Promise<Result<Load>> {
  const opened = await openPacked(dropped);
  if (!opened.ok) return opened;
  const tree = opened.value;
  const servegen = tree.files.filter((file) => SERVEGEN_FILE.test(file.path));
  if (servegen.some((file) => file.path.endsWith('-trace.csv'))) return readServegen(tree.name, servegen);
  const heads = new Map<SourceFile, string>();
  for (const file of tree.files) {
    const head = await headOf(file);
    if (!head.ok) return head;
    heads.set(file, head.value);
  }
  const [data, ...moreData] = tree.files.filter((file) => isTraceData(heads.get(file) ?? ''));
  if (data !== undefined) return readTrace(data, await headerFor(tree, heads), moreData.length);
  let problem: Problem | undefined;
  for (const file of tree.files) {
    const load = await readOne(file, heads.get(file) ?? '', tree);
    if (load.ok) {
      const others = tree.files.length - 1;
      const note = `${others} other ${others === 1 ? 'file was' : 'files were'} not used.`;
      return ok(others === 0 ? load.value : { ...load.value, notes: [...load.value.notes, note] });
    }
    problem ??= load.error;
  }
  const [first] = dropped.files;
  return fail(problem ?? { code: 'missing-file', message: `${first?.path ?? tree.name} holds no files.` });
}

async function headOf(file: SourceFile): Promise<Result<string>> {
  let head = '';
  const decoder = new TextDecoder();
  const read = await readChunks(file, (chunk) => {
    head += decoder.decode(chunk.subarray(0, HEAD_BYTES));
    return 'stop';
  });
  return read.ok ? ok(head.replace(/^\ufeff/, '')) : read;
}

/** The four bytes as UTF-8 decodes them. */
const isZstandard = (head: string): boolean => head.startsWith('(\ufffd/\ufffd');
/** Reports that tools write as YAML. */
const isReport = (head: string): boolean =>
  !/^\s*[[{]/.test(head) && /^(benchmarks|guidellm_version|scenario)\s*:|^metadata:.*guidellm/m.test(head);
const isTraceData = (head: string): boolean => /^"?request_id"?,"?client_id"?,/.test(head);
const isFiveColumns = (head: string): boolean => /^arrival_time,request_id,model,/.test(head);
const isPerRequestCsv = (head: string): boolean =>
  /^[^\n]*\barrival_us\b[^\n]*\bttft_us\b/.test(head) && !head.startsWith('{');

async function readOne(file: SourceFile, head: string, tree: FileTree): Promise<Result<Load>> {
  if (isZstandard(head)) return readImported(file, tree);
  if (isFiveColumns(head)) return readFiveColumns(file);
  if (isPerRequestCsv(head)) {
    return measured(file, 'Measured requests (CSV)', await readPerRequestCsv(file));
  }
  if (/"start_time"[^]*"info"/.test(head) && head.trimStart().startsWith('[')) {
    return measured(file, FORMATS['inference-perf'], await readPerRequestJson(file));
  }
  if (isReport(head)) return readImported(file, tree);
  const isYaml = /\.ya?ml$/i.test(file.path) || !/^\s*[[{]|^[^\n:]*,[^\n]*\n/.test(head);
  if (isYaml || /"(clients|cohorts|inference_perf|load)"\s*:/.test(head)) {
    const yaml = await readYaml(file);
    // JSON is YAML, too; what is no specification may still be a benchmark result.
    if (yaml.ok || isYaml) return yaml;
  }
  return readImported(file, tree);
}

const SPEC_KEYS = ['clients', 'cohorts', 'inference_perf', 'servegen_data', 'aggregate_rate', 'num_requests'];

async function readYaml(file: SourceFile): Promise<Result<Load>> {
  const text = await readText(file, MAX_YAML_CHARACTERS);
  if (!text.ok) return text;
  const document = parseGoYaml(text.value, file.path);
  if (!document.ok) return document;
  const { tree } = document.value;
  const keys = tree instanceof YamlScalar || Array.isArray(tree) ? [] : Object.keys(tree);
  if (SPEC_KEYS.some((key) => keys.includes(key))) {
    return ok({
      kind: 'spec',
      file: file.path,
      format: keys.includes('inference_perf')
        ? 'Workload specification with inference_perf'
        : 'Workload specification',
      yaml: text.value,
      notes: [],
    });
  }
  if (keys.includes('load')) return readProfile(file);
  if (keys.includes('trace_version')) {
    return fail({
      code: 'missing-file',
      message: `${file.path} is the header of a trace; drop its data CSV together with it.`,
      file: file.path,
    });
  }
  const found = keys.length === 0 ? 'no keys' : `the keys ${keys.slice(0, 6).join(', ')}`;
  return fail({
    code: 'not-supported',
    message: `${file.path} was not recognised: found ${found}, expected a workload specification (clients, cohorts, inference_perf, …), a load profile (load) or a trace header.`,
    file: file.path,
  });
}

async function readProfile(file: SourceFile): Promise<Result<Load>> {
  const profile = await readLoadProfile(file);
  if (!profile.ok) return profile;
  const stages: { rateRps: number; durationS: number }[] = [];
  for (const { rateRps, durationS } of profile.value.stages) {
    if (rateRps === undefined || durationS === undefined) {
      return fail({
        code: 'missing-key',
        message: `${file.path}: a stage under load.stages lacks rate or duration; a specification needs both.`,
        file: file.path,
        field: 'load.stages',
      });
    }
    stages.push({ rateRps, durationS });
  }
  const whole: LoadProfile = { ...profile.value, stages };
  const notes = ['Arrivals of the load generator are evenly spaced; the specification draws them at random.'];
  if (whole.enableMultiTurnChat === true) {
    notes.push(
      'enable_multi_turn_chat only selects a chat template in the load generator; the specification reads it as conversations. Set it to false to send single requests.',
    );
  }
  return ok({
    kind: 'spec',
    file: file.path,
    format: 'inference-perf profile',
    yaml: workloadSpecYaml(whole, 'as-profile'),
    notes,
  });
}

/** The reference writes this rate; the data states weights only. */
const PLACEHOLDER_RATE = 1;

async function readServegen(folder: string, files: readonly SourceFile[]): Promise<Result<Load>> {
  const texts: { name: string; text: string }[] = [];
  for (const file of files) {
    const text = await readText(file, MAX_SERVEGEN_BYTES);
    if (!text.ok) return text;
    texts.push({ name: nameOf(file.path), text: text.value });
  }
  const expanded = expandServegen({ path: folder, spanStart: 0, spanEnd: 0 }, texts);
  if (!expanded.ok) return expanded;
  const { clients, warnings } = expanded.value;
  return ok({
    kind: 'spec',
    file: folder,
    format: 'ServeGen data',
    yaml: writeWorkloadSpec({ ...emptySpec, clients, aggregateRate: PLACEHOLDER_RATE }),
    notes: [
      `aggregate_rate is a placeholder of ${PLACEHOLDER_RATE} req/s: the data states how clients share a rate, not the rate.`,
      'Of each client only the busiest window is kept.',
      ...warnings,
    ],
  });
}

async function headerFor(
  tree: FileTree,
  heads: ReadonlyMap<SourceFile, string>,
): Promise<Result<{ name: string; text: string }>> {
  const file = tree.files.find((candidate) => /^trace_version\s*:/m.test(heads.get(candidate) ?? ''));
  if (file === undefined) return ok({ name: '', text: 'trace_version: 2\n' });
  const text = await readText(file, MAX_YAML_CHARACTERS);
  return text.ok ? ok({ name: file.path, text: text.value }) : text;
}

async function readTrace(
  data: SourceFile,
  header: Result<{ name: string; text: string }>,
  others: number,
): Promise<Result<Load>> {
  if (!header.ok) return header;
  const trace = await readTraceV2(header.value.text, data, header.value.name);
  if (!trace.ok) return trace;
  const notes: string[] = [];
  if (header.value.name === '') notes.push('No header YAML was given; the records stand alone.');
  if (others > 0) notes.push(`${others} more trace ${others === 1 ? 'file was' : 'files were'} not used.`);
  if (trace.value.columnSet !== 27) {
    notes.push(`The older set of ${trace.value.columnSet} columns; absent columns read as empty.`);
  }
  return ok({ kind: 'trace', file: data.path, format: 'BLIS TraceV2', trace: trace.value, notes });
}

const MAX_TRACE_TEXT_BYTES = 384 * 1024 * 1024;

async function readFiveColumns(file: SourceFile): Promise<Result<Load>> {
  const text = await readText(file, MAX_TRACE_TEXT_BYTES);
  if (!text.ok) return text;
  const workload = parseFiveColumnCsv(text.value, file.path);
  if (!workload.ok) return workload;
  return ok({
    kind: 'trace',
    file: file.path,
    format: 'Five-column trace with token ids',
    trace: requestTrace(workload.value.requests),
    workload: workload.value,
    notes: ['Token ids have no place in TraceV2: arrivals and lengths are kept, what prompts share is not.'],
  });
}

function measured(file: SourceFile, format: string, requests: Result<MeasuredRequests>): Result<Load> {
  if (!requests.ok) return requests;
  const failed = requests.value.failed.reduce((sum, flag) => sum + flag, 0);
  return ok({
    kind: 'measured',
    file: file.path,
    format,
    requests: requests.value,
    notes: failed === 0 ? [] : [`${failed} of ${requests.value.count} requests failed.`],
  });
}

async function readImported(file: SourceFile, tree: FileTree): Promise<Result<Load>> {
  const outcomes = await importFile(file, tree);
  if (!outcomes.ok) return outcomes;
  const runs = outcomes.value.flatMap((outcome) => outcome.runs).filter((run) => run.rows !== undefined);
  const [run] = runs;
  const rest = (count: number, what: string): string[] =>
    count > 1 ? [`${count} ${what} were found; the first is shown.`] : [];
  if (run?.rows !== undefined) {
    const requests = importedRequests(run, run.rows, file.path);
    if (!requests.ok) return requests;
    const notes = [...run.findings.map((finding) => finding.message), ...rest(runs.length, 'runs')];
    const { leftOut } = requests.value;
    if (leftOut > 0) notes.push(`${leftOut} requests without a usable start time were left out.`);
    const load = measured(file, FORMATS[run.format], ok(requests.value.requests));
    return load.ok ? ok({ ...load.value, notes: [...load.value.notes, ...notes] }) : load;
  }
  const traces = outcomes.value.flatMap((outcome) => outcome.workloads);
  const [trace] = traces;
  if (trace !== undefined) {
    const converted = publicTrace(trace, file.path);
    if (!converted.ok) return converted;
    return ok({
      kind: 'trace',
      file: file.path,
      format: FORMATS[trace.format],
      trace: converted.value.trace,
      notes: [
        ...converted.value.losses,
        ...trace.findings.map((finding) => finding.message),
        ...rest(traces.length, 'workloads'),
      ],
    });
  }
  return fail({
    code: 'not-supported',
    message: `${file.path} holds no requests one by one, only figures of a whole run; a load needs arrivals and lengths.`,
    file: file.path,
  });
}
