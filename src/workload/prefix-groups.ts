// Shared prefixes: every group's tokens are drawn before any client starts, in order of first appearance, and the first
// client of a group decides its length (spec 3 step 3).

import type { RandomStream } from '../domain/random';
import { FNV_START, digestTokens } from './token-digest';
import type { ClientSpec } from './spec';
import { DEFAULT_PREFIX_TOKENS } from './spec';

export interface GroupPrefix {
  /** Token stream of the group's content. */
  readonly stream: number;
  readonly tokens: number;
  /** The ids and their running digest, where ids are wanted. */
  readonly ids: Uint32Array;
  readonly hash: number;
}

const noIds = new Uint32Array(0);

export function drawPrefixes(
  clients: readonly ClientSpec[],
  stream: RandomStream,
  wantsIds: boolean,
): ReadonlyMap<string, GroupPrefix> {
  const groups = new Map<string, GroupPrefix>();
  for (const { prefixGroup, prefixLength } of clients) {
    if (prefixGroup === '' || groups.has(prefixGroup)) continue;
    const tokens = prefixLength > 0 ? prefixLength : DEFAULT_PREFIX_TOKENS;
    const ids = wantsIds ? stream.tokens(tokens) : noIds;
    if (!wantsIds) stream.skipTokens(tokens);
    const hash = wantsIds ? digestTokens(ids) : FNV_START;
    groups.set(prefixGroup, { stream: groups.size, tokens, ids, hash });
  }
  return groups;
}
