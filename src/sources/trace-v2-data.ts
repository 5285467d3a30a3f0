// The data file of a TraceV2 pair: CSV by position, header row not checked by the reference, at least 27 columns (BLIS
// 87cc70ed sim/workload/tracev2.go). Two older column sets are recognised by their header row: 26 columns (0074c8c1, no
// prefix_length: every group had a fixed prefix of 50 tokens) and the 22 columns of the s2r converter. Any broken row fails
// the whole load, as in the reference. Bytes go straight into columns; a million rows make no object per cell.

import type { CsvRow } from '../base/csv';
import { CsvReader } from '../base/csv';
import { growingF64, growingU32, growingU8 } from '../base/growing-column';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import { TextColumnBuilder } from '../base/text-column-builder';
import type { TraceColumns, TraceColumnSet } from '../domain/trace';
import { PlainRows, type PlainField } from './trace-v2-plain-rows';

export const TRACE_V2_COLUMNS = [
  'request_id',
  'client_id',
  'tenant_id',
  'slo_class',
  'session_id',
  'round_index',
  'prefix_group',
  'prefix_length',
  'streaming',
  'input_tokens',
  'output_tokens',
  'text_tokens',
  'image_tokens',
  'audio_tokens',
  'video_tokens',
  'reason_ratio',
  'model',
  'deadline_us',
  'server_input_tokens',
  'arrival_time_us',
  'send_time_us',
  'first_chunk_time_us',
  'last_chunk_time_us',
  'num_chunks',
  'status',
  'error_message',
  'finish_reason',
] as const;
type Column = (typeof TRACE_V2_COLUMNS)[number];

const NOT_IN_22: readonly Column[] = [
  'prefix_length',
  'model',
  'deadline_us',
  'server_input_tokens',
  'finish_reason',
];
const COLUMN_SETS: Readonly<Record<TraceColumnSet, readonly Column[]>> = {
  27: TRACE_V2_COLUMNS,
  26: TRACE_V2_COLUMNS.filter((column) => column !== 'prefix_length'),
  22: TRACE_V2_COLUMNS.filter((column) => !NOT_IN_22.includes(column)),
};

/** Prefix length of every group before traces had the column (0074c8c1). */
const OLD_PREFIX_TOKENS = 50;
const UINT32_LIMIT = 2 ** 32;

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

const TEXT_COLUMNS: readonly Column[] = [
  'client_id',
  'tenant_id',
  'slo_class',
  'session_id',
  'prefix_group',
  'model',
  'status',
  'error_message',
  'finish_reason',
];
const TRIMMED_COLUMNS: readonly Column[] = ['error_message', 'finish_reason'];
const COUNT_COLUMNS: readonly Column[] = [
  'input_tokens',
  'output_tokens',
  'text_tokens',
  'image_tokens',
  'audio_tokens',
  'video_tokens',
  'server_input_tokens',
  'num_chunks',
];
const TIME_COLUMNS: readonly Column[] = [
  'arrival_time_us',
  'send_time_us',
  'first_chunk_time_us',
  'last_chunk_time_us',
];

/** A column being filled, and the field of the row that feeds it (−1 = the file lacks it). */
class Slot<T> {
  field = -1;
  readonly trims: boolean;
  constructor(
    readonly column: Column,
    readonly values: T,
  ) {
    this.trims = TRIMMED_COLUMNS.includes(column);
  }
}

function columnOf<T>(slots: readonly Slot<T>[], column: Column): T {
  const slot = slots.find((candidate) => candidate.column === column);
  if (slot === undefined) throw new Error(`no slot for column ${column}`);
  return slot.values;
}

/** Whether trimming could change the field: a blank, a control character or anything beyond ASCII at either end. */
function hasOuterSpace(row: CsvRow, field: number): boolean {
  const start = row.start(field);
  const end = row.end(field);
  if (start === end) return false;
  const isPlain = (byte: number | undefined): boolean => byte !== undefined && byte > 0x20 && byte < 0x7f;
  return !isPlain(row.bytes[start]) || !isPlain(row.bytes[end - 1]);
}

const encoder = new TextEncoder();
const WORD_TRUE = encoder.encode('true');
const WORD_FALSE = encoder.encode('false');

function isWord(row: CsvRow, field: number, word: Uint8Array): boolean {
  const start = row.start(field);
  if (row.end(field) - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (row.bytes[start + at] !== word[at]) return false;
  return true;
}

function readFlag(row: CsvRow, field: number): boolean | undefined {
  // The usual spellings without making a string.
  if (isWord(row, field, WORD_FALSE)) return false;
  if (isWord(row, field, WORD_TRUE)) return true;
  const text = row.text(field);
  if (FALSE.has(text)) return false;
  return TRUE.has(text) ? true : undefined;
}

/** Fed with chunks of bytes; `finish` gives the columns. */
export class TraceV2DataReader {
  private readonly csv: CsvReader;
  private set: TraceColumnSet | undefined;
  private problem: Problem | undefined;
  private readonly position = new Map<Column, number>();
  private readonly texts = TEXT_COLUMNS.map((column) => new Slot(column, new TextColumnBuilder()));

  private readonly requestId = growingF64();
  private readonly roundIndex = growingF64();
  private readonly prefixLength = growingU32();
  private readonly streaming = growingU8();
  private readonly counts = COUNT_COLUMNS.map((column) => new Slot(column, growingU32()));
  private readonly reasonRatio = growingF64();
  private readonly deadlineUs = growingF64();
  private readonly times = TIME_COLUMNS.map((column) => new Slot(column, growingF64()));
  private readonly field = { requestId: -1, round: -1, deadline: -1, ratio: -1, flag: -1, prefix: -1 };

  private readonly plain = new PlainRows(
    TRACE_V2_COLUMNS.map((column) => this.plainField(column)),
    TRACE_V2_COLUMNS.indexOf('deadline_us'),
    TRACE_V2_COLUMNS.indexOf('arrival_time_us'),
  );

  constructor(private readonly file: string) {
    this.csv = new CsvReader(file, (row) => this.row(row), undefined, this.plain);
  }

  get rowsRead(): number {
    return this.requestId.length + this.plain.pending;
  }

  push(chunk: Uint8Array): Problem | undefined {
    return this.csv.push(chunk);
  }

  finish(): Result<{ columnSet: TraceColumnSet; records: TraceColumns }> {
    const problem = this.csv.end();
    if (problem !== undefined) return fail(problem);
    this.plain.flush();
    if (this.set === undefined) {
      return fail({
        code: 'malformed',
        message: `${this.file} is empty; expected a header row and one row a request.`,
        file: this.file,
      });
    }
    const text = (column: Column) => columnOf(this.texts, column).finish();
    const count = (column: Column) => columnOf(this.counts, column).finish();
    const time = (column: Column) => columnOf(this.times, column).finish();
    return ok({
      columnSet: this.set,
      records: {
        count: this.requestId.length,
        requestId: this.requestId.finish(),
        clientId: text('client_id'),
        tenantId: text('tenant_id'),
        sloClass: text('slo_class'),
        sessionId: text('session_id'),
        roundIndex: this.roundIndex.finish(),
        prefixGroup: text('prefix_group'),
        prefixLength: this.prefixLength.finish(),
        streaming: this.streaming.finish(),
        inputTokens: count('input_tokens'),
        outputTokens: count('output_tokens'),
        textTokens: count('text_tokens'),
        imageTokens: count('image_tokens'),
        audioTokens: count('audio_tokens'),
        videoTokens: count('video_tokens'),
        reasonRatio: this.reasonRatio.finish(),
        model: text('model'),
        deadlineUs: this.deadlineUs.finish(),
        serverInputTokens: count('server_input_tokens'),
        arrivalUs: time('arrival_time_us'),
        sendUs: time('send_time_us'),
        firstChunkUs: time('first_chunk_time_us'),
        lastChunkUs: time('last_chunk_time_us'),
        numChunks: count('num_chunks'),
        status: text('status'),
        errorMessage: text('error_message'),
        finishReason: text('finish_reason'),
      },
    });
  }

  private plainField(column: Column): PlainField {
    const slotOf = <T>(slots: readonly Slot<T>[]): T | undefined =>
      slots.find((slot) => slot.column === column)?.values;
    const text = slotOf(this.texts);
    if (text !== undefined)
      return { kind: TRIMMED_COLUMNS.includes(column) ? 'trimmed' : 'text', target: text };
    const count = slotOf(this.counts);
    if (count !== undefined) return { kind: 'count', target: count };
    const time = slotOf(this.times);
    if (time !== undefined) return { kind: 'whole', target: time };
    switch (column) {
      case 'prefix_length':
        return { kind: 'count', target: this.prefixLength };
      case 'streaming':
        return { kind: 'flag', target: this.streaming };
      case 'reason_ratio':
        return { kind: 'share', target: this.reasonRatio };
      case 'round_index':
        return { kind: 'whole', target: this.roundIndex };
      case 'deadline_us':
        return { kind: 'whole', target: this.deadlineUs };
      default:
        return { kind: 'whole', target: this.requestId };
    }
  }

  private row(row: CsvRow): Problem | undefined {
    if (this.set === undefined) {
      this.chooseSet(row);
      this.plain.isActive = this.set === 27;
      return undefined;
    }
    this.plain.flush();
    if (row.count < this.set) {
      return this.fault(row, undefined, `has ${row.count} fields, expected at least ${this.set}`);
    }
    return this.numbers(row) ?? this.labels(row);
  }

  private chooseSet(header: CsvRow): void {
    const matches = (set: TraceColumnSet): boolean =>
      header.count === set && COLUMN_SETS[set].every((column, field) => header.text(field).trim() === column);
    this.set = matches(26) ? 26 : matches(22) ? 22 : 27;
    COLUMN_SETS[this.set].forEach((column, field) => this.position.set(column, field));
    const at = (column: Column): number => this.position.get(column) ?? -1;
    for (const slot of [...this.texts, ...this.counts, ...this.times]) slot.field = at(slot.column);
    this.field.requestId = at('request_id');
    this.field.round = at('round_index');
    this.field.deadline = at('deadline_us');
    this.field.ratio = at('reason_ratio');
    this.field.flag = at('streaming');
    this.field.prefix = at('prefix_length');
  }

  /** Columns that the set lacks (field −1) read as 0. NaN tells that `problem` is set. */
  private integer(row: CsvRow, field: number, column: Column): number {
    if (field < 0) return 0;
    const value = row.integer(field);
    if (Number.isNaN(value)) this.refuse(row, column, `found "${row.text(field)}", expected a whole number`);
    return value;
  }

  private nonNegative(row: CsvRow, field: number, column: Column, limit = UINT32_LIMIT): number {
    const value = this.integer(row, field, column);
    if (value >= 0 && value < limit) return value;
    if (!Number.isNaN(value)) {
      const expected = value < 0 ? 'a whole number >= 0' : `a whole number below ${limit}`;
      this.refuse(row, column, `found ${value}, expected ${expected}`);
    }
    return NaN;
  }

  private numbers(row: CsvRow): Problem | undefined {
    const { field } = this;
    this.requestId.push(this.integer(row, field.requestId, 'request_id'));
    this.roundIndex.push(this.integer(row, field.round, 'round_index'));
    for (const slot of this.counts) slot.values.push(this.nonNegative(row, slot.field, slot.column));
    let arrival = NaN;
    for (const slot of this.times) {
      const time = this.integer(row, slot.field, slot.column);
      slot.values.push(time);
      if (slot.column === 'arrival_time_us') arrival = time;
    }
    const deadline = this.nonNegative(row, field.deadline, 'deadline_us', Infinity);
    if (deadline > 0 && arrival > 0 && deadline < arrival) {
      this.refuse(
        row,
        'deadline_us',
        `found ${deadline}, expected 0 or a time not before arrival_time_us (${arrival})`,
      );
    }
    this.deadlineUs.push(deadline);
    return this.problem ?? this.ratioAndFlag(row);
  }

  private ratioAndFlag(row: CsvRow): Problem | undefined {
    const { ratio: ratioField, flag: flagField } = this.field;
    let ratio = row.integer(ratioField);
    if (Number.isNaN(ratio)) {
      const text = row.text(ratioField);
      ratio = DECIMAL.test(text) ? Number(text) : NaN;
    }
    if (!(ratio >= 0 && ratio <= 1)) {
      this.refuse(row, 'reason_ratio', `found "${row.text(ratioField)}", expected a number from 0 to 1`);
    }
    this.reasonRatio.push(ratio);
    const flag = readFlag(row, flagField);
    if (flag === undefined) {
      this.refuse(row, 'streaming', `found "${row.text(flagField)}", expected true or false`);
    }
    this.streaming.push(flag === true ? 1 : 0);
    return this.problem;
  }

  private labels(row: CsvRow): Problem | undefined {
    let hasGroup = false;
    for (const slot of this.texts) {
      const { field, column, values } = slot;
      if (field < 0) {
        values.pushText('');
      } else if (row.needsRepair[field] === 1 || (slot.trims && hasOuterSpace(row, field))) {
        values.pushText(slot.trims ? row.text(field).trim() : row.text(field));
      } else {
        values.pushBytes(row.bytes, row.start(field), row.end(field));
      }
      if (column === 'prefix_group') hasGroup = row.end(field) > row.start(field);
    }
    const { prefix } = this.field;
    this.prefixLength.push(
      prefix >= 0 ? this.nonNegative(row, prefix, 'prefix_length') : hasGroup ? OLD_PREFIX_TOKENS : 0,
    );
    return this.problem;
  }

  private refuse(row: CsvRow, column: Column, what: string): void {
    this.problem ??= this.fault(row, column, what);
  }

  private fault(row: CsvRow, column: Column | undefined, what: string): Problem {
    const subject = column === undefined ? 'the row' : `column ${column}`;
    return {
      code: 'bad-value',
      message: `${this.file}, line ${row.line}: ${subject} ${what}.`,
      file: this.file,
      line: row.line,
      ...(column === undefined ? {} : { field: column }),
    };
  }
}
