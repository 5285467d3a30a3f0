// `profile.yaml`: what the load generator (inference-perf) was told (validator spec 3.2). Any YAML, usually one line of JSON.
// Lengths stand under `data.shared_prefix`, or directly under `data`.

import { fail, ok, type Result } from '../../base/result';
import type { LoadProfile } from '../../domain/experiment';
import type { SourceFile } from '../file-tree';
import { readYamlFields, required, type Path, type YamlFields } from './yaml-fields';

/** A stage as the file states it; what it leaves out comes from the stage's own measurement. */
export interface StatedStage {
  readonly rateRps?: number;
  readonly durationS?: number;
}

export interface StatedProfile extends Omit<LoadProfile, 'stages'> {
  readonly file: string;
  readonly stages: readonly StatedStage[];
}

export async function readLoadProfile(file: SourceFile): Promise<Result<StatedProfile>> {
  const read = await readYamlFields(file);
  if (!read.ok) return read;
  const fields = read.value;
  const stages = readStages(fields);
  if (!stages.ok) return stages;
  const hasSharedPrefixObject = fields.has(['data', 'shared_prefix']);
  const base: Path = hasSharedPrefixObject ? ['data', 'shared_prefix'] : ['data'];
  const lengths = readLengths(fields, base);
  if (!lengths.ok) return lengths;
  const dataType = fields.text(['data', 'type']);
  if (!dataType.ok) return dataType;
  const multiTurn = fields.boolean([...base, 'enable_multi_turn_chat']);
  if (!multiTurn.ok) return multiTurn;
  const ignoreEos = fields.boolean(['server', 'ignore_eos']);
  if (!ignoreEos.ok) return ignoreEos;
  const loadType = fields.text(['load', 'type']);
  if (!loadType.ok) return loadType;
  return ok({
    file: file.path,
    stages: stages.value,
    hasSharedPrefixObject,
    ...lengths.value,
    ...(dataType.value === undefined ? {} : { dataType: dataType.value }),
    ...(multiTurn.value === undefined ? {} : { enableMultiTurnChat: multiTurn.value }),
    ...(ignoreEos.value === undefined ? {} : { ignoreEos: ignoreEos.value }),
    ...(loadType.value === MEASURED_LOAD ? { rebuilt: { kind: 'measured' } } : {}),
  });
}

/** The load of a recorded trace: its arrivals and lengths are those of the per-request rows. */
const MEASURED_LOAD = 'trace_replay';

function readStages(fields: YamlFields): Result<readonly StatedStage[]> {
  const path = ['load', 'stages'];
  const list = required(fields, path, fields.list(path));
  if (!list.ok) return list;
  if (list.value.length === 0) return fail(fields.missing([...path, 0]));
  const stages: StatedStage[] = [];
  for (const index of list.value.keys()) {
    const rate = fields.number([...path, index, 'rate'], 0);
    if (!rate.ok) return rate;
    const duration = fields.number([...path, index, 'duration'], 0);
    if (!duration.ok) return duration;
    stages.push({
      ...(rate.value === undefined ? {} : { rateRps: rate.value }),
      ...(duration.value === undefined ? {} : { durationS: duration.value }),
    });
  }
  return ok(stages);
}

const LENGTHS = {
  question_len: 'questionLen',
  system_prompt_len: 'systemPromptLen',
  output_len: 'outputLen',
  num_unique_system_prompts: 'numUniqueSystemPrompts',
  num_users_per_system_prompt: 'numUsersPerSystemPrompt',
} as const;

type Lengths = { readonly [Key in (typeof LENGTHS)[keyof typeof LENGTHS]]?: number };

function readLengths(fields: YamlFields, base: Path): Result<Lengths> {
  const lengths: Record<string, number> = {};
  for (const [key, name] of Object.entries(LENGTHS)) {
    const value = fields.count([...base, key], 0);
    if (!value.ok) return value;
    if (value.value !== undefined) lengths[name] = value.value;
  }
  return ok(lengths);
}
