// Later additions beside earlier ones. A result read again from the same path takes the place of the earlier one; loose files of one
// name and other content stand side by side, because Vidur calls every table `request_metrics.csv`.

import { parentOf } from '../../../sources/file-tree';
import { resultKey, type ProposalEdit } from '../../../sources/pre-run/associate';
import type { KeptEdits, KeptResult, PreRunReading } from '../../../workers/pre-run-reading';

export function joinReadings(earlier: PreRunReading, added: PreRunReading): PreRunReading {
  const results = [...earlier.results];
  for (const kept of added.results) {
    const at = results.findIndex(({ result }) => resultKey(result) === resultKey(kept.result));
    const before = results[at];
    if (before === undefined) results.push(kept);
    else if (before.print === kept.print || parentOf(kept.result.file) !== '') results[at] = kept;
    else if (!results.some(({ print }) => print === kept.print)) results.push(renamed(kept, results));
  }
  const isNew = ({ file, message }: { file?: string; message: string }): boolean =>
    !added.problems.some((problem) => problem.message === message || (file && problem.file === file));
  return {
    results,
    manifest: [...added.manifest, ...earlier.manifest],
    problems: [...earlier.problems.filter(isNew), ...added.problems],
  };
}

/** `added-2/request_metrics.csv`: the first number that is free. */
function renamed(kept: KeptResult, others: readonly KeptResult[]): KeptResult {
  for (let number = 2; ; number += 1) {
    const result = { ...kept.result, file: `added-${number}/${kept.result.file}` };
    if (!others.some((other) => resultKey(other.result) === resultKey(result)))
      return { result, print: kept.print };
  }
}

/** What is said about a result by hand; parts that a change does not name stay, no change at all takes everything back. */
export function withEdit(edits: KeptEdits, key: string, edit: ProposalEdit | undefined): KeptEdits {
  if (edit === undefined) return edits.filter(([edited]) => edited !== key);
  const before = edits.find(([edited]) => edited === key)?.[1] ?? {};
  return [...edits.filter(([edited]) => edited !== key), [key, { ...before, ...edit }]];
}
