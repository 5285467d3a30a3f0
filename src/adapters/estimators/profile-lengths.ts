// What both estimators take from the load profile: one input and one output length (sim-to-real 5b12a00). They accept only the
// nested `data.shared_prefix` form with all three lengths.

import type { Experiment } from '../../domain/experiment';
import type { Rule } from '../eligibility';

export interface ProfileLengths {
  /** Question and system prompt together. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly systemPromptTokens: number;
}

export function profileLengths(experiment: Experiment): ProfileLengths | undefined {
  const { dataType, hasSharedPrefixObject, questionLen, systemPromptLen, outputLen } = experiment.profile;
  if (dataType !== 'shared_prefix' || !hasSharedPrefixObject) return undefined;
  if (questionLen === undefined || systemPromptLen === undefined || outputLen === undefined) return undefined;
  return {
    inputTokens: questionLen + systemPromptLen,
    outputTokens: outputLen,
    systemPromptTokens: systemPromptLen,
  };
}

export const needsSharedPrefix: Rule = {
  cause: 'profile',
  refuses: (experiment) =>
    profileLengths(experiment) !== undefined
      ? undefined
      : 'The estimate needs one input and one output length: a shared_prefix profile with data.shared_prefix.question_len, system_prompt_len and output_len.',
};
