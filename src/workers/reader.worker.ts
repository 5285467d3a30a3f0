// The reader worker: an opened folder, or the bundled demo, to experiments. The page never parses a file.

import * as Comlink from 'comlink';
import { fingerprintOf } from '../base/fingerprint';
import { fail, ok, type Result } from '../base/result';
import { openBundle } from '../report/bundle/open-bundle';
import { readDemo } from '../sources/demo';
import { withoutRequests } from '../domain/experiment';
import type { FileTree } from '../sources/file-tree';
import type { Problem } from '../base/problem';
import { loadMeasurements } from '../sources/benchmarks/load-measurements';
import type { LoadedEntry } from '../sources/ground-truth/load';
import { recognise } from '../sources/recognise';
import { BUNDLE_MANIFEST, BUNDLE_PROJECT, bundleFolder } from '../sources/bundle-folder';
import { openZips } from '../sources/packed-files';
import { assignResults, inFolder, readPreRunTree } from './pre-run-reading';
import { releaseCallback, ThrottledProgress } from './slices';
import { treeOf } from './source-tree';
import { readTablesTree } from './table-reading';
import type { FilesInput, ReaderApi, ReadOutcome, SourceEntry } from './protocol';

const withFingerprint = (entry: LoadedEntry): SourceEntry =>
  entry.kind === 'ready'
    ? { ...entry, fingerprint: fingerprintOf(withoutRequests(entry.experiment)) }
    : entry;

const api: ReaderApi = {
  async read(input, { includeUnsafe, cpuBlocks = 'configured' }, onProgress, onEntry) {
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
      const zipProblems: Problem[] = [];
      const listed = await treeOf(input, (bytes) => {
        counter.bytes += bytes;
        progress.report(done, total);
      });
      const tree = await openZips(listed, zipProblems, true);
      const [unopened] = zipProblems;
      if (unopened !== undefined && tree.files.length === 0) return fail(unopened);
      const measured = await loadMeasurements(
        tree,
        { requests: 'load', all: includeUnsafe, cpuBlocks },
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
      if (!measured.ok) return measured;
      const { truth, runs, unknown } = measured.value;
      const discovery = truth?.discovery;
      return ok({
        entries: [
          ...(truth?.entries ?? []).map(withFingerprint),
          ...unknown.map((problem): SourceEntry => ({
            kind: 'left-out',
            folder: problem.file ?? '',
            problem,
          })),
        ],
        runs,
        warnings: [
          ...(discovery === undefined ? [] : [...folderWarnings(discovery.kind), ...discovery.warnings]),
          ...zipProblems.map(({ message }) => message),
        ],
        unsafeCount: discovery?.unsafeCount ?? 0,
      });
    } finally {
      releaseCallback(onProgress);
      releaseCallback(onEntry);
    }
  },

  async recognise(input) {
    return ok(await recognise(await treeOf(input, () => undefined)));
  },

  async readBundle(input) {
    const problems: Problem[] = [];
    const tree = await openZips(await treeOf(input, () => undefined), problems, true);
    const folder = bundleFolder(tree);
    if (folder !== undefined) return openBundle(tree, folder);
    const [problem] = problems;
    const message = `${input.name} holds no result bundle: looked for ${BUNDLE_MANIFEST} beside ${BUNDLE_PROJECT}.`;
    return fail(problem ?? { code: 'missing-file', message });
  },

  async readTables(input) {
    return readTablesTree(await namedTree(input));
  },

  async readPreRun(input) {
    return ok(await readPreRunTree(await namedTree(input)));
  },

  async assignPreRun(reading, experiments, edits) {
    return ok(assignResults(reading, experiments, edits));
  },
};

/** With the opened folder's name in front of every path: a name says which experiment or system its content belongs to. */
async function namedTree(input: FilesInput): Promise<FileTree> {
  const tree = await treeOf(input, () => undefined);
  return isLoose(input) ? tree : inFolder(input.name, tree);
}

/** Files that were not handed in as one folder: their common name is made up. */
const isLoose = (input: FilesInput): boolean =>
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
