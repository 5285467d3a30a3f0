// Where a scenario's requests come from: flags, a specification, or files that were recorded elsewhere. Files are read here, in
// the worker that simulates them; the last one read is kept, so that a run with other policies does not read it again.

import { excludes, generateOptionsOf, specOfFlags } from '../adapters/blis/run-workload';
import { horizonOf } from '../adapters/blis/resolve-run';
import { parsePolicyBundle } from '../adapters/blis/policy-bundle';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import { workloadHash } from '../domain/run-hashes';
import type { Trace } from '../domain/trace';
import type { Workload } from '../domain/workload';
import { openRandomDoor } from '../engine/random-door';
import { readLoad, type Load } from '../report/convert/read-load';
import { measuredTrace } from '../sources/measured-traces';
import { readText } from '../sources/file-tree';
import { generateWorkload } from '../workload/generate';
import { decodeWorkloadSpec, parseWorkloadSpec } from '../workload/parse-spec';
import { replayWorkload } from '../workload/replay';
import type { FilesInput } from './protocol';
import { readOwnJson } from './own-json';
import type { FleetScenario, LoadSource, ReadLoadAnswer } from './simulate-protocol';
import { treeOf } from './source-tree';

export interface LoadedWorkload {
  readonly workload: Workload;
  /** A trace, as the reference's `replay` takes it. */
  readonly isReplay: boolean;
  readonly warnings: readonly string[];
}

const SPEC_NAME = 'the workload specification';

export async function loadWorkload(
  wasm: WebAssembly.Module,
  tables: Catalog,
  { load, values }: FleetScenario,
): Promise<Result<LoadedWorkload>> {
  if (load.kind === 'recorded') return replayed(load, horizonOf(values));
  const options = generateOptionsOf(values, openRandomDoor(wasm));
  if (load.kind === 'flags') {
    const spec = specOfFlags(values, tables.presets);
    if (!spec.ok) return spec;
    const workload = generateWorkload(spec.value, options);
    return workload.ok ? ok({ workload: workload.value, isReplay: false, warnings: [] }) : workload;
  }
  if ((values.concurrency ?? 0) > 0) return fail(excludes('--workload-spec'));
  const spec = parseWorkloadSpec(load.yaml, SPEC_NAME);
  if (!spec.ok) return fail(ofSpec(spec.error));
  if (spec.value.servegenData !== undefined) {
    return fail({
      code: 'not-supported',
      message:
        'servegen_data names a folder that only the command line reads. Drop the folder here: its data becomes clients.',
      field: 'workload-spec',
    });
  }
  const decoded = decodeWorkloadSpec(load.yaml, SPEC_NAME);
  const workload = generateWorkload(spec.value, options);
  if (!workload.ok) return fail(ofSpec(workload.error));
  return ok({
    workload: workload.value,
    isReplay: false,
    warnings: decoded.ok ? decoded.value.warnings : [],
  });
}

const ofSpec = (problem: Problem): Problem => ({ ...problem, field: 'workload-spec' });

type Recorded = Extract<LoadSource, { kind: 'recorded' }>;

/** Of the last files read: what a replay starts from. */
let held: { readonly fingerprint: string; readonly recording: Recording } | undefined;

type Recording = { readonly trace: Trace } | { readonly workload: Workload };

async function replayed(load: Recorded, horizonUs: number | undefined): Promise<Result<LoadedWorkload>> {
  if (held?.fingerprint !== load.fingerprint) {
    const read = await readLoad(await treeOf(load.input, () => undefined));
    if (!read.ok) return read;
    const recording = recordingOf(read.value);
    if (!recording.ok) return recording;
    const fingerprint = fingerprintOf(recording.value);
    if (!fingerprint.ok) return fingerprint;
    if (fingerprint.value !== load.fingerprint) {
      const message = `The files of ${load.input.name} have changed since they were opened. Open them again.`;
      return fail({ code: 'unreadable-file', message, field: 'trace-data' });
    }
    held = { fingerprint: load.fingerprint, recording: recording.value };
  }
  const workload = workloadOf(held.recording, load, horizonUs);
  if (!workload.ok) return workload;
  return ok({ workload: workload.value, isReplay: 'trace' in held.recording, warnings: [] });
}

function recordingOf(load: Load): Result<Recording> {
  if (load.kind === 'trace') return ok(load.workload === undefined ? load : { workload: load.workload });
  if (load.kind === 'measured') {
    return ok({ trace: measuredTrace(load.requests, { sortByStart: true, dropFailed: false }) });
  }
  return fail({
    code: 'not-supported',
    message: `${load.file} is a specification, not a recorded load.`,
    file: load.file,
  });
}

function workloadOf(
  recording: Recording,
  { sessionMode, thinkTimeMs }: Pick<Recorded, 'sessionMode' | 'thinkTimeMs'>,
  horizonUs: number | undefined,
): Result<Workload> {
  const limit = horizonUs === undefined ? {} : { horizonUs };
  if ('workload' in recording) return ok({ ...recording.workload, ...limit });
  return replayWorkload(recording.trace, { sessionMode, thinkTimeMs, ...limit });
}

/** The same requests at the same times have the same fingerprint, whatever their files are called. */
function fingerprintOf(recording: Recording): Result<string> {
  const workload = workloadOf(recording, { sessionMode: 'fixed', thinkTimeMs: 0 }, undefined);
  return workload.ok ? ok(workloadHash(workload.value)) : workload;
}

/**
 * What files that were handed in are: a specification to edit, a policy bundle, the form's document, a recorded load, a model's
 * config.json, or one of the page's own files.
 */
export async function readLoadFiles(input: FilesInput): Promise<Result<ReadLoadAnswer>> {
  const tree = await treeOf(input, () => undefined);
  const [only] = tree.files;
  // A model's repository has more files than its config.json.
  const json = tree.files.length === 1 ? only : tree.file('config.json');
  if (json !== undefined && /\.json$/i.test(json.path)) {
    const own = await readOwnJson(json, tree.name);
    if (own !== undefined) return own;
  }
  if (only !== undefined && tree.files.length === 1 && /\.ya?ml$/i.test(only.path)) {
    const text = await readText(only, MAX_BUNDLE_CHARACTERS);
    if (text.ok && parsePolicyBundle(text.value, only.path).ok) {
      return ok({ kind: 'bundle', name: only.path, yaml: text.value });
    }
    // Only the form's own document names a model and how it is timed at its top.
    if (text.ok && /^model\s*:/m.test(text.value) && /^latency-model\s*:/m.test(text.value)) {
      return ok({ kind: 'document', name: only.path, yaml: text.value });
    }
  }
  const read = await readLoad(tree);
  if (!read.ok) return read;
  const { file, format } = read.value;
  if (read.value.kind === 'spec') return ok({ kind: 'spec', name: file, format, yaml: read.value.yaml });
  const recording = recordingOf(read.value);
  if (!recording.ok) return recording;
  const fingerprint = fingerprintOf(recording.value);
  if (!fingerprint.ok) return fingerprint;
  held = { fingerprint: fingerprint.value, recording: recording.value };
  const requests =
    'workload' in recording.value
      ? recording.value.workload.requests.count
      : recording.value.trace.records.count;
  return ok({ kind: 'recorded', name: file, format, fingerprint: fingerprint.value, requests });
}

const MAX_BUNDLE_CHARACTERS = 256 * 1024;
