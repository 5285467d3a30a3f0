// The page's side of the reader worker. One worker a folder: ending it is the fastest way to stop reading.

import * as Comlink from 'comlink';
import { fail, type Result } from '../base/result';
import type { ReadChoices, ReaderApi, ReadOutcome, ReadProgress, SourceEntry, SourceInput } from './protocol';
import readerUrl from './reader.worker?worker&url';
import { workerStarter } from './start-worker';

const start = workerStarter(readerUrl, 'plumbline reader');

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
