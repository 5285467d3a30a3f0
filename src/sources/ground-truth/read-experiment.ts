// One experiment folder → `Experiment` (sim-to-real 5b12a00, validator spec 3–6). The first thing that is wrong ends the
// reading of this folder and names file, place and key.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import type { Experiment, KvSource, LoadProfile, StageMetrics } from '../../domain/experiment';
import { compareText, joinPath, nameOf, type FileTree, type SourceFile } from '../file-tree';
import { legacyWorkload, type FoundExperiment } from './discover';
import { readPeakCpuBlocks } from './kv-events';
import { readLifecycle } from './lifecycle';
import { readLoadProfile, type StatedProfile } from './load-profile';
import { LEGACY_METADATA, metadataOf, type Metadata } from './manifest';
import { readMeasuredRequests } from './measured-requests';
import { readServerConfig, type ServerConfig } from './server-config';
import { readVllmLog } from './vllm-log';

export interface ReadOptions {
  /** Per-request rows are large and only some uses need them; default `skip`. */
  readonly requests?: 'load' | 'skip';
  /** How CPU blocks are found: the configured size (default), or the older peak count of kv_events.jsonl. */
  readonly cpuBlocks?: 'configured' | 'kv_events.jsonl';
}

export async function readExperiment(
  tree: FileTree,
  found: FoundExperiment,
  options: ReadOptions = {},
): Promise<Result<Experiment>> {
  const metadata = readMetadata(found);
  if (!metadata.ok) return metadata;
  const blocked = tree.blockedAt(found.path);
  if (blocked !== undefined) return fail(blocked);
  const server = await readNeeded(tree, found.path, 'exp-config.yaml', readServerConfig);
  if (!server.ok) return server;
  const profile = await readNeeded(tree, found.path, 'profile.yaml', readLoadProfile);
  if (!profile.ok) return profile;
  const kv = await readKvSizes(tree, found, server.value, metadata.value, options.cpuBlocks ?? 'configured');
  if (!kv.ok) return kv;
  const perfFolder = perfFolderOf(tree, found.path);
  const measured = await readMeasurements(tree, perfFolder, profile.value);
  if (!measured.ok) return measured;
  const needsRows = options.requests === 'load' || profile.value.rebuilt !== undefined;
  const requests = needsRows ? await readMeasuredRequests(tree, perfFolder) : ok(undefined);
  if (!requests.ok) return requests;
  const { stages, summary, warnings } = measured.value;
  const { totalKvBlocks: _total, cpuKvBlocks: _cpu, ...described } = metadata.value;
  const { totalKvBlocks: _stated, cpuKvBlocks: _statedCpu, ...served } = server.value;
  return ok({
    folder: found.folder,
    ...described,
    ...served,
    ...kv.value,
    profile: completeProfile(profile.value, stages),
    stages,
    summary,
    ...(requests.value === undefined ? {} : { requests: requests.value }),
    warnings: [
      ...warnings,
      ...(requests.value?.count === 0 ? [`The per-request file of ${perfFolder} holds no requests.`] : []),
      ...lengthWarnings(served.model, profile.value),
    ],
  });
}

function readMetadata(found: FoundExperiment): Result<Metadata> {
  if (found.entry !== undefined) return metadataOf(found.entry, found.folder);
  const workload = legacyWorkload(found.folder);
  return workload.ok ? ok({ ...LEGACY_METADATA, workload: workload.value }) : workload;
}

async function readNeeded<T>(
  tree: FileTree,
  folder: string,
  name: string,
  read: (file: SourceFile) => Promise<Result<T>>,
): Promise<Result<T>> {
  const file = tree.file(joinPath(folder, name));
  return file === undefined ? fail(absentFile(tree, folder, name)) : read(file);
}

function absentFile(tree: FileTree, folder: string, name: string): Problem {
  const path = joinPath(folder, name);
  const blocked = tree.blockedAt(path);
  if (blocked !== undefined) return blocked;
  const place = folder === '' ? tree.name : folder;
  return { code: 'missing-file', message: `${path} is missing: ${place} has no file ${name}.`, file: path };
}

interface KvFacts {
  readonly totalKvBlocks: number;
  readonly cpuKvBlocks: number;
  readonly kvSource: KvSource;
}

/** vllm.log, then exp-config.yaml, then the manifest. */
async function readKvSizes(
  tree: FileTree,
  found: FoundExperiment,
  server: ServerConfig,
  metadata: Metadata,
  method: 'configured' | 'kv_events.jsonl',
): Promise<Result<KvFacts>> {
  const sizes = await configuredKvSizes(tree, found, server, metadata);
  if (!sizes.ok || method === 'configured') return sizes;
  const events = tree.file(joinPath(found.path, 'kv_events.jsonl'));
  if (events === undefined) return ok({ ...sizes.value, cpuKvBlocks: 0 });
  const peak = await readPeakCpuBlocks(events);
  return peak.ok ? ok({ ...sizes.value, cpuKvBlocks: peak.value }) : peak;
}

async function configuredKvSizes(
  tree: FileTree,
  found: FoundExperiment,
  server: ServerConfig,
  metadata: Metadata,
): Promise<Result<KvFacts>> {
  const log = tree.file(joinPath(found.path, 'vllm.log'));
  if (log !== undefined) {
    const sizes = await readVllmLog(log);
    return sizes.ok ? ok({ ...sizes.value, kvSource: 'vllm.log' }) : sizes;
  }
  const cpuKvBlocks = server.cpuKvBlocks ?? metadata.cpuKvBlocks ?? 0;
  if (server.totalKvBlocks !== undefined) {
    return ok({ totalKvBlocks: server.totalKvBlocks, cpuKvBlocks, kvSource: 'exp-config.yaml' });
  }
  if (metadata.totalKvBlocks !== undefined) {
    return ok({ totalKvBlocks: metadata.totalKvBlocks, cpuKvBlocks, kvSource: 'manifest' });
  }
  return fail({
    code: 'missing-key',
    message:
      `no KV cache size: ${found.folder} has no vllm.log, and neither exp-config.yaml nor the manifest states ` +
      'total_kv_blocks. Add one of them.',
    file: joinPath(found.path, 'vllm.log'),
    field: 'total_kv_blocks',
  });
}

/** The choice rests on the folder's existence alone. */
function perfFolderOf(tree: FileTree, folder: string): string {
  const results = joinPath(folder, 'results');
  return tree.hasFolder(results) ? results : joinPath(folder, 'inference-perf-data');
}

interface Measurements {
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
  readonly warnings: readonly string[];
}

const STAGE_NAME = /^stage_(.*)_lifecycle_metrics\.json$/;

async function readMeasurements(
  tree: FileTree,
  perfFolder: string,
  profile: StatedProfile,
): Promise<Result<Measurements>> {
  const files = tree
    .filesIn(perfFolder)
    .filter((file) => STAGE_NAME.test(nameOf(file.path)))
    .sort((a, b) => stageNumber(a) - stageNumber(b) || compareText(a.path, b.path));
  if (files.length === 0) return fail(absentFile(tree, perfFolder, 'stage_0_lifecycle_metrics.json'));
  const warnings: string[] = [];
  if (files.length !== profile.stages.length) {
    warnings.push(
      `${perfFolder} has ${files.length} stage file${files.length === 1 ? '' : 's'}, ` +
        `and ${profile.file} lists ${profile.stages.length} stage${profile.stages.length === 1 ? '' : 's'}.`,
    );
  }
  const stages: StageMetrics[] = [];
  for (const [stage, file] of files.entries()) {
    const metrics = await readLifecycle(file, { stage, stated: profile.stages[stage] ?? {} });
    if (!metrics.ok) return metrics;
    stages.push(metrics.value);
  }
  const summary = await readNeeded(tree, perfFolder, 'summary_lifecycle_metrics.json', (file) =>
    readLifecycle(file, 'summary'),
  );
  return summary.ok ? ok({ stages, summary: summary.value, warnings }) : summary;
}

/** Numerically by k, so that stage 10 follows stage 9; names without a number come last. */
function stageNumber(file: SourceFile): number {
  const text = STAGE_NAME.exec(nameOf(file.path))?.[1] ?? '';
  return /^\d+$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
}

/** Rates and durations that the profile leaves out are those of the measured stage. */
function completeProfile(profile: StatedProfile, measured: readonly StageMetrics[]): LoadProfile {
  const { file: _file, stages, ...rest } = profile;
  return {
    ...rest,
    stages: stages.map(({ rateRps, durationS }, index) => ({
      rateRps: rateRps ?? measured[index]?.rateRps ?? 0,
      durationS: durationS ?? measured[index]?.durationS ?? 0,
    })),
  };
}

/** Clients re-tokenise replies; for this model family many texts shrink, so that the derived ITL comes out too high. */
function lengthWarnings(model: string, profile: StatedProfile): string[] {
  if (!/llama-2-7b/i.test(model) || profile.outputLen === undefined) return [];
  return [
    `Output lengths of ${model} are re-tokenised by the client and fall short of the ${profile.outputLen} tokens that were ` +
      'generated; the measured ITL, derived from them, is about a quarter too high.',
  ];
}
