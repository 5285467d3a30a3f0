// A run as a file of our own: the settings, and identities of what was asked and what came out, so that whoever opens it can run
// it again and be told whether the same came out. Version 1. It holds no request and no latency; a recorded load only by its
// fingerprint.

import { describe } from '../../../base/describe';
import { parseJson } from '../../../base/json';
import { fail, ok, type Result } from '../../../base/result';
import { SAVED_RUN_FORMAT } from '../../../domain/saved-run';
import { PRESETS } from '../presets';
import type { RunOrigin } from '../runs/difference';
import { settingsOf, type FleetSettings } from '../settings';

const FORMAT_VERSION = 1;

const TEXT_KEYS = ['name', 'workloadHash', 'resultHash', 'modelVersion'] as const;

/** Presets of the founding version stand for themselves: they have no settings. */
const FOUNDING_PRESETS = PRESETS.filter(({ start }) => start.kind === 'classic').map(({ id }) => id);

export interface SavedRun {
  readonly name: string;
  readonly origin: RunOrigin;
  readonly workloadHash: string;
  readonly resultHash: string;
  /** Of the page that wrote it. */
  readonly modelVersion: string;
}

export function runFileText({ origin, ...rest }: SavedRun): string {
  const { presetId, settings } = origin;
  const document = { format: SAVED_RUN_FORMAT, formatVersion: FORMAT_VERSION, presetId, settings, ...rest };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @param file name for messages. */
export function parseRunFile(text: string, file: string): Result<SavedRun> {
  const parsed = parseJson(text, file);
  if (!parsed.ok) return parsed;
  const document = recordOf(parsed.value);
  const version = document?.['formatVersion'];
  if (document?.['format'] !== SAVED_RUN_FORMAT || typeof version !== 'number') {
    return fail({
      code: 'malformed',
      message: `${file} is not a saved run: expected "format": "${SAVED_RUN_FORMAT}" and a "formatVersion".`,
      file,
    });
  }
  if (version > FORMAT_VERSION) {
    return fail({
      code: 'not-supported',
      message: `${file} has format version ${version}; this page reads up to ${FORMAT_VERSION}. Open it in a newer Plumbline.`,
      file,
    });
  }
  const { settings } = document;
  const texts = settings === undefined ? undefined : recordOf(settings);
  const wrong =
    TEXT_KEYS.find((key) => typeof document[key] !== 'string') ??
    (settings !== undefined && texts === undefined ? 'settings' : undefined) ??
    entriesNotText(texts);
  if (wrong !== undefined) {
    const found = wrong.startsWith('settings.') ? texts?.[wrong.slice('settings.'.length)] : document[wrong];
    const expected = wrong === 'settings' ? 'an object of texts' : 'a text';
    const message = `${file}, ${wrong}: expected ${expected}, found ${describe(found)}.`;
    return fail({ code: 'bad-value', message, file, field: wrong });
  }
  const textOf = (key: (typeof TEXT_KEYS)[number]): string => String(document[key]);
  const presetId = typeof document['presetId'] === 'string' ? document['presetId'] : undefined;
  if (texts === undefined && !FOUNDING_PRESETS.includes(presetId ?? '')) {
    return fail({
      code: 'missing-key',
      message: `${file} has no settings; save the run again.`,
      file,
      field: 'settings',
    });
  }
  const known = texts === undefined ? ok(undefined) : settingsFrom(texts, file);
  if (!known.ok) return known;
  return ok({
    name: textOf('name'),
    origin: { presetId, settings: known.value },
    workloadHash: textOf('workloadHash'),
    resultHash: textOf('resultHash'),
    modelVersion: textOf('modelVersion'),
  });
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;

/** The first setting that is no text. */
function entriesNotText(settings: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const entry = Object.entries(settings ?? {}).find(([, value]) => typeof value !== 'string');
  return entry === undefined ? undefined : `settings.${entry[0]}`;
}

/** Settings that the file does not have keep their default; settings that nobody knows are refused by name. */
function settingsFrom(texts: Readonly<Record<string, unknown>>, file: string): Result<FleetSettings> {
  const defaults = settingsOf();
  const unknown = Object.keys(texts).find((name) => !Object.hasOwn(defaults, name));
  if (unknown !== undefined) {
    const message = `${file}, settings.${unknown}: this page knows no such setting.`;
    return fail({ code: 'unknown-name', message, file, field: `settings.${unknown}` });
  }
  return ok({ ...defaults, ...texts });
}
