// A calibrated server as a named thing: the fitted parameters, what they were fitted on, and the assumptions a prediction needs.
// Saved on the device, exported and imported as JSON. It holds no request, no prompt and no path.
//
// Read by hand rather than by schema: the page reads it, where the schema library's probe for `eval` violates the policy.

import { fingerprintOf } from '../base/fingerprint';
import { describe } from '../base/describe';
import { parseJson } from '../base/json';
import { fail, ok, type Result } from '../base/result';
import {
  PHYSICS_FACTS,
  PHYSICS_PARAMETERS,
  physicsVector,
  type PhysicsParameterName,
  type PhysicsVector,
} from './physics';

export const SERVER_FORMAT = 'plumbline-calibrated-server';
export const SERVER_VERSION = 1;

/** One run that was fitted on. */
export interface TrainingRun {
  /** Folder name as the user knows it. */
  readonly name: string;
  /** Identity of the measurements; a prediction of the same measurements is no test. */
  readonly identity: string;
}

export interface CalibratedServer {
  readonly name: string;
  readonly vector: PhysicsVector;
  /** HuggingFace id, lower case; several when the vector was fitted over several models. */
  readonly models: readonly string[];
  readonly gpu: string;
  readonly tp: number;
  readonly precision: string;
  readonly pipelinedScheduling: boolean;
  readonly prefixCaching: boolean;
  readonly blockSizeTokens: number;
  /** Distinct prompts that repeat in order; absent = all distinct. */
  readonly distinctPrompts?: number;
  readonly calibratedOn: readonly TrainingRun[];
  /** Mean context lengths fitted, tokens. Absent where unknown. */
  readonly contextRange?: readonly [number, number];
  /** Held-out MAPE of the E2E mean, %; absent where nothing could be held out. */
  readonly heldOutE2ePercent?: number;
}

/** Readable, and bound to everything that decides its numbers: kept results are found again by it. */
export const calibratedName = (server: CalibratedServer): string =>
  `${server.name} (calibrated ${fingerprintOf(server).slice(0, 4)})`;

/** Folders that were fitted on, for a mark beside numbers. */
export const calibratedOnText = ({ calibratedOn }: CalibratedServer): string =>
  `calibrated on ${calibratedOn.map(({ name }) => name).join(', ')}`;

export interface ServerMismatch {
  readonly what: 'model' | 'hardware';
  readonly reason: string;
}

/**
 * Why the server's parameters do not hold for another model, GPU or degree, if so. `subject` is what differs, at the start of a
 * clause: “this experiment”.
 */
export function serverMismatch(
  server: CalibratedServer,
  { model, hardware, tp }: { readonly model: string; readonly hardware: string; readonly tp: number },
  subject: string,
): ServerMismatch | undefined {
  const { name, models } = server;
  if (!models.includes(model.toLowerCase())) {
    const reason = `${name} was calibrated for ${models.join(', ')}; ${subject} serves ${model}.`;
    return { what: 'model', reason };
  }
  if (server.gpu !== hardware || server.tp !== tp) {
    const reason = `${name} was calibrated on ${server.tp} × ${server.gpu}; ${subject} runs on ${tp} × ${hardware}.`;
    return { what: 'hardware', reason };
  }
  return undefined;
}

/** Mean context lengths in tokens, `600 to 900`. */
export function contextText(range: readonly [number, number]): string {
  const [low, high] = range.map((tokens) => tokens.toFixed(0));
  return low === high ? `${low}` : `${low} to ${high}`;
}

/** What somebody who uses the parameters elsewhere must know: what they rest on, and where the load leaves it. */
export function serverNotes(server: CalibratedServer, meanContextTokens: number): readonly string[] {
  const { name, heldOutE2ePercent, contextRange, prefixCaching } = server;
  const heldOut =
    heldOutE2ePercent === undefined
      ? 'nothing could be held out, so its error is not known'
      : `${heldOutE2ePercent.toFixed(1)} % E2E error on what was held out`;
  const notes = [`Step times: ${name}, ${calibratedOnText(server)}; ${heldOut}.`];
  if (contextRange !== undefined && isExtrapolatedContext(meanContextTokens, contextRange)) {
    notes.push(
      `Extrapolated in context length: requests of this load hold ${meanContextTokens.toFixed(0)} tokens on average while they decode, the fit saw ${contextText(contextRange)}.`,
    );
  }
  if (!prefixCaching)
    notes.push('The server was calibrated without prefix caching; the simulator always caches.');
  return notes;
}

/** A mean context this much longer or shorter than the fitted ones is an extrapolation. */
const EXTRAPOLATION = 1.5;

/** Whether a mean context length, in tokens, lies outside of the fitted range; unknown ranges exclude nothing. */
export const isExtrapolatedContext = (
  contextTokens: number,
  [low, high]: readonly [number, number],
): boolean => contextTokens > high * EXTRAPOLATION || contextTokens < low / EXTRAPOLATION;

export function writeCalibratedServer(server: CalibratedServer): string {
  const { vector, ...rest } = server;
  const document = { format: SERVER_FORMAT, formatVersion: SERVER_VERSION, ...rest, parameters: vector };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** Reads an exported server; `file` is named in problems. */
export function readCalibratedServer(text: string, file: string): Result<CalibratedServer> {
  const parsed = parseJson(text, file);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  const bad = (field: string, expected: string, found: unknown): Result<CalibratedServer> => {
    const message = `${file}: ${field} should be ${expected}, found ${describe(found)}.`;
    return fail({ code: 'bad-value', message, file, field });
  };
  if (!isObject(value) || value['format'] !== SERVER_FORMAT) {
    return fail({
      code: 'malformed',
      message: `${file} is not a calibrated server: "format" should be "${SERVER_FORMAT}". Choose a file that Plumbline exported.`,
      file,
      field: 'format',
    });
  }
  const { formatVersion } = value;
  if (!isCount(formatVersion)) return bad('formatVersion', 'a whole number', formatVersion);
  if (formatVersion > SERVER_VERSION) {
    return fail({
      code: 'not-supported',
      message: `${file} has format version ${formatVersion}; this Plumbline reads up to ${SERVER_VERSION}. Reload the page to get a newer one.`,
      file,
      field: 'formatVersion',
    });
  }
  const { name, models, gpu, precision, tp, blockSizeTokens, distinctPrompts } = value;
  const { pipelinedScheduling, prefixCaching, calibratedOn, contextRange, heldOutE2ePercent } = value;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) {
    return bad('name', `a text of 1 to ${LONGEST_NAME} characters`, name);
  }
  if (!isList(models, (each) => typeof each === 'string') || models.length === 0) {
    return bad('models', 'a list of model names', models);
  }
  if (typeof gpu !== 'string') return bad('gpu', 'the name of a GPU', gpu);
  if (typeof precision !== 'string') return bad('precision', 'a text such as FP16', precision);
  if (!isCount(tp)) return bad('tp', 'a whole number of at least 1', tp);
  if (!isCount(blockSizeTokens))
    return bad('blockSizeTokens', 'a whole number of at least 1', blockSizeTokens);
  if (typeof pipelinedScheduling !== 'boolean')
    return bad('pipelinedScheduling', 'true or false', pipelinedScheduling);
  if (typeof prefixCaching !== 'boolean') return bad('prefixCaching', 'true or false', prefixCaching);
  if (!isList(calibratedOn, isTrainingRun))
    return bad('calibratedOn', 'a list of {name, identity}', calibratedOn);
  if (distinctPrompts !== undefined && !isCount(distinctPrompts)) {
    return bad('distinctPrompts', 'a whole number of at least 1', distinctPrompts);
  }
  if (contextRange !== undefined && !isRange(contextRange))
    return bad('contextRange', 'two positive numbers', contextRange);
  if (
    heldOutE2ePercent !== undefined &&
    !(typeof heldOutE2ePercent === 'number' && heldOutE2ePercent >= 0 && heldOutE2ePercent < Infinity)
  ) {
    return bad('heldOutE2ePercent', 'a number of at least 0', heldOutE2ePercent);
  }
  const { parameters } = value;
  if (!isObject(parameters)) return bad('parameters', 'an object of numbers', parameters);
  const vector = new Map<PhysicsParameterName, number>();
  for (const parameter of PHYSICS_PARAMETERS) {
    const { min, max } = PHYSICS_FACTS[parameter];
    const found = parameters[parameter];
    // Exported values may sit on a bound.
    if (typeof found !== 'number' || !(found >= min * 0.999 && found <= max * 1.001)) {
      return bad(`parameters.${parameter}`, `a number between ${min} and ${max}`, found);
    }
    vector.set(parameter, found);
  }
  return ok({
    name,
    models,
    gpu,
    precision,
    tp,
    blockSizeTokens,
    pipelinedScheduling,
    prefixCaching,
    calibratedOn,
    vector: physicsVector((parameter) => vector.get(parameter) ?? PHYSICS_FACTS[parameter].default),
    ...(distinctPrompts === undefined ? {} : { distinctPrompts }),
    ...(contextRange === undefined ? {} : { contextRange }),
    ...(heldOutE2ePercent === undefined ? {} : { heldOutE2ePercent }),
  });
}

const LONGEST_NAME = 120;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1;

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[];
function isList(value: unknown, isItem: (item: unknown) => boolean): value is readonly string[];
function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isItem(item));
}

const isTrainingRun = (value: unknown): value is TrainingRun =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['identity'] === 'string';

const isRange = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'number' && each > 0);
