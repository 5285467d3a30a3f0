// Invariants of the workload room on random input: what is drawn symbolically stands for the real token ids, stable sorting,
// traces and specifications survive being written and read, radix pieces name equal content only.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableOrder } from '../../src/base/stable-order';
import { constantTextColumn } from '../../src/base/text-column-builder';
import type { TraceColumns } from '../../src/domain/trace';
import { freshStreamOf } from '../../src/domain/workload';
import type { RequestColumns } from '../../src/domain/workload';
import { openRandomDoor } from '../../src/engine/random-door';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { plainDecimal, writeTraceV2Data } from '../../src/sources/trace-v2-write';
import { generateLists, generateWorkload } from '../../src/workload/generate';
import { decodeWorkloadSpec } from '../../src/workload/parse-spec';
import type { ClientSpec, WorkloadSpec } from '../../src/workload/spec';
import { constantTokens, emptyClient, emptySpec, gaussianTokens } from '../../src/workload/spec';
import { TokenTree } from '../../src/workload/token-tree';
import { writeWorkloadSpec } from '../../src/workload/write-spec';
import { releaseModule } from '../support/wasm';

const door = openRandomDoor(releaseModule());
const RUNS = { numRuns: 40, seed: 20260422 };

describe('stable order', () => {
  it('sorts by key and keeps the order of equal keys', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 }), (keys) => {
        const rows = Uint32Array.from(keys, (_, row) => row);
        const expected = [...rows].sort((a, b) => keys[a]! - keys[b]! || a - b);
        expect([...stableOrder(rows, Float64Array.from(keys))]).toEqual(expected);
      }),
      RUNS,
    );
  });
});

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map(constantTokens),
  fc.integer({ min: 2, max: 30 }).map((mean) => gaussianTokens(mean, 5, 1, 60)),
);

const client = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  process: fc.constantFrom('poisson', 'gamma', 'weibull', 'constant'),
  cv: fc.double({ min: 0.3, max: 4, noNaN: true }),
  input: lengths,
  output: lengths,
  group: fc.constantFrom('', 'g', 'h'),
  prefixLength: fc.constantFrom(0, 5, 17),
  rounds: fc.constantFrom(0, 0, 1, 3),
  accumulates: fc.boolean(),
  closedLoop: fc.boolean(),
  windows: fc.constantFrom(
    undefined,
    [{ startUs: 0, endUs: 4_000_000 }],
    [{ startUs: 1_000_000, endUs: 2_000_000 }],
  ),
});

const spec: fc.Arbitrary<WorkloadSpec> = fc
  .record({
    clients: fc.array(client, { minLength: 1, maxLength: 3 }),
    seed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    numRequests: fc.constantFrom(0, 7, 30),
  })
  .map(({ clients, seed, numRequests }) => ({
    ...emptySpec,
    seed,
    numRequests,
    horizonUs: 8_000_000,
    aggregateRate: 8,
    clients: clients.map((one, index): ClientSpec => ({
      ...emptyClient,
      id: `${one.name}${index}`,
      rateFraction: 1 + index,
      arrival: { process: one.process, cv: one.cv },
      input: one.input,
      output: one.output,
      prefixGroup: one.group,
      prefixLength: one.prefixLength,
      closedLoop: one.closedLoop,
      ...(one.windows === undefined ? {} : { windows: one.windows }),
      ...(one.rounds === 0
        ? {}
        : {
            reasoning: {
              multiTurn: {
                maxRounds: one.rounds,
                thinkTimeUs: 400_000,
                contextGrowth: one.accumulates ? 'accumulate' : '',
                singleSession: false,
              },
            },
          }),
    })),
  }));

/** The prompt of a row as (stream, offset) pairs. */
function symbolicPrompt(requests: RequestColumns, row: number): string[] {
  const tokens: string[] = [];
  const add = (stream: number, start: number, count: number): void => {
    for (let at = 0; at < count; at++) tokens.push(`${stream}:${start + at}`);
  };
  const segments = requests.promptSegments;
  const from = segments?.stream.offsets[row] ?? 0;
  const to = segments?.stream.offsets[row + 1] ?? 0;
  if (segments !== undefined && to > from) {
    for (let piece = from; piece < to; piece++) {
      add(segments.stream.values[piece]!, segments.start[piece]!, segments.length[piece]!);
    }
  } else {
    const prefix = requests.prefixTokens[row]!;
    add(requests.prefixStream[row]!, 0, prefix);
    add(freshStreamOf(row), 0, requests.inputTokens[row]! - prefix);
  }
  return tokens;
}

describe('generated workloads', () => {
  it('are the same with and without token ids, and symbols stand for real content', () => {
    fc.assert(
      fc.property(spec, (given) => {
        const lists = generateLists(given, { random: door }, true);
        const workload = generateWorkload(given, { random: door });
        if (!lists.ok || !workload.ok) throw new Error('both must generate');
        const { rows, order: openOrder } = lists.value.openLoop;
        const order = lists.value.closedLoop?.order ?? openOrder;
        const { requests } = workload.value;
        expect([...requests.arrivalUs]).toEqual([...order].map((row) => rows.arrivalUs.at(row)));
        const arrivals = [...requests.arrivalUs];
        expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
        if (given.numRequests > 0) expect(requests.count).toBeLessThanOrEqual(given.numRequests);
        // One symbol, one token; and prompts that are equal as ids are equal as symbols where they share a prefix group.
        const known = new Map<string, number>();
        [...order].forEach((row, position) => {
          const symbols = symbolicPrompt(requests, position);
          expect(symbols).toHaveLength(requests.inputTokens[position]!);
          const ids = rows.ids[row]!.input;
          symbols.slice(0, ids.length).forEach((symbol, at) => {
            const before = known.get(symbol);
            if (before === undefined) known.set(symbol, ids[at]!);
            else expect(ids[at]).toBe(before);
          });
        });
      }),
      RUNS,
    );
  });

  it('can be written and read without change', () => {
    fc.assert(
      fc.property(spec, (given) => {
        const read = decodeWorkloadSpec(writeWorkloadSpec(given), 'w.yaml');
        expect(read.ok && read.value.spec).toEqual(given);
      }),
      RUNS,
    );
  });
});

describe('radix tree of prompts', () => {
  it('gives one symbol one token, and shared leading tokens the same symbols', () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(tokens, tokens), { maxLength: 12 }), (requests) => {
        const tree = new TokenTree();
        const known = new Map<string, number>();
        const prompts: { ids: number[]; symbols: string[] }[] = [];
        for (const [prompt, answer] of requests) {
          const pieces = tree.add(Uint32Array.from(prompt), Uint32Array.from(answer));
          const symbols = pieces.flatMap((piece) =>
            Array.from({ length: piece.length }, (_, at) => `${piece.stream}:${piece.start + at}`),
          );
          expect(symbols).toHaveLength(prompt.length);
          symbols.forEach((symbol, at) => {
            expect(known.get(symbol) ?? prompt[at]).toBe(prompt[at]);
            known.set(symbol, prompt[at]!);
          });
          for (const before of prompts) {
            let shared = 0;
            while (
              shared < prompt.length &&
              shared < before.ids.length &&
              prompt[shared] === before.ids[shared]
            ) {
              expect(symbols[shared]).toBe(before.symbols[shared]);
              shared++;
            }
          }
          prompts.push({ ids: prompt, symbols });
        }
      }),
      RUNS,
    );
  });
});

describe('traces', () => {
  const label = fc.string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\n', ' ', '😀'), maxLength: 6 });
  const count = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const time = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
  const row = fc.record({
    label,
    count,
    time,
    ratio: fc.double({ min: 0, max: 1, noNaN: true }),
    flag: fc.boolean(),
  });

  it('survive being written and read', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const size = rows.length;
        const none = constantTextColumn('', size);
        const texts = {
          names: rows.map((one) => one.label),
          index: Int32Array.from(rows, (one, at) => (one.label === '' ? -1 : at)),
        };
        const counts = Uint32Array.from(rows, (one) => one.count);
        const times = Float64Array.from(rows, (one) => one.time);
        const records: TraceColumns = {
          count: size,
          requestId: times,
          clientId: texts,
          tenantId: none,
          sloClass: texts,
          sessionId: none,
          roundIndex: times,
          prefixGroup: texts,
          prefixLength: counts,
          streaming: Uint8Array.from(rows, (one) => (one.flag ? 1 : 0)),
          inputTokens: counts,
          outputTokens: counts,
          textTokens: counts,
          imageTokens: counts,
          audioTokens: counts,
          videoTokens: counts,
          reasonRatio: Float64Array.from(rows, (one) => one.ratio),
          model: none,
          deadlineUs: new Float64Array(size),
          serverInputTokens: counts,
          arrivalUs: times,
          sendUs: times,
          firstChunkUs: times,
          lastChunkUs: times,
          numChunks: counts,
          status: texts,
          errorMessage: none,
          finishReason: none,
        };
        const text = writeTraceV2Data(records);
        const read = parseTraceV2('trace_version: 2\n', text, { header: 'h', data: 'd' });
        if (!read.ok) throw new Error(read.error.message);
        expect(writeTraceV2Data(read.value.records)).toBe(text);
        expect([...read.value.records.reasonRatio]).toEqual(
          [...records.reasonRatio].map((ratio) => ratio + 0),
        );
      }),
      RUNS,
    );
  });

  it('have decimals without exponent that read back exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plainDecimal(value);
        expect(text).not.toContain('e');
        expect(Number(text)).toBe(value + 0);
      }),
      RUNS,
    );
  });
});
