// Zips and gzips that the user dropped, as files: results and table folders travel that way. Unpacked in memory, within a room
// that is checked before and while anything grows: a few kilobytes can be packed from gigabytes of zeros, and a zip of zips from
// any number of them. On the calling thread, a worker's: the library's own workers are refused by the page's policy.

import { Gunzip, Inflate } from 'fflate';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import { FileTree, joinPath, memoryFile, readBytes, readChunks, type SourceFile } from './file-tree';
import { readZipDirectory, type ZipEntry } from './zip-directory';

interface ZippedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const MAX_ZIP_BYTES = 512 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;
const MAX_FILES = 50_000;
const MAX_DEPTH = 3;
/** Handed to the decompressor at a time; deflate packs at most about 1,000 to 1, so that one slice cannot explode. */
const SLICE_BYTES = 64 * 1024;
/** Header and trailer (RFC 1952). */
const LEAST_GZIP_BYTES = 18;

/** What may still be unpacked; shared by everything that one dropped file holds. */
export class UnpackRoom {
  private usedBytes = 0;
  private usedFiles = 0;

  constructor(
    private readonly maxBytes = MAX_UNPACKED_BYTES,
    private readonly maxFiles = MAX_FILES,
  ) {}

  /** What was exceeded, in words. */
  get excess(): string | undefined {
    if (this.usedBytes > this.maxBytes) return `${Math.round(this.maxBytes / 2 ** 20)} MiB`;
    return this.usedFiles > this.maxFiles ? `${this.maxFiles} files` : undefined;
  }

  get filesLeft(): number {
    return this.maxFiles - this.usedFiles;
  }

  take(bytes: number, files = 0): string | undefined {
    this.usedBytes += bytes;
    this.usedFiles += files;
    return this.excess;
  }
}

const tooLarge = (name: string, limit: string): Result<never> =>
  fail({
    code: 'too-large',
    file: name,
    message: `${name} would unpack to more than ${limit}; unpack it yourself, and choose the files that matter.`,
  });

const cutOff = (name: string, what: unknown): Result<never> =>
  fail({
    code: 'malformed',
    file: name,
    message: `${name} cannot be unpacked (${what instanceof Error ? what.message : String(what)}); it may be cut off. Copy it again, or choose the unpacked files.`,
  });

/**
 * Unpacks a zip; `name` names it in messages. Folders and links are left out; files ascend by path, and none lies outside of the
 * zip. Fails with `too-large`, `malformed` or `not-supported`. What the zip states of itself is checked, never believed.
 */
export function unzipFiles(
  bytes: Uint8Array,
  name: string,
  room = new UnpackRoom(),
): Result<readonly ZippedFile[]> {
  const entries = readZipDirectory(bytes, room.filesLeft + 1);
  if (typeof entries === 'string') return cutOff(name, entries);
  const files = entries.filter((entry) => !entry.isFolder && !entry.isLink);
  const stated = files.reduce((sum, { sizeBytes, packedBytes }) => sum + Math.max(sizeBytes, packedBytes), 0);
  const excess = room.take(stated, entries.length);
  if (excess !== undefined) return tooLarge(name, excess);
  const refused = refusalOf(files, name);
  if (refused !== undefined) return fail(refused);
  const unpacked: ZippedFile[] = [];
  for (const entry of files) {
    const content = unpackEntry(bytes, entry);
    if (typeof content === 'string') return cutOff(name, `${entry.path}: ${content}`);
    unpacked.push({ path: entry.path, bytes: content });
  }
  return ok(unpacked.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

function refusalOf(entries: readonly ZipEntry[], file: string): Problem | undefined {
  const problem = (code: Problem['code'], message: string): Problem => ({ code, file, message });
  const seen = new Set<string>();
  for (const { path, isEncrypted, method } of entries) {
    if (isEncrypted) {
      return problem(
        'not-supported',
        `${file} is encrypted (${path}). Unpack it with its password, and choose the unpacked files.`,
      );
    }
    if (method !== 0 && method !== 8) {
      return problem(
        'not-supported',
        `${file} packs ${path} by method ${method}; only stored and deflated files are read here. Unpack it yourself.`,
      );
    }
    if (seen.has(path)) {
      return problem(
        'malformed',
        `${file} holds two files named ${path}. Unpack it yourself, and choose the right one.`,
      );
    }
    seen.add(path);
  }
  return undefined;
}

/** The content, or what is wrong with it. */
function unpackEntry(bytes: Uint8Array, entry: ZipEntry): Uint8Array | string {
  const packed = bytes.subarray(entry.at, entry.at + entry.packedBytes);
  if (entry.method === 0) return packed;
  const whole = new Uint8Array(entry.sizeBytes);
  let size = 0;
  let isWhole = false;
  const inflate = new Inflate((part, isLast) => {
    if (size + part.length <= whole.length) whole.set(part, size);
    size += part.length;
    isWhole = isLast;
  });
  try {
    for (let at = 0; at < packed.length && size <= whole.length; at += SLICE_BYTES) {
      inflate.push(packed.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= packed.length);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return isWhole && size === whole.length ? whole : 'it holds another number of bytes than the zip states';
}

/** Unpacks a gzip, of one or several members. Fails with `too-large` or `malformed`. */
export function gunzipFile(bytes: Uint8Array, name: string, room = new UnpackRoom()): Result<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  let excess: string | undefined;
  const gunzip = new Gunzip((part, isLast) => {
    size += part.length;
    excess = room.take(part.length);
    isWhole = isLast;
    parts.push(part);
  });
  try {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      gunzip.push(bytes.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= bytes.length);
      if (excess !== undefined) return tooLarge(name, excess);
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
  const room = new UnpackRoom();
  for (const file of tree.files) {
    if (!isZip(file)) {
      files.push(file);
      continue;
    }
    const entries = await entriesOf(file, room);
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

async function entriesOf(file: SourceFile, room: UnpackRoom): Promise<Result<readonly ZippedFile[]>> {
  if (file.sizeBytes > MAX_ZIP_BYTES) {
    return fail({
      code: 'too-large',
      file: file.path,
      message: `${file.path} is over ${String(MAX_ZIP_BYTES / 2 ** 20)} MiB; unpack it and open the folder.`,
    });
  }
  const bytes = await readBytes(file);
  return bytes.ok ? unzipFiles(bytes.value, file.path, room) : bytes;
}

/**
 * The tree with what its zips and gzips hold in their places, told by their first bytes whatever their names, and again for what
 * those hold. Fails with the first that cannot be unpacked.
 */
export async function openPacked(
  tree: FileTree,
  room = new UnpackRoom(),
  depth = 0,
): Promise<Result<FileTree>> {
  const files: SourceFile[] = [];
  let hasPacked = false;
  for (const file of tree.files) {
    const kind = await packedAs(file);
    if (!kind.ok) return kind;
    if (kind.value === undefined) {
      files.push(file);
      continue;
    }
    if (depth === MAX_DEPTH) return fail(tooDeep(file.path));
    const inside = kind.value === 'zip' ? await entriesOf(file, room) : await gunzipped(file, room);
    if (!inside.ok) return inside;
    hasPacked = true;
    const folder = kind.value === 'zip' ? file.path : '';
    for (const { path, bytes } of inside.value) files.push(memoryFile(joinPath(folder, path), bytes));
  }
  return hasPacked ? openPacked(new FileTree({ name: tree.name, files }), room, depth + 1) : ok(tree);
}

const tooDeep = (file: string): Problem => ({
  code: 'not-supported',
  file,
  message: `${file} is packed more than ${MAX_DEPTH} times. Unpack it, and choose the files inside.`,
});

async function packedAs(file: SourceFile): Promise<Result<'zip' | 'gzip' | undefined>> {
  const head: number[] = [];
  const read = await readChunks(file, (chunk) => {
    head.push(...chunk.subarray(0, 4 - head.length));
    return head.length >= 4 ? 'stop' : undefined;
  });
  if (!read.ok) return read;
  if (head[0] === 0x1f && head[1] === 0x8b) return ok('gzip');
  // An empty zip is an end record alone.
  const isZip = head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5);
  return ok(isZip ? 'zip' : undefined);
}

async function gunzipped(file: SourceFile, room: UnpackRoom): Promise<Result<readonly ZippedFile[]>> {
  const bytes = await readBytes(file);
  if (!bytes.ok) return bytes;
  const plain = gunzipFile(bytes.value, file.path, room);
  return plain.ok ? ok([{ path: file.path.replace(/\.gz$/i, ''), bytes: plain.value }]) : plain;
}
