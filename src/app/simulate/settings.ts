// The form of a fleet: texts as typed, and what they mean or what is wrong with them.

import { RUN_FLAGS, type RunFlag, type RunValues } from '../../adapters/blis/run-flags';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import type { LoadSource, Scenario } from '../../workers/simulate-protocol';
import { bundleYaml, pairsOf } from './bundle-yaml';
import { labelOf } from './fields';
import { heldLoads } from './held-loads';
import { heldModels } from './held-models';
import { expandServer } from './held-servers';
import { isGiven, isRead, sourceOf } from './relevance';
import {
  BUNDLE_SETTINGS,
  DEFAULT_SETTINGS,
  FLAG_SETTINGS,
  OWN_SETTINGS,
  SETTING_NAMES,
  type FleetSettings,
  type SettingName,
} from './setting-table';

export type { FleetSettings, SettingName } from './setting-table';

/** The first preset: a chat-like load on one server. */
export const settingsOf = (): FleetSettings => ({
  ...DEFAULT_SETTINGS,
  model: 'qwen/qwen3-14b',
  hardware: 'H100',
  tp: '1',
  latencyModel: 'trained-physics',
  rateRps: '5',
  numRequests: '500',
  seed: '42',
});

interface Bound {
  readonly least: number;
  readonly most: number;
}

/** Bounds that every simulation has; what depends on other settings is told by the worker. */
const BOUNDS: Readonly<Partial<Record<SettingName, Bound>>> = {
  tp: { least: 1, most: 64 },
  totalKvBlocks: { least: 1, most: 1e8 },
  gpuMemoryUtilization: { least: 0.01, most: 1 },
  maxModelLen: { least: 0, most: 1e8 },
  maxNumRunningReqs: { least: 1, most: 65_536 },
  maxNumScheduledTokens: { least: 1, most: 1e7 },
  longPrefillTokenThreshold: { least: 0, most: 1e7 },
  blockSizeTokens: { least: 1, most: 4096 },
  kvCpuBlocks: { least: 0, most: 1e8 },
  instances: { least: 1, most: 256 },
  rateRps: { least: 0.001, most: 1e6 },
  numRequests: { least: 0, most: 5e6 },
  concurrency: { least: 0, most: 1e5 },
  prefixTokens: { least: 0, most: 100_000 },
};

const KINDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...FLAG_SETTINGS.map(([name, flag]) => [name, RUN_FLAGS.get(flag)?.kind ?? 'text'] as const),
  ...BUNDLE_SETTINGS.map(([name, , kind]) => [name, kind] as const),
  ...OWN_SETTINGS.map(([name]) => [name, 'text'] as const),
]);

const WHOLE = /^[-+]?\d+$/;
const EXPECTED: Readonly<Record<string, string>> = {
  whole: 'a whole number',
  int64: 'a whole number of 64 bits',
  number: 'a number',
  switch: 'true or false',
  numbers: 'numbers of at least 0, comma-joined',
  pairs: 'name:number, comma-joined',
};

/** A flag's value from its text, or undefined when the text is none. */
function valueOf(kind: string, text: string): RunValues[RunFlag] | undefined {
  const trimmed = text.trim();
  if (kind === 'text') return trimmed;
  if (kind === 'switch') return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
  if (kind === 'whole') return WHOLE.test(trimmed) ? Number(trimmed) : undefined;
  if (kind === 'int64') {
    const value = WHOLE.test(trimmed) ? BigInt(trimmed.replace(/^\+/, '')) : undefined;
    return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
  }
  const numbers = trimmed.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (kind === 'numbers') return numbers.every((one) => one >= 0 && one < Infinity) ? numbers : undefined;
  return numbers.length === 1 && !Number.isNaN(numbers[0]) ? numbers[0] : undefined;
}

/** What is wrong with one field as typed, or undefined. An empty field leaves the default. */
export function settingProblem(name: SettingName, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const kind = KINDS.get(name) ?? 'text';
  const bound = BOUNDS[name];
  const head = `${labelOf(name)}: found “${text}”`;
  const kindText = EXPECTED[kind];
  if (kind === 'pairs') return pairsOf(text) === undefined ? `${head}, expected ${kindText}.` : undefined;
  if (kindText === undefined) return undefined;
  const value = valueOf(kind, text);
  if (value !== undefined && bound === undefined) return undefined;
  if (bound === undefined) return `${head}, expected ${kindText}.`;
  if (typeof value === 'number' && value >= bound.least && value <= bound.most) return undefined;
  return `${head}, expected ${kindText} from ${bound.least} to ${bound.most}.`;
}

/** The flags that differ from the reference's defaults and are read. */
function valuesOf(settings: FleetSettings): RunValues {
  const given = FLAG_SETTINGS.flatMap(([name, flag]) => {
    if (!isGiven(name, settings) || (name === 'thinkTimeMs' && sourceOf(settings) === 'recorded')) return [];
    return [[flag, valueOf(RUN_FLAGS.get(flag)?.kind ?? 'text', settings[name])]];
  });
  // Each value is of its flag's kind: others were refused before.
  return Object.fromEntries(given) as RunValues;
}

const refused = (message: string, field: SettingName): Result<never, Problem> =>
  fail({ code: 'bad-value', message, field });

function loadOf(settings: FleetSettings): Result<LoadSource> {
  const source = sourceOf(settings);
  if (source === 'spec') return ok({ kind: 'spec', yaml: settings.workloadSpec });
  if (source !== 'recorded') return ok({ kind: 'flags' });
  const held = heldLoads.get(settings.recordedLoad);
  if (held === undefined) {
    return refused(
      `The recorded load with fingerprint ${settings.recordedLoad} is not on this device. Open its files, or choose another workload.`,
      'recordedLoad',
    );
  }
  return ok({
    kind: 'recorded',
    fingerprint: held.fingerprint,
    input: held.input,
    sessionMode: settings.sessionMode === 'closed-loop' ? 'closed-loop' : 'fixed',
    thinkTimeMs: isRead('thinkTimeMs', settings) ? Number(settings.thinkTimeMs) : 0,
  });
}

/** A scenario to run, or the first field that is wrong (`field` is a setting's name). */
export function scenarioOf(settings: FleetSettings): Result<Scenario> {
  for (const name of Object.keys(settings) as SettingName[]) {
    const message = isRead(name, settings) ? settingProblem(name, settings[name]) : undefined;
    if (message !== undefined) return refused(message, name);
  }
  if (settings.model.trim() === '') return refused('A model has to be named.', 'model');
  const bundle = bundleYaml(settings);
  if (!bundle.ok) return bundle;
  const load = loadOf(settings);
  if (!load.ok) return load;
  const expanded = expandServer(settings);
  if (!expanded.ok) return expanded;
  const { server } = expanded.value;
  const modelFacts = heldModels.facts(settings.model);
  return ok({
    kind: 'fleet',
    values: valuesOf(expanded.value.settings),
    bundle: bundle.value,
    load: load.value,
    fitnessWeights: settings.fitnessWeights.trim(),
    ...(modelFacts === undefined ? {} : { modelFacts }),
    ...(server === undefined ? {} : { server }),
  });
}

/** The setting that a problem is about: it names the setting where the form refused it, a flag where the worker did. */
export const settingOfField = (field: string | undefined): SettingName | undefined =>
  SETTING_NAMES.find((name) => name === field) ??
  FLAG_SETTINGS.find((row) => row[1] === field)?.[0] ??
  OWN_SETTINGS.find((row) => row[1] === field)?.[0];

/** What is wrong, by setting. @param refusal of the worker; it counts where the text alone is right. */
export function problemsOf(
  settings: FleetSettings,
  refusal: Problem | undefined,
): ReadonlyMap<SettingName, string> {
  const problems = new Map<SettingName, string>();
  const refused = settingOfField(refusal?.field);
  if (refusal !== undefined && refused !== undefined) problems.set(refused, refusal.message);
  for (const name of SETTING_NAMES) {
    const message = isRead(name, settings) ? settingProblem(name, settings[name]) : undefined;
    if (message !== undefined) problems.set(name, message);
  }
  return problems;
}
