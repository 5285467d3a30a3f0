// What commands may touch: files, streams, the clock, the module and the catalogue beside the script.

import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { FileTree, SourceFile } from '../sources/file-tree';
import { openFile, openFolder } from './open-folder';

/** A problem to print as is, one line each, before exiting with 1. */
export class UsageError extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly readText: (path: string) => Promise<string>;
  readonly readBytes: (path: string) => Promise<Uint8Array>;
  /** Every file below a folder, as sorted paths relative to it with `/` between segments. */
  readonly listFiles: (folder: string) => Promise<readonly string[]>;
  /** One file as readers see it, for those that read in chunks. */
  readonly openFile: (path: string) => Promise<SourceFile>;
  /** A folder as readers see it. */
  readonly openFolder: (path: string) => Promise<FileTree>;
  /** Creates missing folders. */
  readonly writeText: (path: string, text: string) => Promise<void>;
  /** The same for texts too long for one string. */
  readonly writeChunks: (path: string, chunks: Iterable<string>) => Promise<void>;
  readonly writeBytes: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  readonly nowMs: () => number;
  /** The compiled module, loaded at first use. */
  readonly wasm: () => WebAssembly.Module;
  /** A table of public/hardware by file name. */
  readonly hardwareTable: (name: string) => string;
  /** A font of the figures by the end of its file name, e.g. `400-normal`. */
  readonly figureFont: (name: string) => Uint8Array;
}

let compiled: WebAssembly.Module | undefined;

/** Beside the built script, or in the source tree when run from there. */
function readBeside(built: string, source: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(new URL(built, import.meta.url));
  } catch {
    return readFileSync(new URL(source, import.meta.url));
  }
}

const cannotRead = (path: string, error: unknown): UsageError =>
  new UsageError(`${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`);

/** What fits into one string of V8. Larger inputs are for the readers that work in chunks. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;

async function textOf(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size < MAX_TEXT_BYTES) return readFile(path, 'utf8');
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  throw new Error(
    `${megabytes(size)} MiB, and at most ${megabytes(MAX_TEXT_BYTES)} MiB are read as one text; ` +
      'split it, or give a trace as TraceV2, which is read in chunks',
  );
}

export const nodeIo: Io = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  readText: async (path) => {
    try {
      return await textOf(path);
    } catch (error) {
      throw cannotRead(path, error);
    }
  },
  readBytes: async (path) => {
    try {
      return await readFile(path);
    } catch (error) {
      throw cannotRead(path, error);
    }
  },
  listFiles: async (folder) => {
    try {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .sort();
    } catch (error) {
      throw cannotRead(folder, error);
    }
  },
  openFile: async (path) => {
    try {
      return await openFile(path);
    } catch (error) {
      throw cannotRead(path, error);
    }
  },
  openFolder: async (path) => {
    try {
      return await openFolder(path);
    } catch (error) {
      throw cannotRead(path, error);
    }
  },
  writeText: async (path, text) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  writeChunks: async (path, chunks) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, chunks);
  },
  writeBytes: async (path, bytes) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  },
  nowMs: () => performance.now(),
  wasm: () =>
    (compiled ??= new WebAssembly.Module(readBeside('./plumbline.wasm', '../../build/plumbline.wasm'))),
  hardwareTable: (name) => readBeside(`./hardware/${name}`, `../../public/hardware/${name}`).toString('utf8'),
  figureFont: (name) => {
    const file = `stix-two-text-latin-${name}.woff`;
    return readBeside(`./fonts/${file}`, `../../node_modules/@fontsource/stix-two-text/files/${file}`);
  },
};
