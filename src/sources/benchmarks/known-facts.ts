// What the files around a benchmark result say about the server that was measured. Nearer and more deliberate sources win: a
// `server.yaml` written by hand (`<file>.server.yaml`, then `server.yaml` in the folder and in those above), the
// server's own log, and last the result itself.

import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import { joinPath, parentOf, type FileTree, type SourceFile } from '../file-tree';
import type { RunFacts } from '../formats/run-record';
import { readServerFacts } from '../formats/read-server-facts';
import { FACT_NAMES, factsOf, type FactName, type ServerFacts } from '../formats/server-facts';
import { readServerLogFacts } from '../formats/server-log-facts';
import { FACTS_ENDING, FACTS_NAME, LOG_NAME, type KnownFact } from './facts-files';

/** Every fact once, from the best source that states it. */
export async function serverFactsOf(
  tree: FileTree,
  path: string,
  runFacts: RunFacts,
): Promise<{ readonly facts: readonly KnownFact[]; readonly problems: readonly Problem[] }> {
  const facts = new Map<FactName, KnownFact>();
  const problems: Problem[] = [];
  const add = (stated: ServerFacts, from: string): void => {
    for (const name of FACT_NAMES) {
      const value = stated[name];
      if (value !== undefined && !facts.has(name)) facts.set(name, { name, value, from });
    }
  };
  for (const { file, read } of sourcesOf(tree, path)) {
    const stated = await read(file);
    if (stated.ok) add(stated.value, file.path);
    else problems.push(stated.error);
  }
  add(factsOf(runFacts), path);
  return { facts: [...facts.values()], problems };
}

interface FactsSource {
  readonly file: SourceFile;
  readonly read: (file: SourceFile) => Promise<Result<ServerFacts>>;
}

function sourcesOf(tree: FileTree, path: string): FactsSource[] {
  const stem = path.replace(/\.(gz|json|jsonl|ya?ml|csv)$/i, '').replace(/\.(json|jsonl|ya?ml|csv)$/i, '');
  const folders = [parentOf(path)];
  while (folders.at(-1) !== '') folders.push(parentOf(folders.at(-1) ?? ''));
  const candidates = [
    `${path}${FACTS_ENDING}`,
    `${stem}${FACTS_ENDING}`,
    ...folders.map((folder) => joinPath(folder, FACTS_NAME)),
  ];
  const logs = folders.map((folder) => joinPath(folder, LOG_NAME));
  const files = (paths: readonly string[], read: FactsSource['read']): FactsSource[] =>
    paths.flatMap((each) => {
      const file = tree.file(each);
      return file === undefined ? [] : [{ file, read }];
    });
  // The nearest log is this server's; one further up may be another's.
  return [...files(candidates, readServerFacts), ...files(logs, cachedLogFacts).slice(0, 1)];
}

/** Several results may lie beside one log of a gigabyte: it is read once. */
const logs = new WeakMap<SourceFile, Promise<Result<ServerFacts>>>();

function cachedLogFacts(file: SourceFile): Promise<Result<ServerFacts>> {
  const known = logs.get(file);
  if (known !== undefined) return known;
  const reading = readServerLogFacts(file);
  logs.set(file, reading);
  return reading;
}
