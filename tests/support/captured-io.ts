// An Io that reads real files and keeps what a command writes, for tests that call commands without a process.

import type { Command } from 'commander';
import { UsageError, nodeIo, type Io } from '../../src/headless/io';
import type { FileTree } from '../../src/sources/file-tree';

export interface Captured {
  readonly stdout: string;
  readonly stderr: string;
  readonly written: ReadonlyMap<string, string>;
  readonly writtenBytes: ReadonlyMap<string, Uint8Array>;
  /** Lines of the usage error that ended the command, if one did. */
  readonly problems: readonly string[];
}

/** Runs a command as the command line would; `files` and `folders` stand in for those on disk. */
export async function runCommand(
  build: (io: Io) => Command,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
  folders: Readonly<Record<string, FileTree>> = {},
): Promise<Captured> {
  let stdout = '';
  let stderr = '';
  const written = new Map<string, string>();
  const writtenBytes = new Map<string, Uint8Array>();
  const io: Io = {
    ...nodeIo,
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    readText: (path) => {
      const held = written.get(path) ?? files[path];
      return held === undefined ? nodeIo.readText(path) : Promise.resolve(held);
    },
    openFolder: (path) => {
      const tree = folders[path];
      return tree === undefined ? nodeIo.openFolder(path) : Promise.resolve(tree);
    },
    writeText: (path, text) => {
      written.set(path, text);
      return Promise.resolve();
    },
    writeChunks: (path, chunks) => {
      written.set(path, [...chunks].join(''));
      return Promise.resolve();
    },
    writeBytes: (path, bytes) => {
      writtenBytes.set(path, bytes);
      return Promise.resolve();
    },
  };
  const problems: string[] = [];
  const command = build(io).exitOverride();
  command.configureOutput({ writeErr: (text) => (stderr += text), writeOut: (text) => (stdout += text) });
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) problems.push(...error.lines);
    else if (error instanceof Error && 'exitCode' in error) problems.push(error.message);
    else throw error;
  }
  return { stdout, stderr, written, writtenBytes, problems };
}
