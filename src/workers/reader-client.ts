// The page's side of the reader worker. One worker a folder: ending it is the fastest way to stop reading.

import * as Comlink from 'comlink';
import { fail, type Result } from '../base/result';
import type { Experiment } from '../domain/experiment';
import type { OpenedBundle } from '../report/bundle/open-bundle';
import type { Assignment, KeptEdits, PreRunReading } from './pre-run-reading';
import type { FolderKind } from '../sources/recognise';
import type {
  FilesInput,
  ReadChoices,
  ReaderApi,
  ReadOutcome,
  ReadProgress,
  SourceEntry,
  SourceInput,
} from './protocol';
import type { KeptTables } from './kept-tables';
import { workerStarter } from './start-worker';

const start = workerStarter(() => import('./reader.worker?worker-text'), 'plumbline reader');

export async function readInWorker(
  input: SourceInput,
  choices: ReadChoices,
  onProgress: (progress: ReadProgress) => void,
  onEntry: (entry: SourceEntry) => void,
  signal: AbortSignal,
): Promise<Result<ReadOutcome>> {
  const worker = await start();
  try {
    const remote = Comlink.wrap<ReaderApi>(worker);
    const ended = new Promise<Result<ReadOutcome>>((resolve) => {
      signal.addEventListener('abort', () =>
        resolve(fail({ code: 'cancelled', message: `Reading ${input.name} was stopped.` })),
      );
      worker.addEventListener('error', (event) =>
        resolve(
          fail({ code: 'unreadable-file', message: `${input.name} could not be read (${event.message}).` }),
        ),
      );
    });
    return await Promise.race([
      remote.read(input, choices, Comlink.proxy(onProgress), Comlink.proxy(onEntry)),
      ended,
    ]);
  } finally {
    worker.terminate();
  }
}

export const recogniseInWorker = (input: FilesInput): Promise<Result<FolderKind>> =>
  askOnce(input.name, (reader) => reader.recognise(input));

export const readBundleInWorker = (input: FilesInput): Promise<Result<OpenedBundle>> =>
  askOnce(input.name, (reader) => reader.readBundle(input));

export const readTablesInWorker = (input: FilesInput): Promise<Result<KeptTables>> =>
  askOnce(input.name, (reader) => reader.readTables(input));

export const readPreRunInWorker = (input: FilesInput): Promise<Result<PreRunReading>> =>
  askOnce(input.name, (reader) => reader.readPreRun(input));

export const assignPreRunInWorker = (
  reading: PreRunReading,
  experiments: readonly Experiment[],
  edits: KeptEdits,
): Promise<Result<readonly Assignment[]>> =>
  askOnce('The imported results', (reader) => reader.assignPreRun(reading, experiments, edits));

/** One question to a worker of its own; a worker that dies answers with a problem. */
async function askOnce<T>(
  what: string,
  ask: (reader: Comlink.Remote<ReaderApi>) => Promise<Result<T>>,
): Promise<Result<T>> {
  const worker = await start();
  try {
    const unreadable = (detail: string): Result<T> =>
      fail({ code: 'unreadable-file', message: `${what} could not be read (${detail}).` });
    const crashed = new Promise<Result<T>>((resolve) => {
      worker.addEventListener('error', (event) => resolve(unreadable(event.message)));
    });
    const answer = ask(Comlink.wrap<ReaderApi>(worker)).catch((error: unknown) =>
      unreadable(error instanceof Error ? error.message : String(error)),
    );
    return await Promise.race([answer, crashed]);
  } finally {
    worker.terminate();
  }
}
