// Per-request rows of the bundled demonstration, small enough to be delivered with the page: one header line of JSON, then the
// experiments' columns as variable-length integers. Times are rounded to what a fit can notice (arrivals and E2E 0.1 ms, TTFT
// 10 µs); prompt and output lengths are exact. Only runs without failures are bundled.
//
// Columns of one run, after one another: arrivals (differences, 100 µs); prompt tokens (difference to the request `period`
// before, since prompts repeat); output tokens (difference to the one before); TTFT (10 µs); E2E (100 µs). Differences are
// written zig-zag, seven bits a byte, lowest first, the high bit set on all but the last.

import { parseJson } from '../base/json';
import { fail, ok, type Result } from '../base/result';
import type { MeasuredRequests } from '../domain/experiment';

export const DEMO_REQUESTS_FORMAT = 'plumbline-requests';
const VERSION = 1;
const ARRIVAL_UNIT_US = 100;
const TTFT_UNIT_US = 10;
const E2E_UNIT_US = 100;
const PERIOD = 100;

export interface DemoRun {
  readonly folder: string;
  readonly requests: MeasuredRequests;
}

interface Header {
  readonly format: string;
  readonly formatVersion: number;
  readonly runs: readonly { readonly folder: string; readonly count: number }[];
}

class IntegerWriter {
  readonly bytes: number[] = [];

  push(value: number): void {
    // Zig-zag by arithmetic: values may exceed 32 bits.
    let rest = value >= 0 ? 2 * value : -2 * value - 1;
    while (rest >= 128) {
      this.bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes.push(rest);
  }
}

class IntegerReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** NaN behind the end. */
  next(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return NaN;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

/** How each column is written: unit, and the row that a value is a difference to (0 = none). */
const COLUMNS = [
  { name: 'arrivalUs', unit: ARRIVAL_UNIT_US, back: 1 },
  { name: 'inputTokens', unit: 1, back: PERIOD },
  { name: 'outputTokens', unit: 1, back: 1 },
  { name: 'ttftUs', unit: TTFT_UNIT_US, back: 0 },
  { name: 'e2eUs', unit: E2E_UNIT_US, back: 0 },
] as const;

export function writeDemoRequests(runs: readonly DemoRun[]): Uint8Array {
  const header: Header = {
    format: DEMO_REQUESTS_FORMAT,
    formatVersion: VERSION,
    runs: runs.map(({ folder, requests }) => ({ folder, count: requests.count })),
  };
  const writer = new IntegerWriter();
  for (const { folder, requests } of runs) {
    if (requests.failed.some((flag) => flag !== 0)) throw new Error(`${folder} has failed requests`);
    for (const { name, unit, back } of COLUMNS) {
      const at = (row: number): number => Math.round((requests[name][row] ?? 0) / unit);
      for (let row = 0; row < requests.count; row++) {
        writer.push(at(row) - (back > 0 && row >= back ? at(row - back) : 0));
      }
    }
  }
  const head = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(head.length + writer.bytes.length);
  bytes.set(head);
  bytes.set(writer.bytes, head.length);
  return bytes;
}

const isHeader = (value: unknown): value is Header =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === DEMO_REQUESTS_FORMAT &&
  'formatVersion' in value &&
  value.formatVersion === VERSION &&
  'runs' in value &&
  Array.isArray(value.runs);

export function readDemoRequests(bytes: Uint8Array, file: string): Result<readonly DemoRun[]> {
  const damaged = fail({
    code: 'malformed',
    message: `${file} is not a table of request rows of version ${VERSION}, or it is cut short. Reload the page.`,
    file,
  } as const);
  const end = bytes.indexOf(10);
  if (end < 0) return damaged;
  const header = parseJson(new TextDecoder().decode(bytes.subarray(0, end)), file);
  if (!header.ok || !isHeader(header.value)) return damaged;
  const reader = new IntegerReader(bytes, end + 1);
  const runs: DemoRun[] = [];
  for (const { folder, count } of header.value.runs) {
    const columns = COLUMNS.map(({ unit, back }) => {
      const column = new Float64Array(count);
      for (let row = 0; row < count; row++) {
        column[row] = reader.next() + (back > 0 && row >= back ? (column[row - back] ?? NaN) : 0);
      }
      return column.map((value) => value * unit);
    });
    const [arrivalUs, inputTokens, outputTokens, ttftUs, e2eUs] = columns;
    if (arrivalUs === undefined || inputTokens === undefined || outputTokens === undefined) return damaged;
    if (ttftUs === undefined || e2eUs === undefined || e2eUs.some(Number.isNaN)) return damaged;
    runs.push({
      folder,
      requests: {
        count,
        arrivalUs,
        inputTokens: Uint32Array.from(inputTokens),
        outputTokens: Uint32Array.from(outputTokens),
        ttftUs,
        e2eUs,
        failed: new Uint8Array(count),
      },
    });
  }
  return reader.isAtEnd ? ok(runs) : damaged;
}
