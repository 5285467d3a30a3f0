// What the engine asks a latency model: one function per question, dispatched on the kind in slot 0 of the model's block.
// Two shapes of step time exist. Most models need five whole-number sums over the batch, which the engine can keep up to
// date in O(1); roofline adds rounded numbers member by member in batch order (all prefills, then all decodes).

import { blackboxTicks } from './blackbox';
import { crossmodelTicks } from './crossmodel';
import {
  KIND_BLACKBOX,
  KIND_CROSSMODEL,
  KIND_PHYSICS,
  KIND_ROOFLINE,
  KIND_ROOFLINE_EARLY,
  KIND_TRAINED_PHYSICS,
  KIND_TRAINED_PHYSICS_DP,
  KIND_TRAINED_ROOFLINE,
  kindOf,
} from './params';
import { physicsTerm, physicsTicks } from './physics';
import { rooflineBytes, rooflineSeconds, rooflineStep } from './roofline';
import { addEarlyMember, earlyRooflineTicks } from './roofline-early';
import { trainedPhysicsAttention, trainedPhysicsDpTicks, trainedPhysicsTicks } from './trained-physics';
import { trainedRooflineAttention, trainedRooflineTicks } from './trained-roofline';

export { outputTokenTicks, postDecodeTicks, queueingTicks } from './params';
export { streamTime } from './physics';

export function latencyKind(p: usize): i32 {
  return kindOf(p);
}

/** True when the caller must sum memberSeconds and memberBytes in batch order and ask rooflineTicks. */
export function isPerMember(p: usize): bool {
  const kind = kindOf(p);
  return kind === KIND_ROOFLINE || kind === KIND_ROOFLINE_EARLY;
}

/** True when stepTicks wants the sum of prefillAttention over the prefill members. */
export function needsAttentionTerm(p: usize): bool {
  const kind = kindOf(p);
  return (
    kind === KIND_TRAINED_ROOFLINE ||
    kind === KIND_TRAINED_PHYSICS ||
    kind === KIND_TRAINED_PHYSICS_DP ||
    kind === KIND_PHYSICS
  );
}

/**
 * Step time of a batch from its sums: new prefill tokens, decode members (one token each), computed tokens of the decode
 * members before the step, attention term of the prefill members added in batch order, and all members.
 */
export function stepTicks(
  p: usize,
  prefillTokens: i64,
  decodeMembers: i64,
  decodeContext: i64,
  prefillAttention: f64,
  batchSize: i64,
): i64 {
  switch (kindOf(p)) {
    case KIND_BLACKBOX:
      return blackboxTicks(p, prefillTokens, decodeMembers);
    case KIND_CROSSMODEL:
      return crossmodelTicks(p, prefillTokens, decodeMembers, batchSize);
    case KIND_TRAINED_ROOFLINE:
      return trainedRooflineTicks(
        p,
        prefillTokens,
        decodeMembers,
        decodeContext,
        prefillAttention,
        batchSize,
      );
    case KIND_TRAINED_PHYSICS:
      return trainedPhysicsTicks(p, prefillTokens, decodeMembers, decodeContext, prefillAttention, batchSize);
    case KIND_PHYSICS:
      return physicsTicks(p, prefillTokens, decodeMembers, decodeContext, prefillAttention);
    default:
      return trainedPhysicsDpTicks(
        p,
        prefillTokens,
        decodeMembers,
        decodeContext,
        prefillAttention,
        batchSize,
      );
  }
}

/** The reference shows a newcomer to its models as if nothing of it were cached; physics sees what is. */
export function seesCachedTokens(p: usize): bool {
  return kindOf(p) === KIND_PHYSICS;
}

/** One prefill member's part of the attention term. */
export function prefillAttention(p: usize, promptTokens: i64, computed: i64, newTokens: i64): f64 {
  const kind = kindOf(p);
  if (kind === KIND_PHYSICS) return physicsTerm(p, computed, newTokens);
  return kind === KIND_TRAINED_ROOFLINE
    ? trainedRooflineAttention(p, promptTokens, computed, newTokens)
    : trainedPhysicsAttention(p, promptTokens, computed, newTokens);
}

/** Compute seconds of one member. Call it before memberBytes, for all prefills, then for all decodes, in batch order. */
export function memberSeconds(p: usize, isPrefill: bool, computed: i64, newTokens: i64): f64 {
  if (kindOf(p) === KIND_ROOFLINE) return rooflineSeconds(p, isPrefill, computed, newTokens);
  addEarlyMember(p, isPrefill, computed, newTokens);
  return 0.0;
}

/** Bytes beyond the weights of one member; a decode member has `newTokens` 1. */
export function memberBytes(p: usize, computed: i64, newTokens: i64): f64 {
  return kindOf(p) === KIND_ROOFLINE ? rooflineBytes(p, computed, newTokens) : 0.0;
}

/** Step time from the members' sums; `tokens` = new prefill tokens + decode members. No members → 1 tick. */
export function rooflineTicks(p: usize, computeSeconds: f64, dynamicBytes: f64, tokens: i64): i64 {
  if (kindOf(p) === KIND_ROOFLINE_EARLY) return earlyRooflineTicks(p);
  return tokens > 0 ? rooflineStep(p, computeSeconds, dynamicBytes, tokens) : 1;
}
