// A calibrated server as a named thing: the fitted parameters, what they were fitted on, and the assumptions a prediction needs.
// Saved on the device, exported and imported as JSON. It holds no request, no prompt and no path.

import { z } from 'zod';
import { fail, ok, type Result } from '../base/result';
import { PHYSICS_FACTS, PHYSICS_PARAMETERS, physicsVector, type PhysicsVector } from './physics';

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

const positive = z.number().positive();
const schema = z.object({
  format: z.literal(SERVER_FORMAT),
  formatVersion: z.number().int().positive(),
  name: z.string().min(1).max(120),
  parameters: z.record(z.string(), positive),
  models: z.array(z.string()).min(1),
  gpu: z.string(),
  tp: z.number().int().positive(),
  precision: z.string(),
  pipelinedScheduling: z.boolean(),
  prefixCaching: z.boolean(),
  blockSizeTokens: z.number().int().positive(),
  distinctPrompts: z.number().int().positive().optional(),
  calibratedOn: z.array(z.object({ name: z.string(), identity: z.string() })),
  contextRange: z.tuple([positive, positive]).optional(),
  heldOutE2ePercent: z.number().nonnegative().optional(),
});

export function writeCalibratedServer(server: CalibratedServer): string {
  const { vector, ...rest } = server;
  const document = { format: SERVER_FORMAT, formatVersion: SERVER_VERSION, ...rest, parameters: vector };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** Reads an exported server; `file` is named in problems. */
export function readCalibratedServer(text: string, file: string): Result<CalibratedServer> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return fail({ code: 'malformed', message: `${file} is not valid JSON (${detail}).`, file });
  }
  const version = z.object({ format: z.literal(SERVER_FORMAT), formatVersion: z.number() }).safeParse(value);
  if (!version.success) {
    return fail({
      code: 'malformed',
      message: `${file} is not a calibrated server: "format" should be "${SERVER_FORMAT}". Choose a file that Plumbline exported.`,
      file,
      field: 'format',
    });
  }
  if (version.data.formatVersion > SERVER_VERSION) {
    return fail({
      code: 'not-supported',
      message: `${file} has format version ${version.data.formatVersion}; this Plumbline reads up to ${SERVER_VERSION}. Reload the page to get a newer one.`,
      file,
      field: 'formatVersion',
    });
  }
  const checked = schema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const field = issue?.path.join('.') ?? '';
    return fail({
      code: 'bad-value',
      message: `${file}: ${field}: ${issue?.message ?? 'is not as expected'}.`,
      file,
      field,
    });
  }
  const {
    parameters,
    format: _format,
    formatVersion: _version,
    distinctPrompts,
    contextRange,
    heldOutE2ePercent,
    ...rest
  } = checked.data;
  for (const name of PHYSICS_PARAMETERS) {
    const { min, max } = PHYSICS_FACTS[name];
    const found = parameters[name];
    // Exported values may sit on a bound.
    if (found === undefined || !(found >= min * 0.999 && found <= max * 1.001)) {
      return fail({
        code: 'bad-value',
        message: `${file}: parameters.${name} should lie between ${min} and ${max}; found ${found ?? 'nothing'}.`,
        file,
        field: `parameters.${name}`,
      });
    }
  }
  return ok({
    ...rest,
    vector: physicsVector((name) => parameters[name] ?? PHYSICS_FACTS[name].default),
    ...(distinctPrompts === undefined ? {} : { distinctPrompts }),
    ...(contextRange === undefined ? {} : { contextRange }),
    ...(heldOutE2ePercent === undefined ? {} : { heldOutE2ePercent }),
  });
}
