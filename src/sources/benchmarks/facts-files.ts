// Files that describe servers and hold no results, and what they said.

import type { KvSource } from '../../domain/experiment';
import { nameOf } from '../file-tree';
import type { FactName, ServerFacts } from '../formats/server-facts';

export interface KnownFact {
  readonly name: FactName;
  readonly value: NonNullable<ServerFacts[FactName]>;
  /** The file that says so. */
  readonly from: string;
}

export const FACTS_NAME = 'server.yaml';
export const FACTS_ENDING = '.server.yaml';
export const LOG_NAME = 'vllm.log';

export function isFactsFile(path: string): boolean {
  const name = nameOf(path).toLowerCase();
  return name === FACTS_NAME || name === LOG_NAME || name.endsWith(FACTS_ENDING);
}

export const valuesOf = (facts: readonly KnownFact[]): ServerFacts =>
  Object.fromEntries(facts.map(({ name, value }) => [name, value]));

/** Where the size of the KV cache came from. */
export function kvSourceOf(facts: readonly KnownFact[]): KvSource {
  const from = facts.find(({ name }) => name === 'total_kv_blocks')?.from;
  if (from === undefined) return 'user';
  if (nameOf(from).toLowerCase() === LOG_NAME) return 'vllm.log';
  return isFactsFile(from) ? 'server.yaml' : 'the file';
}
