// What "Copy report" copies: enough to find a defect, and nothing of the reader's data (no file names, no numbers of theirs).

import type { PairFailure } from '../../workers/protocol';

export function failureReport(
  simulator: string,
  failure: PairFailure,
  modelVersion: string,
  browser: string,
): string {
  return [
    `Plumbline ${modelVersion}`,
    `Browser: ${browser}`,
    `Simulator: ${simulator}`,
    `Problem: ${failure.problem.code}`,
    // A stack names our own functions; an expected failure's message may name files, and is left out.
    failure.stack ?? '(no stack)',
  ].join('\n');
}
