// Parameters and findings in the words of somebody who runs servers.

import type { PhysicsParameterName } from '../domain/physics';
import type { ParameterEstimate } from './fit';
import type { PreparedRun } from './prepared-run';
import { longestCycle } from '../workload/prompt-reuse';

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const micros = (us: number): string =>
  us >= 1000 ? `${(us / 1000).toFixed(2)} ms` : `${us < 10 ? us.toFixed(1) : us.toFixed(0)} µs`;

const WORDS: Readonly<Record<PhysicsParameterName, (value: number) => string>> = {
  eW: (v) => `Weights stream at ${percent(v)} of memory bandwidth`,
  eX: (v) => `Expert weights stream at ${percent(v)} of memory bandwidth`,
  eK: (v) => `The KV cache is read at ${percent(v)} of memory bandwidth`,
  eKg: (v) => `The KV cache is read at ${percent(v)} of memory bandwidth (grouped queries)`,
  eC: (v) => `Matrix products reach ${percent(v)} of the peak FLOP rate`,
  t0: (v) => `Every step costs ${micros(v)} before any work`,
  tL: (v) => `Every layer of a step costs ${micros(v)} more`,
  tAR: (v) => `Every all-reduce costs ${micros(v)} for each peer GPU`,
  eN: (v) => `All-reduce data moves at ${percent(v)} of the link rate`,
  tS: (v) => `Every decoding request adds ${micros(v)} to a step`,
  tM: (v) => `A step that contains prefill costs ${micros(v)} more`,
  q: (v) => `A request waits ${micros(v)} before the scheduler sees it`,
  pD: (v) => `Every decoding request delays token delivery by ${micros(v)}`,
};

export const sayParameter = (name: PhysicsParameterName, value: number): string => WORDS[name](value);

/** Shares below which a value is the prior's, and above which it is the data's. */
const PRIOR_SHARE = 0.1;
const DATA_SHARE = 0.6;

/** Who says so: the measurements, what is known of other servers, or both. */
export function sayDataShare({ dataShare }: Pick<ParameterEstimate, 'dataShare'>): string {
  if (dataShare < PRIOR_SHARE) return 'not identifiable here: taken from other servers';
  if (dataShare > DATA_SHARE) return 'mostly measured';
  return 'part measured, part from other servers';
}

const count = (value: number): string => value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** What was found out about a run before anything was fitted. */
export function sayFindings(run: PreparedRun): string[] {
  const { reuse, outputRule } = run;
  const found: string[] = [];
  if (reuse.kind === 'periodic') {
    found.push(
      `${count(run.count)} requests are ${count(reuse.period)} distinct prompts; ${percent(run.cachedShare)} of prompt tokens came from the prefix cache.`,
    );
  } else if (reuse.kind === 'distinct') {
    found.push(
      reuse.source === 'detected'
        ? `No cycle of up to ${count(longestCycle(run.count))} prompts repeats; ${percent(run.cachedShare)} of prompt tokens came from the prefix cache (the shared system prompt).`
        : `Prompts are taken to be distinct; ${percent(run.cachedShare)} of prompt tokens came from the prefix cache (the shared system prompt).`,
    );
  }
  found.push(`The first ${count(run.warmFrom)} requests count as warm-up.`);
  found.push(
    run.deployment.server.pipelinedScheduling
      ? 'Batches are taken to be decided one step ahead (vLLM 0.14 and later).'
      : 'Batches are taken to be decided when a step starts (vLLM before 0.14).',
  );
  found.push(
    outputRule.kind === 'fixed'
      ? `Every request generated ${count(outputRule.tokens)} tokens, as configured.`
      : 'Output lengths are those that the client reported.',
  );
  return [...found, ...run.notes];
}
