// The hostile corpus through the readers: every case ends in a sentence, or is read; nothing throws, nothing leaks into prototypes.

import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/base/result';
import { readDocument } from '../../src/app/simulate/document/read-document';
import { parseRunFile } from '../../src/app/simulate/export/run-file';
import { decodeLink } from '../../src/app/simulate/share-link';
import { readCalibratedServer } from '../../src/domain/calibrated-server';
import { readErrorRecords, readRuntimes } from '../../src/sources/records-csv';
import { addJudgeInputs } from '../../src/validation/judge-replay/read-inputs';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { loadGroundTruth } from '../../src/sources/ground-truth/load';
import { loadTables } from '../../src/sources/perf-tables/load-tables';
import { openSystemsFolder } from '../../src/sources/perf-tables/systems-folder';
import { findResults } from '../../src/sources/pre-run/find-results';
import { readLoad } from '../../src/report/convert/read-load';
import { summariseSpec } from '../../src/report/convert/summarise-load';
import { openRandomDoor } from '../../src/engine/random-door';
import type { HostileCase } from '../hostile/case';
import { CORPUS } from '../hostile/corpus';
import { OTHER_FOLDER } from '../hostile/measured';
import { releaseModule } from '../support/wasm';

const messageOf = (result: Result<unknown>): string[] => (result.ok ? [] : [result.error.message]);

/** Everything that a reader of this case would be told. */
async function toldBy({ door, files }: HostileCase): Promise<string[]> {
  const sources = Object.entries(files).map(([path, content]) => memoryFile(path, content));
  const tree = new FileTree({ name: 'hostile', files: sources });
  const [path = '', content = ''] = Object.entries(files)[0] ?? [];
  const first = typeof content === 'string' ? content : new TextDecoder().decode(content);
  switch (door) {
    case 'measurements': {
      const loaded = await loadGroundTruth(tree, { requests: 'load' });
      if (!loaded.ok) return [loaded.error.message];
      const { entries, discovery } = loaded.value;
      const sound = entries.find((entry) => entry.kind === 'ready' && entry.folder === OTHER_FOLDER);
      return [
        ...(sound === undefined ? ['the sound experiment was not read'] : []),
        ...discovery.warnings,
        ...entries.flatMap((entry) => (entry.kind === 'left-out' ? [entry.problem.message] : [])),
        ...entries.flatMap((entry) => (entry.kind === 'ready' ? entry.experiment.warnings : [])),
      ];
    }
    case 'results': {
      const { results, problems } = await findResults(tree);
      return [
        ...problems.map(({ message }) => message),
        ...results.flatMap(({ warnings }) => warnings),
        ...(results.length === 0 && problems.length === 0 ? ['No results were found.'] : []),
      ];
    }
    case 'load': {
      const load = await readLoad(tree);
      if (!load.ok) return [load.error.message];
      if (load.value.kind !== 'spec') return [...load.value.notes];
      const summary = summariseSpec(load.value.yaml, load.value.file, openRandomDoor(releaseModule()));
      return summary.ok
        ? [...load.value.notes, ...summary.value.notes]
        : summary.error.map(({ message }) => message);
    }
    case 'judge': {
      const inputs = await addJudgeInputs({}, tree);
      return inputs.ok ? [] : [inputs.error.message];
    }
    case 'link': {
      const content = decodeLink(first);
      return content.ok ? [content.value.ignored.join(', ')] : [content.error.message];
    }
    case 'run-file':
      return messageOf(parseRunFile(first, path));
    case 'server':
      return messageOf(readCalibratedServer(first, path));
    case 'settings':
      return messageOf(readDocument(first));
    case 'records': {
      const read = path.startsWith('runtime') ? readRuntimes(first, path) : readErrorRecords(first, path);
      return read.ok ? [...read.value.warnings] : [read.error.message];
    }
    case 'tables': {
      const folder = await openSystemsFolder(
        Object.entries(files).map(([path, content]) => ({
          path,
          bytes: () =>
            Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content),
        })),
      );
      const { problems } = await loadTables(folder, {
        system: 'h100_sxm',
        backend: 'vllm',
        ncclVersion: '2.27.3',
      });
      return problems.map(({ message }) => message);
    }
  }
}

const prototype = (): string => Object.getOwnPropertyNames(Object.prototype).sort().join();
const clean = prototype();

describe('the hostile corpus', () => {
  it('has at least a hundred cases with names of their own', () => {
    expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
    expect(CORPUS.length).toBeGreaterThanOrEqual(100);
  });

  it.each(CORPUS.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const told = await toldBy(each);
    if (process.env['SHOW'])
      console.log(
        each.name,
        '=>',
        told.map((t) => t.slice(0, 260)),
      );
    if (each.told !== 'read') expect(told.join('\n')).toMatch(each.told);
    expect(prototype()).toBe(clean);
  });
});
