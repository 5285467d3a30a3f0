// The load generator's profile as the workload specification that the study hands to BLIS (sim-to-real 5b12a00
// experiment/adapters/base.py, validator spec 8.2). Written as the YAML text itself, so that what runs here is what can be run there.

import { pythonFloat } from '../../base/python-numbers';
import type { LoadProfile } from '../../domain/experiment';
import { plannedTotal } from '../../sources/pre-run/planned-requests';

export const BLIS_SEED = 42;

/** How `enable_multi_turn_chat` is read: as the profile states it, or `off` as the load generator means it. */
export type MultiTurnReading = 'as-profile' | 'off';

/** Keys sorted, as the study's YAML writer sorts them. */
export function workloadSpecYaml(profile: LoadProfile, reading: MultiTurnReading): string {
  const isMultiTurn = reading === 'as-profile' && profile.enableMultiTurnChat === true;
  return [
    'inference_perf:',
    '  shared_prefix:',
    `    enable_multi_turn_chat: ${String(isMultiTurn)}`,
    `    num_unique_system_prompts: ${profile.numUniqueSystemPrompts ?? 1}`,
    `    num_users_per_system_prompt: ${profile.numUsersPerSystemPrompt ?? 1}`,
    `    output_len: ${profile.outputLen ?? 512}`,
    `    question_len: ${profile.questionLen ?? 512}`,
    `    system_prompt_len: ${profile.systemPromptLen ?? 0}`,
    '  stages:',
    ...profile.stages.flatMap(({ rateRps, durationS }) => [
      `  - duration: ${Math.trunc(durationS)}`,
      `    rate: ${pythonFloat(rateRps)}`,
    ]),
    `num_requests: ${plannedTotal(profile.stages)}`,
    `seed: ${BLIS_SEED}`,
    "version: '2'",
    '',
  ].join('\n');
}
