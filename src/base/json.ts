// JSON with places. Engines word and place syntax errors differently, so the place is found here: JSON.parse reads the text,
// and only when it refuses, or when a value turns out to be wrong, a small scanner walks the text again to the spot.

import type { Problem } from './problem';
import { fail, ok, type Result } from './result';

export interface TextPlace {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
}

const MAX_DEPTH = 500;

/** Parses a whole text. `firstLine` is the line of the text's first character within its file. */
export function parseJson(text: string, file: string, firstLine = 1): Result<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const scanner = new JsonScanner(text);
    scanner.document();
    const { at, what } = scanner.fault ?? { at: 0, what: 'the text is not JSON' };
    const place = placeOf(text, at);
    return fail(malformedJson(file, { line: place.line + firstLine - 1, column: place.column }, what));
  }
}

function malformedJson(file: string, place: TextPlace, what: string): Problem {
  return {
    code: 'malformed',
    message: `${file}, line ${place.line}, column ${place.column}: ${what}.`,
    file,
    ...place,
  };
}

/** Where the value at a path of keys starts, or the deepest part of the path that exists. */
export function jsonPlace(text: string, path: readonly PropertyKey[]): TextPlace {
  const scanner = new JsonScanner(text, path);
  scanner.document();
  return placeOf(text, scanner.deepest);
}

/**
 * Places in one text about which many questions will be asked: where the items of its outermost list start is found once, so
 * that a question about each of a million items does not walk the whole text each time.
 */
export class JsonPlaces {
  private items: readonly number[] | undefined;
  private lines: readonly number[] | undefined;

  constructor(private readonly text: string) {}

  /** As `jsonPlace`. */
  at(path: readonly PropertyKey[]): TextPlace {
    const { text } = this;
    this.items ??= itemStarts(text);
    const [item, ...inside] = path;
    const start = typeof item === 'number' ? this.items[item] : undefined;
    const scanner = start === undefined ? new JsonScanner(text, path) : new JsonScanner(text, inside, start);
    if (start === undefined) scanner.document();
    else scanner.item();
    return this.placeOf(scanner.deepest);
  }

  private placeOf(at: number): TextPlace {
    this.lines ??= lineStarts(this.text);
    let low = 0;
    let high = this.lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: at - (this.lines[low] ?? 0) + 1 };
  }
}

function itemStarts(text: string): readonly number[] {
  const starts: number[] = [];
  new JsonScanner(text, [], 0, (start) => starts.push(start)).document();
  return starts;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeOf(text: string, at: number): TextPlace {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: at - start + 1 };
}

const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$-][\w$]*/y;
const SPACE = /[ \t\r\n]*/y;

/** Walks a text by the grammar of RFC 8259; stops at the first fault. */
class JsonScanner {
  fault: { readonly at: number; readonly what: string } | undefined;
  /** Start of the deepest value on the wanted path. */
  deepest = 0;

  /** `onItem` hears where each item of an outermost list starts. */
  constructor(
    private readonly text: string,
    private readonly wanted: readonly PropertyKey[] = [],
    private at = 0,
    private readonly onItem?: (start: number) => void,
  ) {}

  /** One value from where the scanner stands. */
  item(): void {
    this.value(0, true);
  }

  document(): void {
    this.space();
    if (!this.value(0, true)) return;
    this.space();
    if (this.at < this.text.length) {
      this.refuse(`text follows the end of the value (${this.found()})`);
    }
  }

  /** `isOnPath`: all keys down to here were the wanted ones. */
  private value(depth: number, isOnPath: boolean): boolean {
    if (isOnPath) this.deepest = this.at;
    if (depth > MAX_DEPTH) return this.refuse(`values nest deeper than ${MAX_DEPTH} levels`);
    const letter = this.text[this.at];
    if (letter === '{') return this.object(depth, isOnPath);
    if (letter === '[') return this.array(depth, isOnPath);
    if (letter === '"') return this.string();
    if (letter !== undefined && /[-\d]/.test(letter) && this.take(NUMBER)) {
      if (!/[\w.]/.test(this.text[this.at] ?? '')) return true;
      return this.refuse(`a number is followed by ${this.found()}`);
    }
    return this.word();
  }

  private word(): boolean {
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0] ?? '';
    if (word === 'true' || word === 'false' || word === 'null') {
      this.at += word.length;
      return true;
    }
    if (/^-?(NaN|Infinity)$/.test(word)) {
      return this.refuse(
        `${word} is not a number that JSON can hold; write the number, or null for "not known"`,
      );
    }
    if (this.text[this.at] === "'")
      return this.refuse('a text stands in single quotes; JSON wants double quotes');
    return this.refuse(`expected a value, found ${this.found()}`);
  }

  private object(depth: number, isOnPath: boolean): boolean {
    this.at++;
    this.space();
    if (this.skip('}')) return true;
    for (;;) {
      if (this.text[this.at] !== '"') {
        return this.refuse(`expected a key in double quotes, found ${this.found()}`);
      }
      const start = this.at;
      if (!this.string()) return false;
      const isNext = isOnPath && this.isWanted(depth, () => decodeString(this.text.slice(start, this.at)));
      this.space();
      if (!this.skip(':')) return this.refuse(`expected ":" after a key, found ${this.found()}`);
      this.space();
      if (!this.value(depth + 1, isNext)) return false;
      this.space();
      if (this.skip('}')) return true;
      if (!this.skip(',')) return this.refuse(`expected "," or "}" after a value, found ${this.found()}`);
      this.space();
    }
  }

  private array(depth: number, isOnPath: boolean): boolean {
    this.at++;
    this.space();
    if (this.skip(']')) return true;
    for (let index = 0; ; index++) {
      const here = String(index);
      if (depth === 0) this.onItem?.(this.at);
      if (!this.value(depth + 1, isOnPath && this.isWanted(depth, () => here))) return false;
      this.space();
      if (this.skip(']')) return true;
      if (!this.skip(',')) return this.refuse(`expected "," or "]" after a value, found ${this.found()}`);
      this.space();
    }
  }

  private isWanted(depth: number, key: () => string): boolean {
    const wanted = this.wanted[depth];
    return wanted !== undefined && String(wanted) === key();
  }

  private string(): boolean {
    for (this.at++; this.at < this.text.length; this.at++) {
      const letter = this.text[this.at] ?? '';
      if (letter === '"') {
        this.at++;
        return true;
      }
      if (letter < ' ') {
        return this.refuse(
          letter === '\n' || letter === '\r'
            ? 'a text is not closed before the line ends'
            : 'a text holds a control character; write it as \\u00xx',
        );
      }
      if (letter === '\\') {
        const escaped = /\\(["\\/bfnrt]|u[\da-fA-F]{4})/y;
        escaped.lastIndex = this.at;
        if (!escaped.test(this.text)) return this.refuse('a backslash starts no escape that JSON knows');
        this.at = escaped.lastIndex - 1;
      }
    }
    return this.refuse('a text is not closed before the file ends');
  }

  private space(): void {
    this.take(SPACE);
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private skip(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at++;
    return true;
  }

  private found(): string {
    const rest = this.text.slice(this.at, this.at + 20).split(/[\s,\]}]/, 1)[0] ?? '';
    if (this.at >= this.text.length) return 'the end of the file';
    return JSON.stringify(rest === '' ? this.text[this.at] : rest);
  }

  private refuse(what: string): false {
    this.fault ??= { at: this.at, what };
    return false;
  }
}

function decodeString(quoted: string): string {
  const value: unknown = JSON.parse(quoted);
  return String(value);
}
