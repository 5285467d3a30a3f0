// `project.json` of a result bundle, read back. Strict: a key that nobody knows, or a number that is none, is named with its line.

import { z } from 'zod';
import { describe } from '../../base/describe';
import { checkJson, jsonCount, jsonNumber, jsonProblem } from '../../base/json-schema';
import { parseJson } from '../../base/json';
import { fail, ok, type Result } from '../../base/result';
import { readCalibratedServer, type CalibratedServer } from '../../domain/calibrated-server';
import type { Experiment } from '../../domain/experiment';
import { METRICS } from '../../domain/prediction';
import { percentageErrors, recordContext, runtimeRecord } from '../../validation/compare';
import { CHECKS } from '../../validation/quality/finding';
import { PROJECT_FORMAT, PROJECT_VERSION, type BundledProject } from './bundled-project';

/** Also what JSON has no number for. */
const number = () =>
  z.unknown().transform((value, context): number => {
    if (typeof value === 'number') return value;
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
    context.addIssue({ code: 'custom', message: `expected a number, found ${describe(value)}` });
    return z.NEVER;
  });
const texts = z.array(z.string());
const optional = z.exactOptional;

const distribution = z.strictObject({
  mean: optional(number()),
  p90: optional(number()),
  p99: optional(number()),
});
const stage = z.strictObject({
  stageIndex: z.int(),
  rateRps: number(),
  durationS: number(),
  numRequests: number(),
  e2e: distribution,
  ttft: distribution,
  itl: distribution,
  throughput: z.strictObject({
    inputTokensPerSec: number(),
    outputTokensPerSec: number(),
    requestsPerSec: number(),
  }),
});
const profile = z.strictObject({
  stages: z.array(z.strictObject({ rateRps: number(), durationS: number() })),
  dataType: optional(z.string()),
  hasSharedPrefixObject: z.boolean(),
  questionLen: optional(number()),
  systemPromptLen: optional(number()),
  outputLen: optional(number()),
  numUniqueSystemPrompts: optional(number()),
  numUsersPerSystemPrompt: optional(number()),
  enableMultiTurnChat: optional(z.boolean()),
  ignoreEos: optional(z.boolean()),
  rebuilt: optional(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.enum(['measured', 'at-once', 'even']) }),
      z.strictObject({ kind: z.literal('drawn'), burstiness: number() }),
    ]),
  ),
});
const experiment = z.strictObject({
  expId: z.int(),
  folder: z.string(),
  model: z.string(),
  tp: jsonCount(),
  workload: z.string(),
  maxModelLen: jsonNumber(0),
  maxNumBatchedTokens: jsonNumber(0),
  maxNumSeqs: jsonNumber(0),
  totalKvBlocks: jsonNumber(0),
  cpuKvBlocks: jsonNumber(0),
  kvSource: z.enum([
    'vllm.log',
    'exp-config.yaml',
    'manifest',
    'kv_events.jsonl',
    'server.yaml',
    'the file',
    'user',
  ]),
  hardware: z.string(),
  dp: optional(number()),
  cpuOffload: z.boolean(),
  gpuMemUtil: number(),
  precision: z.string(),
  safe: z.string(),
  profile,
  stages: z.array(stage),
  summary: stage,
  source: optional(
    z.strictObject({
      format: z.string(),
      file: z.string(),
      serverVersion: optional(z.string()),
      lacks: texts,
    }),
  ),
  warnings: texts,
});
const result = z.strictObject({
  simulator: z.string(),
  expId: z.int(),
  folder: z.string(),
  stages: z.array(stage),
  summary: stage,
  wallClockSeconds: optional(number()),
  basis: optional(
    z.strictObject({
      mode: z.enum(['SILICON', 'HYBRID', 'EMPIRICAL', 'SOL']),
      tables: optional(z.string()),
    }),
  ),
  comparedWith: optional(z.strictObject({ label: z.string(), stages: z.array(stage), summary: stage })),
  notes: texts,
});
const schema = z.strictObject({
  format: z.literal(PROJECT_FORMAT),
  formatVersion: z.literal(PROJECT_VERSION),
  name: z.string(),
  version: z.string(),
  seed: jsonNumber(),
  options: z.strictObject({
    mode: z.enum(['reference', 'corrected']),
    multiTurn: z.enum(['as-profile', 'off']),
    arrivals: optional(z.enum(['profile', 'measured', 'both'])),
    study: optional(z.enum(['5b12a00', 'dcec3fd'])),
    sampledRuns: optional(z.enum(['whole', 'matched'])),
    tableGaps: optional(z.enum(['fail', 'estimate'])),
    borrowVersions: optional(z.boolean()),
    calibratedServers: optional(z.array(z.unknown())),
  }),
  experiments: z.array(experiment),
  leftOut: z.array(z.strictObject({ folder: z.string(), reason: z.string() })),
  leaveOut: optional(
    z.strictObject({
      checks: z.array(z.enum(CHECKS)),
      measured: z.array(experiment),
      problems: texts,
    }),
  ),
  remarks: texts,
  simulators: z.array(
    z.strictObject({
      name: z.string(),
      label: z.string(),
      imports: optional(z.string()),
      isReplay: optional(z.boolean()),
      usesTables: optional(z.boolean()),
    }),
  ),
  outcomes: z.array(
    z.strictObject({
      result,
      records: z.array(z.tuple([z.int(), z.enum(METRICS), number(), number()])),
      isStale: optional(z.literal(true)),
    }),
  ),
  missing: z.array(
    z.strictObject({
      folder: z.string(),
      simulator: z.string(),
      kind: z.enum(['excluded', 'failed']),
      cause: optional(z.string()),
      reason: z.string(),
    }),
  ),
  imports: z.array(
    z.strictObject({
      file: z.string(),
      simulator: z.string(),
      expId: optional(z.int()),
      reason: z.string(),
      warnings: texts,
    }),
  ),
});

/** @param file name for messages. */
export function readProject(text: string, file: string): Result<BundledProject> {
  const parsed = parseJson(text, file);
  if (!parsed.ok) return parsed;
  const newer = newerVersion(parsed.value, PROJECT_VERSION, file);
  if (newer !== undefined) return newer;
  const document = { file, text, value: parsed.value };
  const checked = checkJson(schema, document);
  if (!checked.ok) return checked;
  const {
    format: _format,
    formatVersion: _version,
    options: { calibratedServers, ...options },
    ...rest
  } = checked.value;
  const servers: CalibratedServer[] = [];
  for (const each of calibratedServers ?? []) {
    const server = readCalibratedServer(JSON.stringify(each), `${file}, options.calibratedServers`);
    if (!server.ok) return server;
    servers.push(server.value);
  }
  const byFolder = new Map<string, Experiment>(rest.experiments.map((each) => [each.folder, each]));
  const outcomes: BundledProject['outcomes'][number][] = [];
  for (const [index, outcome] of rest.outcomes.entries()) {
    const of = byFolder.get(outcome.result.folder);
    if (of === undefined) {
      const path = ['outcomes', index, 'result', 'folder'];
      const what = `the experiment ${JSON.stringify(outcome.result.folder)} is not in the list of experiments`;
      return fail(jsonProblem(document, path, 'unknown-name', what));
    }
    const context = recordContext(of, outcome.result.simulator);
    const runtime = runtimeRecord(of, outcome.result);
    outcomes.push({
      result: outcome.result,
      records: outcome.records.map(([stageIndex, metricName, predicted, actual]) => ({
        ...context,
        stageIndex,
        metricName,
        predicted,
        actual,
        ...percentageErrors(predicted, actual),
      })),
      ...(runtime === undefined ? {} : { runtime }),
      ...(outcome.isStale ? { isStale: true } : {}),
    });
  }
  return ok({
    ...rest,
    outcomes,
    options: { ...options, ...(calibratedServers === undefined ? {} : { calibratedServers: servers }) },
  });
}

/** A refusal when a file says that it was written by a newer version than `known`. */
export function newerVersion(value: unknown, known: number, file: string): Result<never> | undefined {
  const version =
    typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : undefined;
  if (typeof version !== 'number' || version <= known) return undefined;
  return fail({
    code: 'not-supported',
    message: `${file} has format version ${version}; this Plumbline reads up to ${known}. Open the bundle in a newer one.`,
    file,
    field: 'formatVersion',
  });
}
