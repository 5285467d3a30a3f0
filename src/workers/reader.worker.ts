// The reader worker: an opened folder, or the bundled demo, to experiments. The page never parses a file.

import * as Comlink from 'comlink';
import { fingerprintOf } from '../base/fingerprint';
import { ok, type Result } from '../base/result';
import { readDemo } from '../sources/demo';
import { withoutRequests } from '../domain/experiment';
import { loadGroundTruth, type LoadedEntry } from '../sources/ground-truth/load';
import { assignResults, inFolder, readPreRunTree } from './pre-run-reading';
import { releaseCallback, ThrottledProgress } from './slices';
import { treeOf } from './source-tree';
import type { ReaderApi, ReadOutcome, SourceEntry, SourceInput } from './protocol';

const withFingerprint = (entry: LoadedEntry): SourceEntry =>
  entry.kind === 'ready'
    ? { ...entry, fingerprint: fingerprintOf(withoutRequests(entry.experiment)) }
    : entry;

const api: ReaderApi = {
  async read(input, { includeUnsafe }, onProgress, onEntry) {
    const progress = new ThrottledProgress((done, total) =>
      onProgress({
        experimentsDone: done,
        ...(total === undefined ? {} : { experimentsTotal: total }),
        bytesDone: counter.bytes,
      }),
    );
    const counter = { bytes: 0 };
    try {
      if (input.kind === 'demo') return readDemoText(input.text);
      let done = 0;
      let total: number | undefined;
      const tree = await treeOf(input, (bytes) => {
        counter.bytes += bytes;
        progress.report(done, total);
      });
      const truth = await loadGroundTruth(
        tree,
        { requests: 'load', all: includeUnsafe },
        {
          onDiscovery: ({ found }) => {
            total = found.length;
          },
          onEntry: (entry, count) => {
            done = count;
            onEntry(withFingerprint(entry));
          },
        },
      );
      if (!truth.ok) return truth;
      const { discovery, entries } = truth.value;
      return ok({
        entries: entries.map(withFingerprint),
        warnings: [...folderWarnings(discovery.kind), ...discovery.warnings],
        unsafeCount: discovery.unsafeCount,
      });
    } finally {
      releaseCallback(onProgress);
      releaseCallback(onEntry);
    }
  },

  async readPreRun(input) {
    const tree = await treeOf(input, () => undefined);
    return ok(await readPreRunTree(isLoose(input) ? tree : inFolder(input.name, tree)));
  },

  async assignPreRun(reading, experiments, edits) {
    return ok(assignResults(reading, experiments, edits));
  },
};

/** Files that were not handed in as one folder: their common name is made up. */
const isLoose = (input: SourceInput): boolean =>
  input.kind === 'files' &&
  input.name === (input.files.length === 1 ? input.files[0]?.path : `${input.files.length} files`);

function readDemoText(text: string): Result<ReadOutcome> {
  const demo = readDemo(text, 'demo/measurements.json');
  if (!demo.ok) return demo;
  const { source, experiments } = demo.value;
  const entries = experiments.map((experiment) =>
    withFingerprint({ kind: 'ready', folder: experiment.folder, experiment }),
  );
  const unsafe = experiments.filter(({ safe }) => safe !== 'safe').map(({ expId }) => expId);
  const warnings =
    unsafe.length === 0
      ? []
      : [
          `Experiments ${unsafe.join(', ')} are not marked safe: the server was overloaded and their averages cover only the requests that survived. They are switched off; switch them on in the plan to run them.`,
        ];
  return ok({ entries, warnings, unsafeCount: 0, origin: `${source.title}. Source: ${source.origin}.` });
}

function folderWarnings(kind: 'manifest' | 'legacy'): string[] {
  if (kind === 'manifest') return [];
  return ['No experiments.json, so folders were read by name. Hardware is taken to be H100, precision FP16.'];
}

Comlink.expose(api);
