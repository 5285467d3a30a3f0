// A CSV reader over bytes, fed in chunks: one reused row view, no object and no string per cell, memory bounded by one
// record. The rules are those of Go's encoding/csv, which the reference tools use: comma, records of any width, a quote
// only around a whole field, "" for a quote inside, line breaks allowed inside quotes, CR LF read as LF, blank lines
// skipped. Written here because general CSV packages hand out an array of strings per record (five times slower on a
// million rows of 27 columns) and accept stray quotes that the reference rejects.

import type { Problem } from './problem';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf];

/** Records longer than this are refused; a stray opening quote would otherwise swallow the rest of a huge file. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
/** Fields beyond this are counted but not kept. */
const MAX_KEPT_FIELDS = 256;

const INCOMPLETE = -1;
const FAILED = -2;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The record being handed out. Valid only during the callback. */
export class CsvRow {
  bytes: Uint8Array = new Uint8Array(0);
  /** Fields of the record, kept or not. */
  count = 0;
  /** 1-based line where the record starts. */
  line = 0;
  readonly starts = new Int32Array(MAX_KEPT_FIELDS);
  readonly ends = new Int32Array(MAX_KEPT_FIELDS);
  /** 1 where the field was quoted and holds "" or CR LF to resolve. */
  readonly needsRepair = new Uint8Array(MAX_KEPT_FIELDS);

  start(field: number): number {
    return this.starts[field] ?? 0;
  }

  end(field: number): number {
    return this.ends[field] ?? 0;
  }

  text(field: number): string {
    if (field >= Math.min(this.count, MAX_KEPT_FIELDS)) return '';
    const raw = decoder.decode(this.bytes.subarray(this.start(field), this.end(field)));
    return this.needsRepair[field] === 1 ? raw.replaceAll('""', '"').replaceAll('\r\n', '\n') : raw;
  }

  /** A decimal integer with an optional sign, within 64 bits (nearest double); NaN for anything else. */
  integer(field: number): number {
    const { bytes } = this;
    let at = this.start(field);
    const end = this.end(field);
    const sign = bytes[at];
    if (sign === 0x2d || sign === 0x2b) at++;
    if (at >= end) return NaN;
    let value = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return NaN;
      value = value * 10 + digit;
    }
    if (value > Number.MAX_SAFE_INTEGER) return wideInteger(this.text(field));
    return sign === 0x2d ? 0 - value : value;
  }
}

/** Beyond 2^53 the running product is no longer exact: let BigInt round once, and hold the 64-bit range. */
function wideInteger(text: string): number {
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? Number(value) : NaN;
}

/** Reads simple records faster than one field at a time. */
export interface PlainRecords {
  /** Records read so far. */
  readonly count: number;
  /** Reads complete records from `at` on, one line each; stops, and says where, before one that is not simple. */
  read(buffer: Uint8Array, at: number, end: number): number;
}

export class CsvReader {
  private rest: Uint8Array = new Uint8Array(0);
  private line = 1;
  private started = false;
  private problem: Problem | undefined;
  private readonly row = new CsvRow();

  /**
   * `onRow` sees every record, the header too, and stops the reading by returning a problem. With `plain` it sees those only
   * that `plain` leaves.
   */
  constructor(
    private readonly file: string,
    private readonly onRow: (row: CsvRow) => Problem | undefined,
    private readonly maxRecordBytes = MAX_RECORD_BYTES,
    private readonly plain?: PlainRecords,
  ) {}

  push(chunk: Uint8Array): Problem | undefined {
    if (this.problem !== undefined) return this.problem;
    // Node's Buffers are seen as plain arrays: with two kinds of array the hot loops are compiled twice.
    const buffer =
      this.rest.length === 0
        ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)
        : concatenate(this.rest, chunk);
    let at = 0;
    if (!this.started) {
      if (buffer.length < BOM.length) {
        this.rest = buffer;
        return undefined;
      }
      this.started = true;
      if (BOM.every((byte, index) => buffer[index] === byte)) at = BOM.length;
    }
    const end = this.consume(buffer, at, false);
    if (this.problem !== undefined) return this.problem;
    this.rest = buffer.slice(end);
    if (this.rest.length > this.maxRecordBytes) return this.tooLong();
    return undefined;
  }

  /** Call once after the last chunk. */
  end(): Problem | undefined {
    if (this.problem === undefined) this.consume(this.rest, 0, true);
    this.rest = new Uint8Array(0);
    return this.problem;
  }

  /** Hands out all complete records from `at`; returns where the incomplete rest begins. */
  private consume(buffer: Uint8Array, at: number, final: boolean): number {
    this.row.bytes = buffer;
    let end = buffer.length;
    // A carriage return at the very end is the rest of a line end.
    if (final && end > at && buffer[end - 1] === CR) end--;
    while (at < end) {
      if (this.plain !== undefined) {
        const before = this.plain.count;
        at = this.plain.read(buffer, at, end);
        this.line += this.plain.count - before;
        if (at >= end) return at;
      }
      const next = this.scan(buffer, at, end, final);
      if (next === INCOMPLETE) return at;
      if (next === FAILED) return end;
      at = next;
    }
    return at;
  }

  /** Splits one record; returns the start of the next, INCOMPLETE, or FAILED with `problem` set. */
  private scan(buffer: Uint8Array, start: number, end: number, final: boolean): number {
    const { row } = this;
    let at = start;
    let lines = 0;
    let count = 0;
    for (;;) {
      let fieldStart = at;
      let fieldEnd: number;
      let repair = 0;
      let isLast = false;
      if (at < end && buffer[at] === QUOTE) {
        fieldStart = ++at;
        for (;;) {
          while (at < end && buffer[at] !== QUOTE) {
            if (buffer[at] === LF) {
              lines++;
              if (buffer[at - 1] === CR) repair = 1;
            }
            at++;
          }
          if (at >= end) {
            if (!final) return INCOMPLETE;
            return this.fault(
              'a quoted field is not closed before the file ends; add the missing quote',
              count,
            );
          }
          if (buffer[at + 1] !== QUOTE || at + 1 >= end) break;
          repair = 1;
          at += 2;
        }
        fieldEnd = at++;
        if (at >= end) {
          if (!final) return INCOMPLETE;
          isLast = true;
        } else if (buffer[at] === COMMA) {
          at++;
        } else if (buffer[at] === LF) {
          at++;
          lines++;
          isLast = true;
        } else if (buffer[at] === CR && at + 1 < end && buffer[at + 1] === LF) {
          at += 2;
          lines++;
          isLast = true;
        } else if (buffer[at] === CR && at + 1 >= end && !final) {
          return INCOMPLETE;
        } else {
          return this.fault(
            'text follows the closing quote of a field; write "" for a quote inside it',
            count,
          );
        }
      } else {
        let byte = 0;
        while (at < end && (byte = buffer[at] ?? 0) !== COMMA && byte !== LF) {
          if (byte === QUOTE) {
            return this.fault('a quote stands inside an unquoted field; quote the whole field', count);
          }
          at++;
        }
        fieldEnd = at;
        if (at >= end) {
          if (!final) return INCOMPLETE;
          isLast = true;
        } else {
          if (byte === LF) {
            lines++;
            isLast = true;
            if (fieldEnd > fieldStart && buffer[fieldEnd - 1] === CR) fieldEnd--;
          }
          at++;
        }
      }
      if (count < MAX_KEPT_FIELDS) {
        row.starts[count] = fieldStart;
        row.ends[count] = fieldEnd;
        row.needsRepair[count] = repair;
      }
      count++;
      if (!isLast) continue;
      const isBlank = count === 1 && fieldStart === start && fieldEnd === start;
      row.count = count;
      row.line = this.line;
      this.line += lines;
      if (!isBlank) {
        this.problem = this.onRow(row);
        if (this.problem !== undefined) return FAILED;
      }
      return at;
    }
  }

  private fault(what: string, field: number): number {
    const { line } = this;
    this.problem = {
      code: 'malformed',
      message: `${this.file}, line ${line}, field ${field + 1}: ${what}.`,
      file: this.file,
      line,
    };
    return FAILED;
  }

  private tooLong(): Problem {
    const { line, file } = this;
    this.problem = {
      code: 'too-large',
      message:
        `${file}, line ${line}: one record is longer than ${Math.round(this.maxRecordBytes / 1048576)} MiB; ` +
        'a quoted field that is never closed is the usual cause.',
      file,
      line,
    };
    return this.problem;
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

const TEXT_SLICE = 1 << 20;

/** A text that is already in memory as slices of bytes, so that no second full copy is made. */
export function* textChunks(text: string): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + TEXT_SLICE);
    // A surrogate pair must not be cut.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
    yield encoder.encode(text.slice(at, end));
    at = end;
  }
}

/** One cell as Go's csv writer prints it: quoted only where the text needs it. */
export function csvCell(text: string): string {
  return text !== '' && (/[",\r\n]/.test(text) || /^[\s]/u.test(text) || text === '\\.')
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
