// The rows of a trace that need no care, which is nearly all of them: whole numbers without a sign, texts without quotes,
// `true` or `false`, a reasoning share of 0 or 1, every value in its range. One loop reads such a row into a table of
// numbers, and full tables are spread over the columns. Any other row is left to the general reader, which knows all rules
// and words what is wrong. In a fresh process this costs a third of the general way (W: 16,800 rows), since one small
// loop is compiled instead of a dozen functions.

import type { PlainRecords } from '../base/csv';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;

const UINT32_LIMIT = 2 ** 32;
/** The table is spread over the columns when it holds this many rows: few, so that it happens before `read` is optimised. */
const TABLE_ROWS = 64;

/** Where a column's values go. */
interface Target {
  pushStrided(cells: Float64Array, first: number, stride: number, count: number): void;
}

interface TextTarget extends Target {
  indexOf(bytes: Uint8Array, start: number, end: number): number;
}

/** What a field may hold, in the order of the fields. */
export type PlainField =
  /** `whole` up to 2^53, `count` below 2^32, `share` 0 or 1. */
  | { readonly kind: 'whole' | 'count' | 'share' | 'flag'; readonly target: Target }
  /** `trimmed`: outer blanks would have to go. */
  | { readonly kind: 'text' | 'trimmed'; readonly target: TextTarget };

const NUMBER_LIMITS = { whole: Number.MAX_SAFE_INTEGER + 1, count: UINT32_LIMIT, share: 2 } as const;

export class PlainRows implements PlainRecords {
  count = 0;
  /** Off until the header is read, and for good where the columns are not those of `fields`. */
  isActive = false;
  private readonly width: number;
  /** Smallest number that is too large; 0 = a text; −1 = a flag. */
  private readonly limits: Float64Array;
  private readonly texts: readonly (TextTarget | undefined)[];
  private readonly trims: Uint8Array;
  private readonly cells: Float64Array;
  private used = 0;

  /** @param deadline its field; but for 0, a time before that of the field `arrival` is an error. */
  constructor(
    private readonly fields: readonly PlainField[],
    private readonly deadline: number,
    private readonly arrival: number,
  ) {
    this.width = fields.length;
    this.limits = Float64Array.from(fields, ({ kind }) =>
      kind === 'flag' ? -1 : kind === 'text' || kind === 'trimmed' ? 0 : NUMBER_LIMITS[kind],
    );
    this.texts = fields.map((field) =>
      field.kind === 'text' || field.kind === 'trimmed' ? field.target : undefined,
    );
    this.trims = Uint8Array.from(fields, ({ kind }) => (kind === 'trimmed' ? 1 : 0));
    this.cells = new Float64Array(TABLE_ROWS * this.width);
  }

  read(bytes: Uint8Array, from: number, end: number): number {
    if (!this.isActive) return from;
    const { cells, limits, width } = this;
    let at = from;
    for (;;) {
      const start = at;
      const row = this.used * width;
      for (let field = 0; field < width; field++) {
        const begin = at;
        const limit = limits[field] ?? 0;
        let value = 0;
        if (limit > 0) {
          for (; at < end; at++) {
            const digit = (bytes[at] ?? 0) - ZERO;
            if (digit < 0 || digit > 9) break;
            value = value * 10 + digit;
          }
          if (at === begin || value >= limit) return start;
        } else {
          for (; at < end; at++) {
            const byte = bytes[at];
            if (byte === COMMA || byte === LF) break;
            if (byte === QUOTE) return start;
          }
          if (at >= end) return start;
          const stop = at > begin && bytes[at] === LF && bytes[at - 1] === CR ? at - 1 : at;
          if (limit < 0) value = flagOf(bytes, begin, stop);
          else value = stop === begin ? -1 : this.textOf(field, bytes, begin, stop);
          if (Number.isNaN(value)) return start;
        }
        if (at >= end || bytes[at] !== (field + 1 === width ? LF : COMMA)) return start;
        cells[row + field] = value;
        at++;
      }
      const deadline = cells[row + this.deadline] ?? 0;
      if (deadline > 0 && deadline < (cells[row + this.arrival] ?? 0)) return start;
      this.count++;
      this.used++;
      if (this.used === TABLE_ROWS) this.flush();
    }
  }

  /** Rows read but not yet handed to the columns. */
  get pending(): number {
    return this.used;
  }

  /** Hands the rows of the table to the columns. Before any other row is put there, and at the end. */
  flush(): void {
    this.fields.forEach(({ target }, field) => {
      target.pushStrided(this.cells, field, this.width, this.used);
    });
    this.used = 0;
  }

  /** NaN where the text may need trimming. */
  private textOf(field: number, bytes: Uint8Array, begin: number, end: number): number {
    if (this.trims[field] === 1 && !(isInk(bytes[begin]) && isInk(bytes[end - 1]))) return NaN;
    return this.texts[field]?.indexOf(bytes, begin, end) ?? -1;
  }
}

/** Neither a blank nor a control character nor anything beyond ASCII. */
const isInk = (byte: number | undefined): boolean => byte !== undefined && byte > 0x20 && byte < 0x7f;

/** 1 for `true`, 0 for `false`, NaN for anything else. */
function flagOf(bytes: Uint8Array, begin: number, end: number): number {
  const word = end - begin === 4 ? TRUE : FALSE;
  if (end - begin !== word.length) return NaN;
  for (let at = 0; at < word.length; at++) if (bytes[begin + at] !== word[at]) return NaN;
  return word === TRUE ? 1 : 0;
}

const TRUE = new TextEncoder().encode('true');
const FALSE = new TextEncoder().encode('false');
