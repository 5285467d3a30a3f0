// In-flight batching (aiconfigurator v0.9.0, sdk/backends/vllm_backend.py run_agg): a steady state of mixed steps, in which
// `contextTokens` of prefill ride with the decodes, and of decode-only steps. Times are ms.

import { fail, ok, type Result } from '../../../base/result';
import { addOperators, totalMs, type AicEngine, type OperatorProvenance, type OperatorTimes } from './engine';
import { memoryUse, type MemoryUse } from './memory';
import { prefixTooLong } from './static-run';

export interface AggregatedRunInput {
  readonly batch: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Prefill tokens of one mixed step. */
  readonly contextTokens: number;
  readonly prefix: number;
}

export interface AggregatedRun {
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly requestsPerSec: number;
  readonly tokensPerSec: number;
  readonly memory: MemoryUse;
  readonly mixedSteps: number;
  readonly decodeSteps: number;
  readonly mixedStepMs: number;
  readonly decodeStepMs: number;
  readonly mixedMs: OperatorTimes;
  readonly decodeMs: OperatorTimes;
  readonly provenance: OperatorProvenance;
}

/** Names under which a mixed step reports its attention. */
const MIXED_CONTEXT_ATTENTION = 'context_attention (scaled)';
const GENERATION_ATTENTION = 'generation_attention';

/** Floor division of floats as Python defines it: exact at ties where `Math.floor(a / b)` is not. */
export function floorDivide(a: number, b: number): number {
  const quotient = (a - (a % b)) / b;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

interface StepPlan {
  readonly mixed: number;
  readonly decodesPerMixed: number;
  readonly decodeOnly: number;
  readonly decodesPerStep: number;
  /** Mixed steps that count towards TPOT. */
  readonly counted: number;
}

/** New requests queue a little behind the finished ones: three mixed steps do not count towards TPOT. */
const PIPELINE_STEPS = 3;

function planSteps(input: AggregatedRunInput): StepPlan | undefined {
  const { batch, inputTokens, outputTokens, contextTokens } = input;
  if (batch === 1) {
    return { mixed: 1, decodesPerMixed: 0, decodeOnly: outputTokens - 1, decodesPerStep: 1, counted: 0 };
  }
  const steps = Math.ceil((inputTokens * batch) / contextTokens);
  if (steps >= outputTokens) {
    const decodesPerMixed = Math.max(1, floorDivide(batch, steps / outputTokens));
    return { mixed: steps, decodesPerMixed, decodeOnly: 0, decodesPerStep: 0, counted: steps };
  }
  const decodesPerMixed = batch - Math.ceil(contextTokens / inputTokens);
  if (decodesPerMixed < 1) return undefined;
  return {
    mixed: steps,
    decodesPerMixed,
    decodeOnly: outputTokens - steps,
    decodesPerStep: batch,
    counted: Math.max(1, steps - PIPELINE_STEPS),
  };
}

export function runAggregated(engine: AicEngine, input: AggregatedRunInput): Result<AggregatedRun> {
  const { batch, inputTokens, outputTokens, contextTokens } = input;
  if (outputTokens < 2) {
    return fail({
      code: 'bad-value',
      field: 'osl',
      message: `Aggregated serving needs at least 2 output tokens to have a time per output token; found ${String(outputTokens)}.`,
    });
  }
  const plan = planSteps(input);
  if (plan === undefined) {
    return fail({
      code: 'bad-value',
      field: 'ctx_tokens',
      message: `${String(contextTokens)} context tokens of ${String(inputTokens)}-token inputs leave no room to decode in a batch of ${String(batch)}.`,
    });
  }
  const provenance: OperatorProvenance = new Map();
  const mixed = mixedStep(engine, input, plan.decodesPerMixed, provenance);
  if (!mixed.ok) return mixed;
  const decode = decodeStep(engine, input, plan.decodesPerStep, provenance);
  if (!decode.ok) return decode;
  const mixedMs = totalMs(mixed.value);
  const decodeMs = totalMs(decode.value);

  // Queueing in the first rounds: steady-state prefill waits behind others, more so with more steps, up to fourfold.
  const steps = Math.ceil((inputTokens * batch) / contextTokens);
  const waiting = Math.min(2 + (steps - PIPELINE_STEPS) / 2 / 10, 4);
  const ttftMs = mixedMs * Math.ceil(inputTokens / contextTokens) * waiting;
  const tpotMs = (mixedMs * plan.counted + decodeMs * plan.decodeOnly) / (plan.counted + plan.decodeOnly);
  const { pp, dp } = engine.parallel;
  const spanMs = plan.mixed * mixedMs + plan.decodeOnly * decodeMs;
  const tokensPerSec = (1000 / spanMs) * batch * (outputTokens - 1) * pp * dp;
  const stepTokens =
    batch === 1 ? contextTokens : batch - Math.ceil(contextTokens / inputTokens) + contextTokens;
  return ok({
    ttftMs,
    tpotMs,
    requestsPerSec: tokensPerSec / (outputTokens - 1),
    tokensPerSec,
    memory: memoryUse(
      engine.model,
      engine.parallel,
      engine.operators,
      engine.formats.kvCache,
      engine.database.system,
      { batch, inputTokens, outputTokens, stepTokens },
    ),
    mixedSteps: plan.mixed,
    decodeSteps: plan.decodeOnly,
    mixedStepMs: mixedMs,
    decodeStepMs: decodeMs,
    mixedMs: mixed.value,
    decodeMs: decode.value,
    provenance,
  });
}

/** Length at which decode attention is evaluated: half the output generated, plus the new token. */
const averageLength = (input: AggregatedRunInput): number =>
  input.inputTokens + Math.floor(input.outputTokens / 2) + 1;

function mixedStep(
  engine: AicEngine,
  input: AggregatedRunInput,
  decodes: number,
  provenance: OperatorProvenance,
): Result<OperatorTimes> {
  const { inputTokens, contextTokens, prefix } = input;
  const { context, generation } = engine.operators;
  const { database } = engine;
  const times: OperatorTimes = new Map();
  // Everything but attention sees one sequence holding the step's tokens, less what whole prompts find cached.
  const fused = contextTokens + decodes;
  const cached = prefix * Math.floor(contextTokens / inputTokens);
  const fresh = fused - cached;
  if (fresh <= 0) return fail(prefixTooLong(fused, cached));
  if (inputTokens - prefix <= 0) return fail(prefixTooLong(inputTokens, prefix));
  const linear = addOperators(
    context,
    database,
    { tokens: fresh, batch: 1, length: fresh, prefix: cached },
    { times, provenance },
    { wants: (operator) => !operator.isAttention },
  );
  if (!linear.ok) return linear;

  const attention: OperatorTimes = new Map();
  const prompts = Math.ceil(contextTokens / inputTokens);
  const length = inputTokens - prefix;
  const prefill = addOperators(
    context,
    database,
    { tokens: prompts * length, batch: prompts, length, prefix },
    { times: attention, provenance },
    { wants: (operator) => operator.isAttention },
  );
  if (!prefill.ok) return prefill;
  times.set(MIXED_CONTEXT_ATTENTION, totalMs(attention) / Math.ceil(inputTokens / contextTokens));

  const decoding: OperatorTimes = new Map();
  if (decodes > 0) {
    const decode = addOperators(
      generation,
      database,
      { tokens: decodes, batch: decodes, length: averageLength(input), prefix: 0 },
      { times: decoding, provenance },
      { wants: (operator) => operator.isAttention },
    );
    if (!decode.ok) return decode;
  }
  times.set(GENERATION_ATTENTION, totalMs(decoding));
  return ok(times);
}

function decodeStep(
  engine: AicEngine,
  input: AggregatedRunInput,
  decodes: number,
  provenance: OperatorProvenance,
): Result<OperatorTimes> {
  const times: OperatorTimes = new Map();
  if (decodes <= 0) return ok(times);
  const added = addOperators(
    engine.operators.generation,
    engine.database,
    { tokens: decodes, batch: decodes, length: averageLength(input), prefix: 0 },
    { times, provenance },
  );
  return added.ok ? ok(times) : added;
}
