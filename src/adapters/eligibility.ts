// Eligibility as a table: each rule names a property of the experiment, the word for a matrix cell and the sentence for a reader.
// The first rule that refuses decides.

import type { Eligibility } from './adapter';
import type { Experiment } from '../domain/experiment';

export interface Rule {
  readonly cause: string;
  /** The sentence, when the rule refuses this experiment. */
  readonly refuses: (experiment: Experiment) => string | undefined;
}

export function decide(rules: readonly Rule[], experiment: Experiment): Eligibility {
  for (const { cause, refuses } of rules) {
    const reason = refuses(experiment);
    if (reason !== undefined) return { canRun: false, cause, reason };
  }
  return { canRun: true };
}

/** Refuses when the experiment's hardware is not among the known ones. */
export const hardwareIn = (known: readonly string[], simulator: string): Rule => ({
  cause: 'hardware',
  refuses: ({ hardware }) =>
    known.includes(hardware)
      ? undefined
      : `${simulator} covers ${known.join(' and ')}; this experiment ran on ${hardware}.`,
});
