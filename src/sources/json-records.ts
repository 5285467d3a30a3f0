// The elements of a JSON array of objects, one at a time, from a stream of bytes: files of hundreds of megabytes never become
// one string. Bytes are scanned for strings and brackets only; each element is then parsed on its own.

import { jsonPlace, parseJson } from '../base/json';
import type { Problem } from '../base/problem';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const OPEN = [0x5b, 0x7b]; // [ {
const CLOSE = [0x5d, 0x7d]; // ] }
const SPACES = [0x20, 0x09, 0x0a, 0x0d];
const COMMA = 0x2c;
const BOM = [0xef, 0xbb, 0xbf];

/** One record longer than this is a broken file (a text that is never closed). */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

export interface JsonRecord {
  readonly value: unknown;
  readonly index: number;
  /** 1-based line where the record starts. */
  readonly line: number;
  /** A problem at a path inside the record. */
  problem(path: readonly PropertyKey[], code: Problem['code'], what: string): Problem;
}

type State = 'start' | 'first' | 'value' | 'after' | 'end';

export class JsonRecordReader {
  private state: State = 'start';
  private depth = 0;
  private inString = false;
  private escaped = false;
  private parts: Uint8Array[] = [];
  private held = 0;
  private line = 1;
  private recordLine = 1;
  private index = 0;
  private byteIndex = 0;
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly file: string,
    private readonly onRecord: (record: JsonRecord) => Problem | undefined,
  ) {}

  push(chunk: Uint8Array): Problem | undefined {
    let start = 0;
    for (let at = 0; at < chunk.length; at++, this.byteIndex++) {
      const byte = chunk[at] ?? 0;
      if (byte === LF) this.line++;
      if (this.depth > 0) {
        if (!this.inside(byte)) continue;
        const problem = this.finish(chunk.subarray(start, at + 1));
        if (problem !== undefined) return problem;
        continue;
      }
      if (SPACES.includes(byte)) continue;
      if (this.byteIndex < BOM.length && byte === BOM[this.byteIndex]) continue;
      const fault = this.between(byte);
      if (fault !== undefined) return this.malformed(fault);
      if (this.depth > 0) start = at;
    }
    if (this.depth === 0) return undefined;
    this.parts.push(chunk.slice(start));
    this.held += chunk.length - start;
    return this.held <= MAX_RECORD_BYTES
      ? undefined
      : this.malformed(
          `record ${this.index + 1} is longer than 64 MiB; a text that is never closed is the usual cause`,
        );
  }

  end(): Problem | undefined {
    if (this.state === 'end') return undefined;
    if (this.state === 'start') return this.malformed('the file is empty; expected a list of records');
    return this.malformed(`the file ends inside the list, after ${this.index} records; it is cut off`);
  }

  /** One byte outside of records; a fault in words, or nothing. */
  private between(byte: number): string | undefined {
    if (this.state === 'start') {
      if (byte !== OPEN[0]) return 'expected a list that starts with "["';
      this.state = 'first';
      return undefined;
    }
    if (this.state === 'end') return 'text follows the end of the list';
    if (byte === CLOSE[0] && this.state !== 'value') {
      this.state = 'end';
      return undefined;
    }
    if (this.state === 'after') {
      if (byte !== COMMA) return `expected "," or "]" after record ${this.index}`;
      this.state = 'value';
      return undefined;
    }
    if (byte !== OPEN[1]) return `record ${this.index + 1} is not an object`;
    this.depth = 1;
    this.recordLine = this.line;
    return undefined;
  }

  /** One byte inside a record; true when it closes the record. */
  private inside(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return false;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === OPEN[0] || byte === OPEN[1]) this.depth++;
    else if (byte === CLOSE[0] || byte === CLOSE[1]) return --this.depth === 0;
    return false;
  }

  private finish(last: Uint8Array): Problem | undefined {
    const { file, recordLine: line, index } = this;
    const text =
      this.parts.map((part) => this.decoder.decode(part, { stream: true })).join('') +
      this.decoder.decode(last);
    this.parts = [];
    this.held = 0;
    const parsed = parseJson(text, file, line);
    if (!parsed.ok) return parsed.error;
    this.state = 'after';
    this.index++;
    return this.onRecord({
      value: parsed.value,
      index,
      line,
      problem: (path, code, what) => {
        const place = jsonPlace(text, path);
        const at = { line: place.line + line - 1, column: place.column };
        return { code, message: `${file}, line ${at.line}, record ${index + 1}: ${what}.`, file, ...at };
      },
    });
  }

  private malformed(what: string): Problem {
    const { file, line } = this;
    return { code: 'malformed', message: `${file}, line ${line}: ${what}.`, file, line };
  }
}
