// The reference material (golden files, measurements) lives beside the repository in development and is not part of it.
// Tests that read it skip, visibly, when it is absent. PLUMBLINE_SHARED names another place.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'vitest';

const root = resolve(process.env['PLUMBLINE_SHARED'] ?? join(import.meta.dirname, '../../../shared'));

export const hasShared = existsSync(join(root, 'golden'));

/** Absolute path of something in the reference material. */
export const sharedPath = (...parts: string[]): string => join(root, ...parts);

export const sharedJson = <T>(...parts: string[]): T =>
  JSON.parse(readFileSync(sharedPath(...parts), 'utf8')) as T;

export const sharedText = (...parts: string[]): string => readFileSync(sharedPath(...parts), 'utf8');

export const sharedFolders = (...parts: string[]): string[] =>
  readdirSync(sharedPath(...parts), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

/** `describe` that reports its tests as skipped when the reference material is absent. The body runs only when present. */
export function describeShared(title: string, body: () => void): void {
  if (hasShared) {
    describe(title, body);
  } else {
    // A suite shows up as skipped only if it holds a test.
    describe(title, () => it.skip('needs the reference material at ../shared', () => undefined));
  }
}
