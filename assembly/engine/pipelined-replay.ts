// Replay of one run under the physical step-time model, for fitting: the same requests are simulated up to some hundred times
// with other parameters, so this kernel does only what that needs. It is not the engine of the other models, on purpose: cached
// prompt tokens are an input (no KV blocks, no pressure, no preemption), time is real-valued (a step truncated to whole ticks
// makes the fitted loss rough), and columns stay in memory from run to run. A step costs O(1): only the number of decoders D
// and the sum S of their context lengths enter it (prompt length at a request's first decode step, one more at each further
// one), and finishing requests wait in a bucket of their last step.
//
// Schedule. Step k starts at s and lasts T. Pipelined: its batch is decided when step k − 1 starts, except after an idle time,
// where it is decided at once; otherwise it is decided when it starts. A slot is free for a decision at or after the end of
// the step with its request's last token. First the unfinished prefill goes on, then requests are admitted in arrival order
// while slots and token budget last; at most one prefill stays unfinished, and nobody is admitted behind it. The first token
// comes with the step that completes the prompt, then one token a step. Token times as the client sees them add a front-end
// time for every decoding request, since all token streams share one process.

import { physicsGemm, physicsPrefill, physicsQueueing, physicsRest, physicsStream } from '../latency/physics';
import { allocate } from '../memory-arena';

@unmanaged
class Replay {
  // Set up once.
  count: i32;
  slots: i32;
  budget: i32;
  ringMask: i32;
  /** f64 columns, sorted by arrival. */
  arrival: usize;
  ttft: usize;
  e2e: usize;
  /** i32 columns. */
  prompt: usize;
  cached: usize;
  output: usize;
  /** Physical parameters, see latency/physics.ts. */
  block: usize;
  /** µs of weights and matrix products by number of tokens in the step. */
  gemm: usize;
  /** Heads of the lists of requests by the step (modulo ring size) of their last token; −1 = none. */
  bucket: usize;
  next: usize;
  // One run.
  pipelined: bool;
  scale: f64;
  now: f64;
  lastStart: f64;
  steps: i32;
  decoders: i32;
  context: f64;
  waiting: i32;
  unfinished: i32;
  computed: i32;
  justFinished: i32;
}

function f64At(column: usize, row: i32): usize {
  return column + ((<usize>row) << 3);
}

function i32At(column: usize, row: i32): usize {
  return column + ((<usize>row) << 2);
}

/** Memory for runs over `count` requests of at most `maxOutput` output tokens. */
export function replayCreate(count: i32, maxOutput: i32, slots: i32, budget: i32): usize {
  const r = changetype<Replay>(allocate(offsetof<Replay>()));
  r.count = count;
  r.slots = slots;
  r.budget = budget;
  let ring = 2;
  while (ring <= maxOutput) ring <<= 1;
  r.ringMask = ring - 1;
  r.arrival = allocate((<usize>count) << 3);
  r.ttft = allocate((<usize>count) << 3);
  r.e2e = allocate((<usize>count) << 3);
  r.prompt = allocate((<usize>count) << 2);
  r.cached = allocate((<usize>count) << 2);
  r.output = allocate((<usize>count) << 2);
  r.block = allocate(256);
  r.gemm = allocate((<usize>(slots + budget + 1)) << 3);
  r.bucket = allocate((<usize>ring) << 2);
  r.next = allocate((<usize>count) << 2);
  return changetype<usize>(r);
}

export function replayArrival(r: usize): usize {
  return changetype<Replay>(r).arrival;
}
export function replayPrompt(r: usize): usize {
  return changetype<Replay>(r).prompt;
}
export function replayCached(r: usize): usize {
  return changetype<Replay>(r).cached;
}
export function replayOutput(r: usize): usize {
  return changetype<Replay>(r).output;
}
export function replayBlock(r: usize): usize {
  return changetype<Replay>(r).block;
}
export function replayTtft(r: usize): usize {
  return changetype<Replay>(r).ttft;
}
export function replayE2e(r: usize): usize {
  return changetype<Replay>(r).e2e;
}
export function replaySteps(r: usize): i32 {
  return changetype<Replay>(r).steps;
}
/** Requests admitted so far, for progress. */
export function replayAdmitted(r: usize): i32 {
  return changetype<Replay>(r).waiting;
}

/** Begins a run with the parameters in the block. Every step time is multiplied by `scale` (1 = as the model says). */
export function replayStart(pointer: usize, pipelined: bool, scale: f64): void {
  const r = changetype<Replay>(pointer);
  const tokens = r.slots + r.budget;
  for (let x = 0; x <= tokens; x++) store<f64>(f64At(r.gemm, x), physicsGemm(r.block, x));
  memory.fill(r.bucket, 0xff, (<usize>(r.ringMask + 1)) << 2);
  r.pipelined = pipelined;
  r.scale = scale;
  r.now = -Infinity;
  r.lastStart = -Infinity;
  r.steps = 0;
  r.decoders = 0;
  r.context = 0;
  r.waiting = 0;
  r.unfinished = -1;
  r.computed = 0;
  r.justFinished = 0;
}

/** Runs at most `maxSteps` further steps; true when every request has its last token. */
export function replayAdvance(pointer: usize, maxSteps: i32): bool {
  const r = changetype<Replay>(pointer);
  const block = r.block;
  const delay = physicsQueueing(block);
  const stream = physicsStream(block);
  const count = r.count;
  const slots = r.slots;
  const ringMask = r.ringMask;
  let now = r.now;
  let lastStart = r.lastStart;
  let step = r.steps;
  let decoders = r.decoders;
  let context = r.context;
  let waiting = r.waiting;
  let unfinished = r.unfinished;
  let computed = r.computed;
  let justFinished = r.justFinished;
  let done = false;
  const limit = step + maxSteps;

  while (step < limit) {
    if (decoders == 0 && unfinished < 0) {
      // A pipelined decision at the start of the previous step may still fill this one; if it finds nobody, we are idle.
      const ready = waiting < count ? load<f64>(f64At(r.arrival, waiting)) + delay : Infinity;
      if (!r.pipelined || ready > lastStart || justFinished >= slots) {
        if (waiting >= count) {
          done = true;
          break;
        }
        if (ready > now) now = ready;
        lastStart = now;
        justFinished = 0;
      }
    }
    const decided = r.pipelined ? lastStart : now;
    let used = decoders + (r.pipelined ? justFinished : 0);
    let budget = r.budget - decoders;
    let tokens = 0;
    let prefill: f64 = 0;
    // Requests first … last − 1 complete their prompt in this step.
    let first = waiting;
    if (unfinished >= 0) {
      first = unfinished;
      used += 1;
      const rest = load<i32>(i32At(r.prompt, unfinished)) - computed;
      const chunk = rest < budget ? rest : budget;
      if (chunk > 0) {
        prefill += physicsPrefill(block, <f64>computed, <f64>chunk);
        tokens += chunk;
        budget -= chunk;
        computed += chunk;
        if (chunk == rest) unfinished = -1;
      }
    }
    let last = unfinished < 0 ? waiting : unfinished;
    if (unfinished < 0) {
      while (
        waiting < count &&
        used < slots &&
        budget > 0 &&
        load<f64>(f64At(r.arrival, waiting)) + delay <= decided
      ) {
        const prompt = load<i32>(i32At(r.prompt, waiting));
        const cached = load<i32>(i32At(r.cached, waiting));
        const rest = prompt - cached > 1 ? prompt - cached : 1;
        const chunk = rest < budget ? rest : budget;
        prefill += physicsPrefill(block, <f64>(prompt - rest), <f64>chunk);
        tokens += chunk;
        budget -= chunk;
        used += 1;
        waiting += 1;
        if (chunk < rest) {
          unfinished = waiting - 1;
          computed = prompt - rest + chunk;
          break;
        }
        last = waiting;
      }
    }

    const duration =
      r.scale *
      (load<f64>(f64At(r.gemm, decoders + tokens)) +
        physicsRest(block, <f64>decoders, context, <f64>tokens, prefill));
    const end = now + duration;

    // Last tokens of this step.
    let finished = 0;
    const place = i32At(r.bucket, step & ringMask);
    const head = load<i32>(place);
    for (let i = head; i >= 0; i = load<i32>(i32At(r.next, i))) finished += 1;
    const left = decoders - finished;
    let ended: f64 = 0;
    for (let i = head; i >= 0; i = load<i32>(i32At(r.next, i))) {
      store<f64>(f64At(r.e2e, i), end - load<f64>(f64At(r.arrival, i)) + stream * <f64>left);
      ended += <f64>(load<i32>(i32At(r.prompt, i)) + load<i32>(i32At(r.output, i)) - 1);
    }
    store<i32>(place, -1);
    justFinished = finished;

    // First tokens of this step.
    let joining = 0;
    let joiningContext: f64 = 0;
    for (let i = first; i < last; i++) {
      const since = end - load<f64>(f64At(r.arrival, i));
      store<f64>(f64At(r.ttft, i), since + stream * <f64>decoders);
      const output = load<i32>(i32At(r.output, i));
      if (output <= 1) {
        store<f64>(f64At(r.e2e, i), since + stream * <f64>left);
        justFinished += 1;
        continue;
      }
      const lastStep = i32At(r.bucket, (step + output - 1) & ringMask);
      store<i32>(i32At(r.next, i), load<i32>(lastStep));
      store<i32>(lastStep, i);
      joining += 1;
      joiningContext += <f64>load<i32>(i32At(r.prompt, i));
    }

    context += <f64>decoders - ended + joiningContext;
    decoders = left + joining;
    lastStart = now;
    now = end;
    step += 1;
  }

  r.now = now;
  r.lastStart = lastStart;
  r.steps = step;
  r.decoders = decoders;
  r.context = context;
  r.waiting = waiting;
  r.unfinished = unfinished;
  r.computed = computed;
  r.justFinished = justFinished;
  return done;
}
