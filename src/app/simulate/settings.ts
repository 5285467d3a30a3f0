// The form of a fleet: texts as typed, and what they mean or what is wrong with them.

import { fail, ok, type Result } from '../../base/result';
import type { Scenario } from '../../workers/simulate-protocol';

/** As typed; '' = not given. */
export interface FleetSettings {
  readonly model: string;
  readonly hardware: string;
  readonly tp: string;
  readonly latencyModel: string;
  readonly alpha: string;
  readonly beta: string;
  readonly totalKvBlocks: string;
  readonly maxNumRunningReqs: string;
  readonly maxNumScheduledTokens: string;
  readonly instances: string;
  readonly routingPolicy: string;
  readonly routingScorers: string;
  readonly rateRps: string;
  readonly numRequests: string;
  readonly seed: string;
  readonly promptMean: string;
  readonly promptStddev: string;
  readonly outputMean: string;
  readonly outputStddev: string;
  readonly prefixTokens: string;
}

export type SettingName = keyof FleetSettings;

/** The first preset: a chat-like load on one server. */
export const settingsOf = (): FleetSettings => ({
  model: 'qwen/qwen3-14b',
  hardware: 'H100',
  tp: '1',
  latencyModel: 'trained-physics',
  alpha: '',
  beta: '',
  totalKvBlocks: '',
  maxNumRunningReqs: '256',
  maxNumScheduledTokens: '2048',
  instances: '1',
  routingPolicy: 'round-robin',
  routingScorers: '',
  rateRps: '5',
  numRequests: '500',
  seed: '42',
  promptMean: '512',
  promptStddev: '256',
  outputMean: '512',
  outputStddev: '256',
  prefixTokens: '0',
});

const LENGTH_LIMITS = { min: 2, max: 7000 };

interface Bound {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

const BOUNDS: Readonly<Partial<Record<SettingName, Bound>>> = {
  tp: { label: 'Tensor parallelism', least: 1, most: 64, isWhole: true },
  totalKvBlocks: { label: 'KV blocks', least: 1, most: 1e8, isWhole: true },
  maxNumRunningReqs: { label: 'Batch slots', least: 1, most: 65_536, isWhole: true },
  maxNumScheduledTokens: { label: 'Tokens per step', least: 1, most: 1e7, isWhole: true },
  instances: { label: 'Instances', least: 1, most: 256, isWhole: true },
  rateRps: { label: 'Rate', least: 0.001, most: 1e6, isWhole: false },
  numRequests: { label: 'Requests', least: 1, most: 1e6, isWhole: true },
  seed: { label: 'Seed', least: 0, most: 2 ** 31 - 1, isWhole: true },
  promptMean: { label: 'Prompt mean', least: 2, most: 7000, isWhole: true },
  promptStddev: { label: 'Prompt deviation', least: 2, most: 7000, isWhole: true },
  outputMean: { label: 'Output mean', least: 2, most: 7000, isWhole: true },
  outputStddev: { label: 'Output deviation', least: 2, most: 7000, isWhole: true },
  prefixTokens: { label: 'Shared prefix', least: 0, most: 100_000, isWhole: true },
};
/** May stay empty: the catalogue or the capacity rule then decides. */
const OPTIONAL: readonly SettingName[] = ['totalKvBlocks', 'tp'];

/** What is wrong with one field as typed, or undefined. */
export function settingProblem(name: SettingName, text: string): string | undefined {
  const bound = BOUNDS[name];
  if (bound === undefined) return undefined;
  if (text.trim() === '' && OPTIONAL.includes(name)) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  const fits = value >= bound.least && value <= bound.most && (!bound.isWhole || Number.isInteger(value));
  if (fits) return undefined;
  const kind = bound.isWhole ? 'a whole number' : 'a number';
  return `${bound.label}: found “${text}”, expected ${kind} from ${bound.least} to ${bound.most}.`;
}

function coefficients(label: string, text: string): Result<readonly number[] | undefined> {
  if (text.trim() === '') return ok(undefined);
  const values = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (values.every((value) => Number.isFinite(value) && value >= 0)) return ok(values);
  const message = `${label}: found “${text}”, expected numbers of at least 0, comma-joined.`;
  return fail({ code: 'bad-value', message });
}

/** The scenario that the form describes, or the first thing wrong with it. */
export function scenarioOf(settings: FleetSettings): Result<Scenario> {
  for (const name of Object.keys(BOUNDS) as SettingName[]) {
    const message = settingProblem(name, settings[name]);
    if (message !== undefined) return fail({ code: 'bad-value', message, field: name });
  }
  const alpha = coefficients('α', settings.alpha);
  if (!alpha.ok) return alpha;
  const beta = coefficients('β', settings.beta);
  if (!beta.ok) return beta;
  const given = (name: 'tp' | 'totalKvBlocks') =>
    settings[name].trim() === '' ? {} : { [name]: Number(settings[name]) };
  return ok({
    kind: 'fleet',
    options: {
      model: settings.model,
      hardware: settings.hardware,
      latencyModel: settings.latencyModel,
      ...given('tp'),
      ...given('totalKvBlocks'),
      ...(alpha.value === undefined ? {} : { alpha: alpha.value }),
      ...(beta.value === undefined ? {} : { beta: beta.value }),
      maxNumRunningReqs: Number(settings.maxNumRunningReqs),
      maxNumScheduledTokens: Number(settings.maxNumScheduledTokens),
    },
    instances: Number(settings.instances),
    routingPolicy: settings.routingPolicy,
    routingScorers: settings.routingPolicy === 'weighted' ? settings.routingScorers : '',
    load: {
      rateRps: Number(settings.rateRps),
      numRequests: Number(settings.numRequests),
      seed: Number(settings.seed),
      prompt: { mean: Number(settings.promptMean), stddev: Number(settings.promptStddev), ...LENGTH_LIMITS },
      output: { mean: Number(settings.outputMean), stddev: Number(settings.outputStddev), ...LENGTH_LIMITS },
      prefixTokens: Number(settings.prefixTokens),
    },
  });
}
