// Do the prompts repeat? Where they do, most of a prompt comes from the server's prefix cache, and a simulator that prefills the
// whole of it answers another question. Often the largest single reason why simulators are off.

import { showCount } from '../../base/display';
import type { Experiment, MeasuredRequests } from '../../domain/experiment';
import { mean } from '../../base/selection';
import { measuredPrompts } from '../../workload/prompt-reuse';
import type { Finding } from './finding';

/** vLLM's default; the share moves by a point between usual block sizes. */
const BLOCK_SIZE_TOKENS = 16;
/** Fewer requests show no cycle worth a sentence. */
const FEWEST_REQUESTS = 60;

/** About the prompts of the measured requests; nothing where they are taken to be distinct, or where too few requests exist. */
export function repeatedPrompts({ profile }: Experiment, requests: MeasuredRequests): Finding | undefined {
  const { count } = requests;
  if (count < FEWEST_REQUESTS) return undefined;
  const systemTokens = profile.systemPromptLen ?? 0;
  const { reuse, inputTokens, cachedTokens } = measuredPrompts(requests, BLOCK_SIZE_TOKENS, systemTokens);
  if (reuse.kind === 'distinct') return undefined;
  const finding = { check: 'repeated-prompts', count, of: count, firstRows: [], effects: [] } as const;
  if (reuse.kind === 'unprovable') {
    return {
      ...finding,
      severity: 'note',
      sentence:
        'Not identifiable: prompt lengths are so even that repeated prompts can be neither shown nor ruled out. Where prompts ' +
        'repeat, a simulator that computes them all predicts TTFT too high.',
    };
  }
  const { period } = reuse;
  const prompt = mean(inputTokens.subarray(period));
  const cached = mean(cachedTokens.subarray(period));
  const shared = BLOCK_SIZE_TOKENS * Math.floor(systemTokens / BLOCK_SIZE_TOKENS);
  return {
    ...finding,
    severity: 'warning',
    sentence:
      `${showCount(count)} requests are ${showCount(period)} distinct prompts, in turn. After the first round, ` +
      `${((100 * cached) / prompt).toFixed(0)} % of prompt tokens came from the prefix cache, if it was on: ` +
      `${showCount(prompt - cached)} tokens a request were left to compute. A simulator that takes the prompts behind the system ` +
      `prompt for distinct computes ${showCount(prompt - shared)}, so its TTFT and its load come out too high.`,
  };
}
