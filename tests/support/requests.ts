// Small workloads for engine tests, row by row.

import type { TextColumn } from '../../src/base/columns';
import { ENGINE_DEFAULTS, type EngineConfig } from '../../src/domain/run-config';
import type { RequestColumns, SessionColumns, Workload } from '../../src/domain/workload';

export interface Row {
  readonly arrivalUs: number;
  readonly input: number;
  readonly output: number;
  readonly deadlineUs?: number;
  /** Shared prefix: stream and tokens of it, counted in `input`. */
  readonly prefix?: readonly [stream: number, tokens: number];
  readonly session?: number;
  readonly model?: string;
  readonly id?: number;
}

const none = (count: number): TextColumn => ({ names: [], index: new Int32Array(count).fill(-1) });

export function requestsOf(rows: readonly Row[]): RequestColumns {
  const count = rows.length;
  const zeros = (): Uint32Array => new Uint32Array(count);
  const models = [...new Set(rows.flatMap((row) => (row.model === undefined ? [] : [row.model])))];
  return {
    count,
    requestId: Float64Array.from(rows, (row, at) => row.id ?? at),
    arrivalUs: Float64Array.from(rows, (row) => row.arrivalUs),
    inputTokens: Uint32Array.from(rows, (row) => row.input),
    outputTokens: Uint32Array.from(rows, (row) => row.output),
    deadlineUs: Float64Array.from(rows, (row) => row.deadlineUs ?? 0),
    prefixTokens: Uint32Array.from(rows, (row) => row.prefix?.[1] ?? 0),
    prefixStream: Int32Array.from(rows, (row) => row.prefix?.[0] ?? -1),
    session: Int32Array.from(rows, (row) => row.session ?? -1),
    roundIndex: zeros(),
    sessionId: none(count),
    clientId: none(count),
    tenantId: none(count),
    sloClass: none(count),
    model: { names: models, index: Int32Array.from(rows, (row) => models.indexOf(row.model ?? '')) },
    prefixGroup: none(count),
    streaming: new Uint8Array(count),
    textTokens: zeros(),
    imageTokens: zeros(),
    audioTokens: zeros(),
    videoTokens: zeros(),
    reasonRatio: new Float64Array(count),
  };
}

export interface SessionRow {
  readonly id?: string;
  readonly firstRequest: number;
  readonly maxRounds: number;
  readonly accumulates?: boolean;
  readonly timeoutUs?: number;
  readonly horizonUs?: number;
  readonly prefix?: readonly [stream: number, tokens: number];
  /** Input, output and think time of rounds 1, 2, …. */
  readonly rounds: readonly (readonly [input: number, output: number, thinkUs: number])[];
}

export function sessionsOf(rows: readonly SessionRow[]): SessionColumns {
  const rounds = rows.flatMap((row) => row.rounds);
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, at) => (offsets[at + 1] = offsets[at]! + row.rounds.length));
  return {
    count: rows.length,
    sessionId: rows.map((row, at) => row.id ?? `s${at}`),
    firstRequest: Uint32Array.from(rows, (row) => row.firstRequest),
    maxRounds: Float64Array.from(rows, (row) => row.maxRounds),
    accumulates: Uint8Array.from(rows, (row) => (row.accumulates === true ? 1 : 0)),
    timeoutUs: Float64Array.from(rows, (row) => row.timeoutUs ?? 0),
    horizonUs: Float64Array.from(rows, (row) => row.horizonUs ?? Infinity),
    prefixTokens: Uint32Array.from(rows, (row) => row.prefix?.[1] ?? 0),
    prefixStream: Int32Array.from(rows, (row) => row.prefix?.[0] ?? -1),
    roundInputTokens: { values: Uint32Array.from(rounds, ([input]) => input), offsets },
    roundOutputTokens: Uint32Array.from(rounds, ([, output]) => output),
    roundThinkUs: Float64Array.from(rounds, ([, , think]) => think),
  };
}

export const workloadOf = (rows: readonly Row[]): Workload => ({ requests: requestsOf(rows) });

/** Black-box step times: α in µs and µs per token, β constant, per prefill token, per decode token. */
export function blackboxConfig(
  alpha: readonly number[],
  beta: readonly number[],
  changes: Partial<EngineConfig> = {},
): EngineConfig {
  return {
    ...ENGINE_DEFAULTS,
    model: 'test/model',
    latency: {
      name: 'blackbox',
      version: '87cc70ed',
      mode: 'reference',
      tp: 1,
      coefficients: { alpha, beta },
    },
    ...changes,
  };
}
