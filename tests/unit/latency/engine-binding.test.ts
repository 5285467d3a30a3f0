// The engine and the batch evaluator answer alike: 300 requests with chunked prefill, once through the engine, once through
// a plain serving loop whose step times are those of the batch evaluator.
import { describe, expect, it } from 'vitest';
import { resolveBlisOptions } from '../../../src/adapters/blis/resolve-options';
import type { BlisOptions } from '../../../src/adapters/blis/blis-options';
import { simulate } from '../../../src/engine/simulate';
import { batchColumns, evaluateStepTimes } from '../../../src/engine/step-times';
import { parseTraceV2 } from '../../../src/sources/trace-v2';
import type { Workload } from '../../../src/domain/workload';
import { replayWorkload } from '../../../src/workload/replay';
import { shippedCatalog } from '../../support/catalog';
import { servePlainly, type PlainRequest } from '../../support/plain-server';
import { releaseModule } from '../../support/wasm';

const LIMITS = { maxNumRunningReqs: 24, maxNumScheduledTokens: 512 };

/** A fixed multiplicative sequence: bursts and pauses, prompts up to 1,500 tokens, outputs up to 120. */
const requests: readonly PlainRequest[] = (() => {
  let state = 12345;
  const draw = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  let arrivalUs = 0;
  return Array.from({ length: 300 }, () => {
    arrivalUs += draw(10) < 3 ? draw(900_000) : draw(40_000);
    return { arrivalUs, promptTokens: 1 + draw(draw(4) === 0 ? 1500 : 300), outputTokens: 1 + draw(120) };
  });
})();

function workloadOf(): Workload {
  const lines = requests.map(
    ({ promptTokens, outputTokens, arrivalUs }, row) =>
      `${row},,,,,0,,0,true,${promptTokens},${outputTokens},0,0,0,0,0,,0,0,${arrivalUs},0,0,0,0,ok,,`,
  );
  const names = { header: 'header.yaml', data: 'data.csv' };
  const trace = parseTraceV2('trace_version: 2\n', ['header', ...lines].join('\n'), names);
  if (!trace.ok) throw new Error(trace.error.message);
  const workload = replayWorkload(trace.value, { sessionMode: 'fixed', horizonUs: Infinity });
  if (!workload.ok) throw new Error(workload.error.message);
  return workload.value;
}

describe('engine and batch evaluator', () => {
  const module = releaseModule();
  const catalog = shippedCatalog();
  const cases: readonly (readonly [string, Partial<BlisOptions>])[] = [
    ['roofline', { latencyModel: 'roofline' }],
    ['blackbox', { latencyModel: 'blackbox' }],
    ['crossmodel', { latencyModel: 'crossmodel' }],
    ['trained-roofline', { latencyModel: 'trained-roofline' }],
    ['trained-physics', { latencyModel: 'trained-physics' }],
    [
      'roofline, experts',
      { latencyModel: 'roofline', model: 'mistralai/mixtral-8x7b-v0.1', hardware: 'H100', tp: 2 },
    ],
    ['roofline of b05154c', { latencyModel: 'roofline', version: 'b05154c', hardware: 'H100', tp: 2 }],
    [
      'trained-physics of f90a1e3a',
      { version: 'f90a1e3a', model: 'mistralai/mixtral-8x7b-v0.1', hardware: 'H100', tp: 2, dp: 2 },
    ],
    ['trained-physics, corrected', { latencyModel: 'trained-physics', mode: 'corrected' }],
  ];

  it.each(cases)('%s', async (_, options) => {
    const resolved = resolveBlisOptions(
      { model: 'meta-llama/llama-3.1-8b-instruct', ...LIMITS, ...options },
      catalog,
    );
    if (!resolved.ok) throw new Error(resolved.error.message);
    const { config } = resolved.value;
    const outcome = await simulate(module, config, workloadOf(), { stepLog: true });
    if (!outcome.ok) throw new Error(outcome.error.message);
    const { steps, requests: rows } = outcome.value;
    if (steps === undefined) throw new Error('no step log');

    const everyRequest = batchColumns([
      { model: 0, members: requests.map((request) => ({ ...request, computedTokens: 0, newTokens: 1 })) },
    ]);
    const overheads = evaluateStepTimes(module, [config.latency], everyRequest);
    const run = servePlainly(requests, LIMITS, {
      queueingUs: overheads.queueingUs,
      outputTokenUs: overheads.outputTokenUs[0]!,
      postDecodeUs: overheads.postDecodeUs[0]!,
      stepUs: (step) => steps.durationUs[step]!,
    });
    const times = evaluateStepTimes(
      module,
      [config.latency],
      batchColumns(run.batches.map((members) => ({ model: 0, members }))),
    );
    expect(steps.count).toBeGreaterThan(500);
    expect([...steps.durationUs]).toEqual([...times.stepUs]);
    expect([...steps.startUs]).toEqual([...run.startUs]);
    expect([...rows.ttftUs]).toEqual(run.ttftUs);
    expect([...rows.e2eUs]).toEqual(run.e2eUs);
  });
});
