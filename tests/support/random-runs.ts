// Random configurations and workloads aimed at the engine's branches: tiny budgets, tight caches, shared prefixes, CPU
// tiers, deadlines, sessions, conversations, cut horizons.

import fc from 'fast-check';
import type { GpuFacts, ModelArchitecture } from '../../src/domain/latency';
import { PRIORITY_POLICIES, SCHEDULERS, type EngineConfig } from '../../src/domain/run-config';
import { freshStreamOf, outputStreamOf, type Workload } from '../../src/domain/workload';
import { blackboxConfig, requestsOf, sessionsOf, type Row, type SessionRow } from './requests';

export interface RandomRun {
  readonly config: EngineConfig;
  readonly workload: Workload;
  /** Events per slice of the sliced run. */
  readonly slice: number;
}

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const sometimes = <T>(one: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: other });

const configs = fc.record({
  totalKvBlocks: fc.oneof(int(4, 14), int(10, 60), int(100, 400)),
  blockSizeTokens: fc.constantFrom(1, 2, 3, 4, 5, 8, 16, 32),
  maxNumRunningReqs: int(1, 12),
  maxNumScheduledTokens: fc.oneof(int(1, 8), int(8, 40), int(40, 300)),
  longPrefillTokenThreshold: sometimes(0, int(1, 20)),
  maxModelLen: sometimes(0, int(20, 120)),
  kvCpuBlocks: fc.oneof(fc.constant(0), fc.constant(0), int(1, 12), int(12, 200)),
  kvTransferBandwidth: fc.constantFrom(0.5, 1, 7, 100),
  kvTransferBaseLatencyUs: sometimes(0, int(1, 50)),
  admissionLatencyUs: sometimes(0, int(1, 500)),
  routingLatencyUs: sometimes(0, int(1, 500)),
  scheduler: fc.constantFrom(...SCHEDULERS),
  priorityPolicy: fc.constantFrom(...PRIORITY_POLICIES),
  horizonUs: int(5_000, 60_000),
});

/** Zero α and round β make many events fall on the same tick. */
const times = fc.record({
  alpha: fc.constantFrom([0, 0, 0], [100.7, 2, 10.9], [0, 7.5, 0], [31, 0, 3]),
  beta: fc.constantFrom([1000.4, 10, 5.5], [125, 0, 0], [900, 3.5, 1.25], [20, 1, 0.4], [50, 125, 125]),
});

/** Llama-3.1-8B on one H100: steps of some ms, so such runs get twenty times the horizon. */
const ARCHITECTURE: ModelArchitecture = {
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  vocab: 128_256,
  ffn: 14_336,
  dtypeBytes: 2,
  experts: 0,
  expertsPerToken: 0,
  expertFfn: 0,
  sharedExpertFfn: 0,
  interleaveStep: 0,
  denseFfn: 0,
  activation: 'silu',
  tiedEmbeddings: false,
  weightBytes: 0,
};
const GPU: GpuFacts = {
  name: 'H100',
  peakTflops: 989.5,
  peakTflopsFp8: 1979,
  memoryBandwidthTbs: 3.35,
  mfuPrefill: 0.45,
  mfuDecode: 0.3,
  memoryGib: 80,
};
const ANALYTIC_HORIZON = 20;

function analytic(config: EngineConfig, name: 'roofline' | 'trained-physics'): EngineConfig {
  const coefficients =
    name === 'roofline'
      ? { alpha: [0, 0, 0], beta: [] }
      : { alpha: [120, 30, 7], beta: [0.8, 0.4, 1.2, 0.9, 3, 20, 5, 2] };
  return {
    ...config,
    horizonUs: config.horizonUs * ANALYTIC_HORIZON,
    latency: {
      name,
      version: '87cc70ed',
      mode: 'reference',
      tp: 1,
      coefficients,
      architecture: ARCHITECTURE,
      gpu: GPU,
    },
  };
}

const rows = fc.array(
  fc.record({
    gap: fc.oneof(fc.constant(0), int(1, 3000), int(1, 100)),
    fresh: fc.oneof(int(0, 6), int(1, 40), int(10, 90)),
    output: fc.oneof(int(0, 3), int(1, 30)),
    group: int(-2, 2),
    patience: fc.oneof(fc.constant(0), fc.constant(0), int(1, 60_000)),
    rounds: fc.array(fc.tuple(int(0, 30), int(0, 20), int(0, 4000)), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 30 },
);

export const randomRuns: fc.Arbitrary<RandomRun> = fc
  .record({
    config: configs,
    times,
    rows,
    prefixes: fc.tuple(int(1, 50), int(1, 20), int(16, 64)),
    model: fc.constantFrom(
      'blackbox' as const,
      'blackbox' as const,
      'roofline' as const,
      'trained-physics' as const,
    ),
    kind: fc.constantFrom('plain', 'plain', 'sessions', 'accumulating', 'conversations'),
    shuffle: fc.boolean(),
    slice: int(1, 40),
  })
  .map(({ config, times: { alpha, beta }, rows: drawn, prefixes, model, kind, shuffle, slice }) => {
    let now = 0;
    const made = drawn.map((row, at): Row => {
      now += row.gap;
      const tokens = row.group < 0 ? 0 : (prefixes[row.group] ?? 0);
      // Without any token a request is refused; that has its own test.
      const output = row.fresh + tokens + row.output === 0 ? 1 : row.output;
      return {
        arrivalUs: shuffle && at % 3 === 0 ? Math.max(0, now - 2000) : now,
        input: row.fresh + tokens,
        output,
        ...(row.patience === 0 ? {} : { deadlineUs: now + row.patience }),
        ...(row.group < 0 ? {} : { prefix: [row.group, tokens] as const }),
      };
    });
    const base = blackboxConfig(alpha, beta, config);
    return {
      config: model === 'blackbox' ? base : analytic(base, model),
      workload: workloadOf(kind, drawn, made, prefixes),
      slice,
    };
  });

type Kind = 'plain' | 'sessions' | 'accumulating' | 'conversations';
type Drawn = readonly {
  readonly rounds: readonly (readonly [number, number, number])[];
  readonly group: number;
}[];

function workloadOf(kind: Kind, drawn: Drawn, made: readonly Row[], prefixes: readonly number[]): Workload {
  if (kind === 'plain') return { requests: requestsOf(made) };
  if (kind === 'conversations') return conversations(made);
  const sessions: SessionRow[] = [];
  const withSessions = made.map((row, at): Row => {
    const rounds = drawn[at]?.rounds ?? [];
    if (rounds.length === 0 || at % 2 === 1) return row;
    const group = drawn[at]?.group ?? -1;
    sessions.push({
      firstRequest: at,
      maxRounds: rounds.length + 1,
      accumulates: kind === 'accumulating',
      timeoutUs: at % 3 === 0 ? 20_000 : 0,
      horizonUs: at % 5 === 0 ? 60_000 : Infinity,
      ...(group < 0 ? {} : { prefix: [group, prefixes[group] ?? 0] as const }),
      rounds: rounds.map(
        ([input, output, think]) => [input, input + output === 0 ? 1 : output, think] as const,
      ),
    });
    return { ...row, session: sessions.length - 1 };
  });
  return { requests: requestsOf(withSessions), sessions: sessionsOf(sessions), followUpBudget: 25 };
}

/** Each prompt after the first repeats the one before and its output: an open-loop conversation. */
function conversations(made: readonly Row[]): Workload {
  const requests = requestsOf(made);
  const streams: number[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  const offsets = [0];
  const inputTokens = requests.inputTokens.slice();
  made.forEach((row, at) => {
    const own: [number, number, number][] = [];
    const before = made[at - 1];
    if (before !== undefined && at % 3 !== 0) {
      own.push([freshStreamOf(at - 1), 0, before.input], [outputStreamOf(at - 1), 0, before.output]);
      own.push([freshStreamOf(at), 0, row.input]);
      inputTokens[at] = before.input + before.output + row.input;
    }
    for (const [stream, start, length] of own) {
      streams.push(stream);
      starts.push(start);
      lengths.push(length);
    }
    offsets.push(streams.length);
  });
  return {
    requests: {
      ...requests,
      inputTokens,
      promptSegments: {
        stream: { values: Uint32Array.from(streams), offsets: Uint32Array.from(offsets) },
        start: Uint32Array.from(starts),
        length: Uint32Array.from(lengths),
      },
    },
  };
}
