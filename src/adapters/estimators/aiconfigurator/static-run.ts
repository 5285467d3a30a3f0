// Static batching (aiconfigurator v0.9.0, sdk/backends/base_backend.py run_static): one batch prefilled, then decoded to its end.
// Decode steps are evaluated every 32 tokens and stand for the steps up to the next.

import { fail, ok, type Result } from '../../../base/result';
import { addOperators, totalMs, type AicEngine, type OperatorProvenance, type OperatorTimes } from './engine';
import { memoryUse, type MemoryUse } from './memory';

export interface StaticRunInput {
  readonly batch: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Cached tokens of each prompt. */
  readonly prefix: number;
}

export interface StaticRun {
  readonly contextMs: OperatorTimes;
  readonly generationMs: OperatorTimes;
  readonly provenance: OperatorProvenance;
  readonly memory: MemoryUse;
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly requestsPerSec: number;
  readonly tokensPerSec: number;
}

const DECODE_STRIDE = 32;

export function runStatic(engine: AicEngine, input: StaticRunInput): Result<StaticRun> {
  const { batch, inputTokens, outputTokens, prefix } = input;
  const fresh = inputTokens - prefix;
  if (fresh <= 0) return fail(prefixTooLong(inputTokens, prefix));
  const provenance: OperatorProvenance = new Map();
  const contextMs: OperatorTimes = new Map();
  const context = addOperators(
    engine.operators.context,
    engine.database,
    { tokens: batch * fresh, batch, length: fresh, prefix },
    { times: contextMs, provenance },
  );
  if (!context.ok) return context;
  const generationMs: OperatorTimes = new Map();
  const steps = outputTokens - 1;
  for (let i = 0; i < steps; i += DECODE_STRIDE) {
    const decode = addOperators(
      engine.operators.generation,
      engine.database,
      { tokens: batch, batch, length: inputTokens + i + 1, prefix: 0 },
      { times: generationMs, provenance },
      { weight: Math.min(DECODE_STRIDE, steps - i) },
    );
    if (!decode.ok) return decode;
  }
  const ttftMs = totalMs(contextMs);
  const tpotMs = steps > 0 ? totalMs(generationMs) / steps : 0;
  const latencyMs = ttftMs + tpotMs * steps;
  const { dp, pp } = engine.parallel;
  const requestsPerSec = latencyMs > 0 ? ((batch * dp) / latencyMs) * 1000 * pp : 0;
  const memory = memoryUse(
    engine.model,
    engine.parallel,
    engine.operators,
    engine.formats.kvCache,
    engine.database.system,
    { batch, inputTokens, outputTokens, stepTokens: fresh * batch },
  );
  return ok({
    contextMs,
    generationMs,
    provenance,
    memory,
    ttftMs,
    tpotMs,
    requestsPerSec,
    tokensPerSec: requestsPerSec * outputTokens,
  });
}

export const prefixTooLong = (inputTokens: number, prefix: number) => ({
  code: 'bad-value' as const,
  field: 'prefix',
  message: `A cached prefix of ${String(prefix)} tokens leaves nothing of a ${String(inputTokens)}-token input to prefill.`,
});
