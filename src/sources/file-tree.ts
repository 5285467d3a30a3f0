// A folder that somebody opened, whatever the gesture: a directory handle, dropped files, an upload list, a zip, a folder under
// Node. Listing happens before; reading happens here, file by file, and any file may have gone, shrunk or be forbidden by then:
// such failures come back as problems that name the file.

import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';

/** `text` and `stream` may reject with the host's own error; read through `readText` and `readChunks`. */
export interface SourceFile {
  /** Relative to the opened folder, parts separated by `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  text(): Promise<string>;
  stream(): AsyncIterable<Uint8Array>;
}

export interface FileTreeInput {
  /** The folder's own name. */
  readonly name: string;
  readonly files: readonly SourceFile[];
  /** Folders that no file implies (empty ones); may repeat implied ones. */
  readonly folders?: readonly string[];
  /** Folders and files that could not be listed, by path, with the reason. */
  readonly blocked?: ReadonlyMap<string, Problem>;
}

export class FileTree {
  readonly name: string;
  /** Ascending by path. */
  readonly files: readonly SourceFile[];
  private readonly byPath: ReadonlyMap<string, SourceFile>;
  private readonly folders: ReadonlySet<string>;
  private readonly blocked: ReadonlyMap<string, Problem>;

  constructor(input: FileTreeInput) {
    this.name = input.name;
    this.files = [...input.files].sort((a, b) => compareText(a.path, b.path));
    this.byPath = new Map(this.files.map((file) => [file.path, file]));
    this.blocked = input.blocked ?? new Map();
    const folders = new Set<string>(['']);
    const addWithParents = (path: string): void => {
      for (let at = path; at !== '' && !folders.has(at); at = parentOf(at)) folders.add(at);
    };
    for (const { path } of this.files) addWithParents(parentOf(path));
    for (const path of input.folders ?? []) addWithParents(path);
    for (const path of this.blocked.keys()) addWithParents(parentOf(path));
    this.folders = folders;
  }

  file(path: string): SourceFile | undefined {
    return this.byPath.get(path);
  }

  hasFolder(path: string): boolean {
    return this.folders.has(path) || this.blocked.has(path);
  }

  /** All folders, ascending, the opened one ('') first. */
  get allFolders(): readonly string[] {
    return [...this.folders].sort(compareText);
  }

  /** Names of the folders directly inside `path`, ascending. */
  foldersIn(path: string): string[] {
    const known = new Set([...this.folders, ...this.blocked.keys()]);
    return [...known]
      .filter((folder) => folder !== '' && parentOf(folder) === path && !this.byPath.has(folder))
      .map(nameOf)
      .sort(compareText);
  }

  /** Files directly inside `path`, ascending by name. */
  filesIn(path: string): SourceFile[] {
    return this.files.filter((file) => parentOf(file.path) === path);
  }

  /** Why something at or above `path` could not be listed. */
  blockedAt(path: string): Problem | undefined {
    for (let at = path; ; at = parentOf(at)) {
      const problem = this.blocked.get(at);
      if (problem !== undefined || at === '') return problem;
    }
  }
}

/** Order by UTF-16 code units: the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const joinPath = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('/');

/** A browser's `File`, or any blob. */
export function blobFile(path: string, blob: Blob): SourceFile {
  return {
    path,
    sizeBytes: blob.size,
    text: () => blob.text(),
    stream: () => streamChunks(blob.stream()),
  };
}

/** Something already in memory: an entry of a zip, a test fixture. */
export function memoryFile(path: string, content: string | Uint8Array): SourceFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    path,
    sizeBytes: bytes.length,
    // As browsers read a file: by the mark that UTF-16 begins with.
    text: () =>
      Promise.resolve(
        new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes),
      ),
    stream: async function* () {
      yield await Promise.resolve(bytes);
    },
  };
}

/** `for await` over a stream is not everywhere yet; a reader is. */
async function* streamChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** The whole text of a file that ought to be small; `maxBytes` is checked before anything is read. */
export async function readText(file: SourceFile, maxBytes: number): Promise<Result<string>> {
  if (file.sizeBytes > maxBytes) {
    return fail({
      code: 'too-large',
      message:
        `${file.path} has ${showMegabytes(file.sizeBytes)} MB; a file of this name has at most ` +
        `${showMegabytes(maxBytes)} MB. Check that the right file carries this name.`,
      file: file.path,
    });
  }
  try {
    const text = await file.text();
    const fault = notText(file.path, text);
    return fault === undefined ? ok(text.startsWith('\ufeff') ? text.slice(1) : text) : fail(fault);
  } catch (error) {
    return fail(describeReadError(file.path, error));
  }
}

/** Zero bytes stand at the beginning of what is no text; in text they are rare and late. */
const LOOKED_AT_CHARACTERS = 4096;

/** What is not UTF-8 decodes all the same; named here, it is not mistaken for a fault of the format. */
function notText(path: string, text: string): Problem | undefined {
  const problem = (message: string): Problem => ({ code: 'unreadable-file', message, file: path });
  // The two bytes of a UTF-16 mark are none of UTF-8.
  if (text.startsWith('\ufffd\ufffd')) {
    return problem(`${path} is not UTF-8 text (its first bytes look like UTF-16); save it as UTF-8.`);
  }
  return text.slice(0, LOOKED_AT_CHARACTERS).includes('\0')
    ? problem(`${path} is no text: it holds zero bytes. Check that the right file carries this name.`)
    : undefined;
}

/** Hands out the file's chunks in order until `onChunk` answers `stop` or a problem. */
export async function readChunks(
  file: SourceFile,
  onChunk: (chunk: Uint8Array) => Problem | 'stop' | undefined,
): Promise<Result<void>> {
  try {
    for await (const chunk of file.stream()) {
      const answer = onChunk(chunk);
      if (answer === 'stop') break;
      if (answer !== undefined) return fail(answer);
    }
  } catch (error) {
    return fail(describeReadError(file.path, error));
  }
  return ok(undefined);
}

/** The whole content of a file; what is too large for memory is the caller's to refuse first. */
export async function readBytes(file: SourceFile): Promise<Result<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  const read = await readChunks(file, (chunk) => {
    chunks.push(chunk);
    return undefined;
  });
  if (!read.ok) return read;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return ok(whole);
}

/** Host errors by their names: DOMException in browsers, `code` under Node. */
export function describeReadError(path: string, error: unknown): Problem {
  const name = error instanceof Error ? error.name : '';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (name === 'NotFoundError' || code === 'ENOENT') {
    return {
      code: 'missing-file',
      message: `${path} is gone: it was there when the folder was listed. Open the folder again.`,
      file: path,
    };
  }
  if (name === 'NotAllowedError' || name === 'SecurityError' || code === 'EACCES' || code === 'EPERM') {
    return {
      code: 'unreadable-file',
      message: `${path} may not be read: permission denied. Allow reading it, then open the folder again.`,
      file: path,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: 'unreadable-file',
    message: `${path} cannot be read (${detail}). Open the folder again.`,
    file: path,
  };
}

const showMegabytes = (bytes: number): string =>
  bytes < 1e6 ? (bytes / 1e6).toFixed(2) : String(Math.round(bytes / 1e6));
