// Zips and gzips that the user dropped, as files: results and table folders travel that way. Unpacked in memory, within a limit
// that is checked before (zip) or while (gzip) anything grows: a few kilobytes can be packed from gigabytes of zeros. On the calling
// thread, a worker's: the library's own workers are refused by the page's policy.

import { Gunzip, unzipSync } from 'fflate';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import { FileTree, joinPath, memoryFile, readBytes, type SourceFile } from './file-tree';

interface ZippedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface UnpackLimits {
  /** Of all files together, unpacked. */
  readonly bytes: number;
  readonly files: number;
}

const MAX_ZIP_BYTES = 512 * 1024 * 1024;
const LIMITS: UnpackLimits = { bytes: 512 * 1024 * 1024, files: 50_000 };
/** Handed to the decompressor at a time; deflate packs at most about 1,000 to 1, so that one slice cannot explode. */
const SLICE_BYTES = 64 * 1024;
/** Header and trailer (RFC 1952). */
const LEAST_GZIP_BYTES = 18;

const tooLarge = (name: string, limit: string): Result<never> =>
  fail({
    code: 'too-large',
    file: name,
    message: `${name} would unpack to more than ${limit}; unpack it yourself, and choose the files that matter.`,
  });

const inMiB = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

const cutOff = (name: string, error: unknown): Result<never> =>
  fail({
    code: 'malformed',
    file: name,
    message: `${name} cannot be unpacked (${error instanceof Error ? error.message : String(error)}); it may be cut off. Copy it again, or choose the unpacked files.`,
  });

/**
 * Unpacks a zip; `name` names it in messages. Folders are left out; files ascend by path. Fails with `too-large` or
 * `malformed`. The sizes that the zip states bound what is unpacked, whether they are true or not.
 */
export function unzipFiles(
  bytes: Uint8Array,
  name: string,
  limits: UnpackLimits = LIMITS,
): Result<readonly ZippedFile[]> {
  let size = 0;
  let count = 0;
  const isTooLarge = (): boolean => size > limits.bytes || count > limits.files;
  try {
    const entries = unzipSync(bytes, {
      filter: (entry) => {
        size += entry.originalSize;
        count++;
        return !isTooLarge() && !entry.name.endsWith('/');
      },
    });
    if (isTooLarge()) {
      return tooLarge(name, size > limits.bytes ? inMiB(limits.bytes) : `${limits.files} files`);
    }
    const files = Object.entries(entries).map(([path, content]) => ({ path, bytes: content }));
    return ok(files.sort((a, b) => (a.path < b.path ? -1 : 1)));
  } catch (error) {
    return cutOff(name, error);
  }
}

/** Unpacks a gzip, of one or several members. Fails with `too-large` or `malformed`. */
export function gunzipFile(
  bytes: Uint8Array,
  name: string,
  limits: Pick<UnpackLimits, 'bytes'> = LIMITS,
): Result<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  const gunzip = new Gunzip((part, isLast) => {
    size += part.length;
    isWhole = isLast;
    parts.push(part);
  });
  try {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      gunzip.push(bytes.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= bytes.length);
      if (size > limits.bytes) return tooLarge(name, inMiB(limits.bytes));
    }
  } catch (error) {
    return cutOff(name, error);
  }
  if (!isWhole || bytes.length < LEAST_GZIP_BYTES) return cutOff(name, 'it ends too early');
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return ok(whole);
}

/**
 * The tree with the contents of its zips in place of the zips, each in a folder of the zip's name (`fold`: a tree that is one
 * zip becomes that zip's content). Zips that cannot be opened go to `problems`.
 */
export async function openZips(tree: FileTree, problems: Problem[], fold = false): Promise<FileTree> {
  if (!tree.files.some(isZip)) return tree;
  const files: SourceFile[] = [];
  const [only] = tree.files;
  const isAll = fold && tree.files.length === 1;
  for (const file of tree.files) {
    if (!isZip(file)) {
      files.push(file);
      continue;
    }
    const entries = await entriesOf(file);
    if (!entries.ok) {
      problems.push(entries.error);
      continue;
    }
    const folder = isAll ? '' : withoutEnding(file.path);
    for (const { path, bytes } of entries.value) files.push(memoryFile(joinPath(folder, path), bytes));
  }
  return new FileTree({ name: isAll && only !== undefined ? withoutEnding(only.path) : tree.name, files });
}

const isZip = ({ path }: SourceFile): boolean => path.toLowerCase().endsWith('.zip');
const withoutEnding = (path: string): string => path.slice(0, -'.zip'.length);

async function entriesOf(file: SourceFile): Promise<Result<readonly ZippedFile[]>> {
  if (file.sizeBytes > MAX_ZIP_BYTES) {
    return fail({
      code: 'too-large',
      file: file.path,
      message: `${file.path} is over ${String(MAX_ZIP_BYTES / 2 ** 20)} MiB; unpack it and open the folder.`,
    });
  }
  const bytes = await readBytes(file);
  return bytes.ok ? unzipFiles(bytes.value, file.path) : bytes;
}
