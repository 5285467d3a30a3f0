// The longest context a model is served with, derived from config.json: BLIS 87cc70ed `cmd/root.go`.

import type { ModelFacts } from './catalog';

/** Scaling types whose stated positions already include the factor. */
const INCLUDED: readonly string[] = ['su', 'longrope', 'llama3'];

/** 0 = unlimited (nothing stated). */
export function deriveMaxModelLen(
  facts: Pick<ModelFacts, 'maxPositionEmbeddings' | 'modelType' | 'ropeScaling'>,
): number {
  const stated = facts.maxPositionEmbeddings;
  if (stated <= 0) return 0;
  const rope = facts.ropeScaling;
  if (rope === undefined || facts.modelType.includes('gemma3')) return stated;
  const type = nonEmptyText(rope['type']) ?? nonEmptyText(rope['rope_type']) ?? '';
  if (INCLUDED.includes(type)) return stated;
  const factor = rope['factor'];
  if (typeof factor !== 'number' || !(factor > 1)) return stated;
  const original = rope['original_max_position_embeddings'];
  const base =
    type === 'yarn' && typeof original === 'number' && Math.trunc(original) > 0
      ? Math.trunc(original)
      : stated;
  const scaled = Math.trunc(base * factor);
  return scaled < 2 ** 63 ? scaled : stated;
}

const nonEmptyText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A context that the cache cannot hold is cut to what it holds. */
export function capMaxModelLen(
  maxModelLen: number,
  totalKvBlocks: number,
  blockSizeTokens: number,
): { readonly maxModelLen: number; readonly isCapped: boolean } {
  const isCapped = maxModelLen > 0 && Math.ceil(maxModelLen / blockSizeTokens) > totalKvBlocks;
  return { maxModelLen: isCapped ? totalKvBlocks * blockSizeTokens : maxModelLen, isCapped };
}
