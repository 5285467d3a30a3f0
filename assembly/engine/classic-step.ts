// One step of the classic profile (BLIS 148be7f3 sim/simulator.go): members as they stood at its start, evicted ones
// included, then the queue; progress whether scheduled or not; completion by equality.

import { lookUpClassic, reserveClassic, usedBlocks } from '../kv/classic-blocks';
import { releaseExplicit } from '../kv/explicit';
import { pushBack, pushFront, unlinkRequest } from './batch';
import { Kind, post } from './classic-events';
import { ClassicRules, rulesOf, tick } from './classic-rules';
import { Fault, Instance } from './instance';
import { Request, State } from './request';
import { logFormedStep } from './step-log';

export function classicStep(inst: Instance, now: i64): void {
  const rules = rulesOf(inst);
  inst.steps++;
  inst.prefillTokens = 0;
  inst.scheduledDecodes = 0;
  inst.budget = inst.tokenBudget;
  serveMembers(inst, now);
  if (inst.fault != 0) return;
  admitQueued(inst, now);
  if (inst.fault != 0) return;
  const us =
    (0.0 + rules.beta0 + rules.beta1 * <f64>inst.prefillTokens + rules.beta2 * <f64>inst.scheduledDecodes) *
    1e6;
  if (!(us < 9007199254740992.0)) {
    inst.fault = Fault.ENDLESS_STEP;
    return;
  }
  const duration = tick(us);
  if (inst.log != 0) logFormedStep(inst, now, duration);
  progress(inst, now + duration);
  const used = usedBlocks(inst);
  if (used > rules.peak) rules.peak = used;
  rules.usage += <f64>used * <f64>duration;
  completeMembers(inst, now + duration);
  rules.marked = inst.batchCount > 0;
  if (rules.marked) post(inst, now + duration, Kind.STEP, 0);
}

function chunk(inst: Instance, tokens: u32): u32 {
  const count = inst.prefillChunk > 0 && inst.prefillChunk < tokens ? inst.prefillChunk : tokens;
  return count < inst.budget ? count : inst.budget;
}

function serveMembers(inst: Instance, now: i64): void {
  const rules = rulesOf(inst);
  let members: usize = 0;
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    store<u32>(rules.snapshot + (members << 2), <u32>changetype<usize>(r));
    members++;
  }
  for (let i: usize = 0; i < members; i++) {
    const r = changetype<Request>(<usize>load<u32>(rules.snapshot + (i << 2)));
    if (inst.budget == 0) {
      rules.exhausted++;
      return;
    }
    const from = <u32>r.progress;
    if (r.inputTokens > from) {
      const count = chunk(inst, r.inputTokens - from);
      if (!reserveEvicting(inst, r, from, from + count, now)) return;
      inst.budget -= count;
      inst.prefillTokens += count;
      r.scheduled += count;
    } else if (r.outputTokens > 0) {
      if (!reserveEvicting(inst, r, from, from + 1, now)) return;
      inst.budget--;
      inst.scheduledDecodes++;
    }
  }
}

/** Evicts from the tail of the batch until the blocks are there; false if r itself had to go. */
function reserveEvicting(inst: Instance, r: Request, from: u32, to: u32, now: i64): bool {
  const rules = rulesOf(inst);
  while (!reserveClassic(inst, r, from, to, 0)) {
    if (inst.fault != 0) return false;
    rules.closed = true;
    inst.preemptions++;
    if (inst.batchCount == 0) {
      inst.fault = Fault.EMPTY_BATCH;
      inst.faultRow = r.row;
      return false;
    }
    const victim = inst.batch.prev;
    unlinkRequest(victim);
    inst.batchCount--;
    post(inst, now, Kind.PASSIVE, 0);
    victim.progress = 0;
    victim.state = State.QUEUED;
    releaseExplicit(inst, victim);
    pushFront(inst.waiting, victim);
    inst.waitingCount++;
    if (victim == r) return false;
  }
  return true;
}

function admitQueued(inst: Instance, now: i64): void {
  const rules = rulesOf(inst);
  while (inst.batchCount < inst.maxRunning && inst.waitingCount > 0 && inst.budget > 0 && !rules.closed) {
    const r = inst.waiting.next;
    const cached = lookUpClassic(inst, r);
    const from = cached * inst.blockSize;
    const count = chunk(inst, r.inputTokens - from);
    if (!reserveClassic(inst, r, from, from + count, cached)) return;
    unlinkRequest(r);
    inst.waitingCount--;
    pushBack(inst.batch, r);
    inst.batchCount++;
    r.state = State.RUNNING;
    r.itlStart = <u32>inst.steps;
    r.scheduled = from + count;
    r.schedulingDelayUs = now - r.arrivalUs;
    inst.budget -= count;
    inst.prefillTokens += count;
    post(inst, now, Kind.PASSIVE, 0);
  }
}

function progress(inst: Instance, end: i64): void {
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    if (r.progress < <i64>r.inputTokens) r.progress = r.scheduled;
    else {
      r.progress++;
      inst.outputTokens++;
    }
    if (r.progress == <i64>r.inputTokens) r.firstTokenUs = end - r.arrivalUs;
  }
}

function completeMembers(inst: Instance, end: i64): void {
  const rules = rulesOf(inst);
  let r = inst.batch.next;
  while (r != inst.batch) {
    const next = r.next;
    const target = <i64>r.inputTokens + <i64>(r.outputTokens > 1 ? r.outputTokens - 1 : 0);
    if (r.progress == target) completeMember(inst, rules, r, end);
    r = next;
  }
}

function completeMember(inst: Instance, rules: ClassicRules, r: Request, end: i64): void {
  unlinkRequest(r);
  inst.batchCount--;
  const at = <u32>r.progress;
  if (r.outputTokens > 0 && !reserveClassic(inst, r, at, at + 1, 0)) {
    // It vanishes: no metrics, and its blocks are never released.
    rules.lost++;
    r.state = State.DROPPED;
    return;
  }
  releaseExplicit(inst, r);
  r.state = State.COMPLETED;
  inst.completed++;
  r.sumUs = end - r.arrivalUs;
  r.round = <u32>inst.steps - r.itlStart;
  rules.activeSteps += r.round;
  post(
    inst,
    end + tick(0.0 + rules.finishSlope * <f64>r.inputTokens + rules.finishConstant),
    Kind.PASSIVE,
    0,
  );
}
