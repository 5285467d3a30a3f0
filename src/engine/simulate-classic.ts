// A run of the classic profile: the module's classic rules over a table of requests with real token ids.

import { fail, ok, type Result } from '../base/result';
import type { ClassicConfig, ClassicRequests, ClassicResult } from '../domain/classic';
import { REQUEST_STATUSES } from '../domain/run-result';
import {
  instantiate,
  NO_LIMIT,
  readLayout,
  readSummary,
  type EngineExports,
  type RequestLayout,
} from './binding';
import { CONFIG_SLOTS } from './config-block';
import { LATENCY_BLOCK_SLOTS } from './latency-params';
import { StepLog, STEP_LOG_ROWS } from './step-log';
import type { SimulationHooks } from './simulate';

const SLICE_EVENTS = 20_000;
const COMPLETED = REQUEST_STATUSES.indexOf('completed');

export async function simulateClassic(
  module: WebAssembly.Module,
  config: ClassicConfig,
  requests: ClassicRequests,
  hooks: SimulationHooks = {},
): Promise<Result<ClassicResult>> {
  const engine = instantiate(module);
  const layout = readLayout(engine);
  const table = writeTable(engine, layout, requests);
  const instance = engine.configureInstance(writeConfig(engine, config, hooks.stepLog === true));
  engine.beginClassic(
    instance,
    writeNumbers(engine, [...config.regression, ...config.queueing, ...config.finishing]),
  );
  const log = hooks.stepLog === true ? new StepLog(engine, instance) : undefined;
  for (;;) {
    const done = engine.run(instance, NO_LIMIT, SLICE_EVENTS);
    const drained = log?.drain() ?? false;
    hooks.onProgress?.(engine.endedCount(instance), requests.count);
    if (done < SLICE_EVENTS && !drained) break;
    if (hooks.isCancelled?.() === true) return fail({ code: 'cancelled', message: 'The run was cancelled.' });
    await hooks.breathe?.();
  }
  const summary = readSummary(engine, instance);
  const fault = faultMessage(summary.fault, summary.faultRow, summary.clockUs);
  if (fault !== undefined) return fail({ code: 'not-supported', message: fault });
  const at = engine.allocate(6 * 8);
  engine.writeClassicSummary(instance, at);
  const [kvUsageSum = 0, kvPeakBlocks = 0, activeStepsSum = 0, shortages = 0, exhausted = 0, lost = 0] =
    new Float64Array(engine.memory.buffer, at, 6);
  return ok({
    completed: summary.completed,
    inputTokens: summary.inputTokens,
    outputTokens: summary.outputTokens,
    endUs: Math.min(summary.clockUs, config.horizonUs),
    ...readTable(engine, layout, table, requests.count),
    activeStepsSum,
    kvUsageSum,
    kvPeakBlocks,
    strandedRequests: summary.queued,
    runningRequests: summary.running,
    warnings: {
      preemptions: summary.preemptions,
      kv_shortage: shortages,
      budget_exhausted: exhausted,
      final_token_lost: lost,
    },
    ...(log === undefined ? {} : { steps: log.columns() }),
    stepCount: summary.steps,
  });
}

/** What the founding version crashes on. */
function faultMessage(fault: number, row: number, clockUs: number): string | undefined {
  switch (fault) {
    case 0:
      return undefined;
    case 3:
      return (
        `request_${row} needs KV blocks at tick ${clockUs} and nobody is left to evict; the founding version crashes here. ` +
        'Raise --total-kv-blocks or lower the token budget.'
      );
    case 4:
      return (
        `request_${row} asks at tick ${clockUs} for a token it does not have (an empty prompt with at most one output ` +
        'token, or with one-token blocks); the founding version crashes here.'
      );
    default:
      return `The step at tick ${clockUs} would last 2^53 µs or longer; check --regression-coeffs (seconds).`;
  }
}

function writeNumbers(engine: EngineExports, values: readonly number[]): number {
  const at = engine.allocate(values.length * 8);
  new Float64Array(engine.memory.buffer, at, values.length).set(values);
  return at;
}

function writeConfig(engine: EngineExports, config: ClassicConfig, stepLog: boolean): number {
  // The classic rules time steps themselves; the block only has to be there.
  const latency = engine.allocate(LATENCY_BLOCK_SLOTS * 8);
  const horizonUs = config.horizonUs;
  const slots = new Array<number>(CONFIG_SLOTS).fill(0);
  const given = [
    config.totalKvBlocks,
    config.blockSizeTokens,
    config.maxNumRunningReqs,
    config.maxNumScheduledTokens,
    config.longPrefillTokenThreshold,
    0,
    horizonUs,
    0,
    latency,
    64,
    0,
    0,
    stepLog ? STEP_LOG_ROWS : 0,
    0,
    0,
    1,
    1,
  ];
  return writeNumbers(engine, [...given, ...slots.slice(given.length)]);
}

function writeTable(engine: EngineExports, layout: RequestLayout, requests: ClassicRequests): number {
  const table = engine.allocateRequests(requests.count);
  const tokens = engine.allocate(requests.tokens.byteLength);
  new Uint32Array(engine.memory.buffer, tokens, requests.tokens.length).set(requests.tokens);
  const f64 = new Float64Array(engine.memory.buffer);
  const u32 = new Uint32Array(engine.memory.buffer);
  let at = tokens;
  for (let row = 0; row < requests.count; row++) {
    const record = table + row * layout.bytes;
    const input = requests.inputTokens[row] ?? 0;
    const output = requests.outputTokens[row] ?? 0;
    f64[(record + layout.arrivalUs) >> 3] = requests.arrivalUs[row] ?? 0;
    u32[(record + layout.inputTokens) >> 2] = input;
    u32[(record + layout.outputTokens) >> 2] = output;
    u32[(record + layout.pieces) >> 2] = at;
    at += 4 * (input + output);
  }
  return table;
}

function readTable(
  engine: EngineExports,
  layout: RequestLayout,
  table: number,
  count: number,
): Pick<ClassicResult, 'e2eUs' | 'ttftUs' | 'activeSteps'> {
  engine.finishRequests(table, count);
  const f64 = new Float64Array(engine.memory.buffer);
  const u32 = new Uint32Array(engine.memory.buffer);
  const u8 = new Uint8Array(engine.memory.buffer);
  const e2eUs = new Float64Array(count).fill(NaN);
  const ttftUs = new Float64Array(count);
  const activeSteps = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const record = table + row * layout.bytes;
    ttftUs[row] = f64[(record + layout.firstTokenUs) >> 3] ?? NaN;
    if (u8[record + layout.state] !== COMPLETED) continue;
    e2eUs[row] = f64[(record + layout.sumUs) >> 3] ?? NaN;
    activeSteps[row] = u32[(record + layout.round) >> 2] ?? 0;
  }
  return { e2eUs, ttftUs, activeSteps };
}
