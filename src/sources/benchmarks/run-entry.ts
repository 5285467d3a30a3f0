// A benchmark result with the facts about its server, as an entry like an experiment folder's.

import { experimentOf } from '../formats/as-experiment';
import { FORMATS } from '../formats/run-record';
import type { ServerFacts } from '../formats/server-facts';
import type { LoadedEntry } from '../ground-truth/load';
import { kvSourceOf, valuesOf } from './facts-files';
import type { BenchmarkRun } from './find-runs';

/** `stated` wins over what the files say. */
export function runEntry(run: BenchmarkRun, stated: ServerFacts = {}): LoadedEntry {
  const { measurement, name } = run;
  const file = run.files[0] ?? name;
  if (!measurement.ok) {
    return { kind: 'left-out', folder: name, problem: { ...measurement.error, file } };
  }
  const kvSource = stated.total_kv_blocks === undefined ? kvSourceOf(run.facts) : 'user';
  const experiment = experimentOf(
    measurement.value,
    { ...valuesOf(run.facts), ...stated },
    { folder: name, file, format: FORMATS[run.format] },
    kvSource,
  );
  return experiment.ok
    ? { kind: 'ready', folder: name, experiment: experiment.value }
    : { kind: 'left-out', folder: name, problem: run.factProblems[0] ?? experiment.error };
}
