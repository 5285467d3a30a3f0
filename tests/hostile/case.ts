// What a case of the corpus is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the files come in: the folder of Validate, its pre-run results, operator tables, result files for the figures; the load or
 * the judgement of Convert; of Simulate a link, a run file, a calibrated server or the settings as YAML.
 */
export type Door =
  | 'measurements'
  | 'results'
  | 'tables'
  | 'records'
  | 'load'
  | 'judge'
  | 'link'
  | 'run-file'
  | 'server'
  | 'settings';

export interface HostileCase {
  /** Unique; says what is wrong. */
  readonly name: string;
  readonly door: Door;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** What a person must be told, or `read`: nothing is wrong with it, and it must come through unharmed. */
  readonly told: RegExp | 'read';
  /** Seconds of work: once, through the readers, is enough. */
  readonly isSlow?: boolean;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function bytes(...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  const pieces = parts.map((part) => (typeof part === 'string' ? utf8(part) : Uint8Array.from(part)));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** UTF-16 with its byte order mark, little-endian. */
export const utf16 = (text: string): Uint8Array =>
  bytes(
    [0xff, 0xfe],
    [...text].flatMap((letter) => [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8]),
  );

/** A fixture of the tests as text. */
export const fixture = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures', path), 'utf8');
