// A result bundle, zip or unpacked, opened again: its manifest, whether every file is the one that was written, and the project.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { checkJson, jsonCount } from '../../base/json-schema';
import { parseJson } from '../../base/json';
import { fail, ok, type Result } from '../../base/result';
import { BUNDLE_MANIFEST, BUNDLE_PROJECT } from '../../sources/bundle-folder';
import { joinPath, readBytes, type FileTree } from '../../sources/file-tree';
import { BUNDLE_FORMAT, BUNDLE_VERSION, type BundledProject } from './bundled-project';
import { newerVersion, readProject } from './read-project';

export interface OpenedBundle {
  readonly project: BundledProject;
  /** Identity of the project's bytes. */
  readonly print: string;
  /** Files that differ from what the manifest says of them, by path. */
  readonly changed: readonly string[];
  /** Files of the manifest that are not there. */
  readonly absent: readonly string[];
}

/** What is read of the manifest; the rest of it is for other programs. */
const manifestSchema = z.looseObject({
  format: z.literal(BUNDLE_FORMAT),
  formatVersion: jsonCount(),
  files: z.array(z.strictObject({ path: z.string(), bytes: jsonCount(), sha256: z.string() })),
});

/** Fails when the manifest or the project cannot be read; files that were changed or taken away are named in the answer. */
export async function openBundle(tree: FileTree, folder: string): Promise<Result<OpenedBundle>> {
  const manifestText = await textIn(tree, folder, BUNDLE_MANIFEST);
  if (!manifestText.ok) return manifestText;
  const value = parseJson(manifestText.value, BUNDLE_MANIFEST);
  if (!value.ok) return value;
  const newer = newerVersion(value.value, BUNDLE_VERSION, BUNDLE_MANIFEST);
  if (newer !== undefined) return newer;
  const manifest = checkJson(manifestSchema, {
    file: BUNDLE_MANIFEST,
    text: manifestText.value,
    value: value.value,
  });
  if (!manifest.ok) return manifest;
  const text = await textIn(tree, folder, BUNDLE_PROJECT);
  if (!text.ok) return text;
  const project = readProject(text.value, BUNDLE_PROJECT);
  if (!project.ok) return project;
  const changed: string[] = [];
  const absent: string[] = [];
  for (const { path, bytes, sha256: hash } of manifest.value.files) {
    const file = tree.file(joinPath(folder, path));
    if (file === undefined) {
      absent.push(path);
      continue;
    }
    const content = await readBytes(file);
    if (!content.ok) return content;
    if (content.value.length !== bytes || hashOf(content.value) !== hash) changed.push(path);
  }
  if (!manifest.value.files.some(({ path }) => path === BUNDLE_PROJECT)) changed.push(BUNDLE_PROJECT);
  return ok({
    project: project.value,
    print: hashOf(new TextEncoder().encode(text.value)).slice(0, 16),
    changed,
    absent,
  });
}

const hashOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

async function textIn(tree: FileTree, folder: string, name: string): Promise<Result<string>> {
  const file = tree.file(joinPath(folder, name));
  if (file === undefined)
    return fail({ code: 'missing-file', message: `The bundle has no ${name}.`, file: name });
  const bytes = await readBytes(file);
  return bytes.ok ? ok(new TextDecoder().decode(bytes.value)) : bytes;
}
