// Parquet tables: flat and ZSTD-compressed. The library believes every size that a file states, and would fill memory with what a
// damaged one claims to hold; so all counts and sizes are checked against the file before it reads. It is loaded only when a
// Parquet file is met.

import type { ColumnMetaData, DataReader, FileMetaData } from 'hyparquet';
import type { PageHeader } from 'hyparquet/src/types.js';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import type { Cells } from './table-columns';

export interface ParsedCells {
  readonly rowCount: number;
  readonly cells: Cells;
}

const MAGIC = 0x31524150; // PAR1
const MAGIC_BYTES = 4;
const TRAILER_BYTES = 8;
/** Footers of operator tables have a few kilobytes. */
const MAX_FOOTER_BYTES = 256 * 1024;
/** The largest operator table known has under a million rows. */
const MAX_ROWS = 20_000_000;
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

export async function readParquet(path: string, bytes: Uint8Array): Promise<Result<ParsedCells>> {
  const refuse = (what: string): Result<never> =>
    fail({
      code: 'malformed',
      file: path,
      message: `${path} is not a readable Parquet file: ${what}. It may be damaged or cut off; copy it again.`,
    } satisfies Problem);
  const footer = footerFault(bytes);
  if (footer !== undefined) return refuse(footer);
  const [{ parquetMetadata, parquetRead }, { parquetHeader }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet/src/column.js'),
    import('hyparquet-compressors'),
  ]);
  // A copy of its own: Node's buffers share one pool, and their `slice` does not copy.
  const { buffer } = new Uint8Array(bytes);
  const cells = new Map<string, unknown[]>();
  try {
    const metadata = parquetMetadata(buffer);
    const fault = sizeFault(metadata, buffer, parquetHeader);
    if (fault !== undefined) return refuse(fault);
    await parquetRead({
      file: {
        byteLength: buffer.byteLength,
        slice: (start: number, end?: number) => buffer.slice(start, end),
      },
      metadata,
      compressors,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = cells.get(columnName) ?? [];
        for (const [index, value] of Array.from(columnData).entries()) column[rowStart + index] = value;
        cells.set(columnName, column);
      },
    });
    return ok({ rowCount: Number(metadata.num_rows), cells });
  } catch (error) {
    return refuse(wordsOf(error));
  }
}

/** The library's own sentences name what is wrong; what it trips over says nothing to a reader. */
function wordsOf(error: unknown): string {
  const isOwn =
    error instanceof Error &&
    !(error instanceof TypeError || error instanceof RangeError || error.message.startsWith('thrift'));
  return isOwn ? error.message : 'its parts do not fit together';
}

function footerFault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < MAGIC_BYTES + TRAILER_BYTES || view.getUint32(bytes.length - 4, true) !== MAGIC) {
    return 'it does not end with a footer';
  }
  const length = view.getUint32(bytes.length - TRAILER_BYTES, true);
  if (length > bytes.length - MAGIC_BYTES - TRAILER_BYTES) {
    return `its footer claims ${length} bytes of a file of ${bytes.length}`;
  }
  return length > MAX_FOOTER_BYTES
    ? `its footer has ${length} bytes, and no operator table needs more than ${MAX_FOOTER_BYTES}`
    : undefined;
}

function sizeFault(
  metadata: FileMetaData,
  file: ArrayBuffer,
  readHeader: (reader: DataReader) => PageHeader,
): string | undefined {
  const rows = Number(metadata.num_rows);
  const inGroups = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!(rows >= 0 && rows <= MAX_ROWS)) return `it claims ${rows} rows; at most ${MAX_ROWS} are read`;
  if (inGroups !== rows) return `it claims ${rows} rows, and its groups ${inGroups}`;
  for (const group of metadata.row_groups) {
    for (const { meta_data: column } of group.columns) {
      if (column === undefined) return 'a column is described in another file';
      const fault = columnFault(column, Number(group.num_rows), file, readHeader);
      if (fault !== undefined) return `column ${column.path_in_schema.join('.').slice(0, 60)}: ${fault}`;
    }
  }
  return undefined;
}

/** Walks the headers of a column's pages. */
function columnFault(
  column: ColumnMetaData,
  rows: number,
  file: ArrayBuffer,
  readHeader: (reader: DataReader) => PageHeader,
): string | undefined {
  const dictionary = Number(column.dictionary_page_offset ?? 0n);
  const start = dictionary > 0 ? dictionary : Number(column.data_page_offset);
  const length = Number(column.total_compressed_size);
  if (!(start >= 0 && length >= 0 && start + length <= file.byteLength)) return 'it lies outside of the file';
  const reader: DataReader = { view: new DataView(file, start, length), offset: 0 };
  while (reader.offset < length - 1) {
    const page = readHeader(reader);
    const values =
      page.data_page_header?.num_values ??
      page.data_page_header_v2?.num_values ??
      page.dictionary_page_header?.num_values ??
      0;
    if (!(values >= 0 && values <= rows)) return `a page claims ${values} values of ${rows} rows`;
    const unpacked = page.uncompressed_page_size;
    if (!(unpacked >= 0 && unpacked <= MAX_PAGE_BYTES)) return `a page claims ${unpacked} bytes`;
    const packed = page.compressed_page_size;
    if (!(packed >= 0 && reader.offset + packed <= length)) return `a page claims ${packed} packed bytes`;
    reader.offset += packed;
  }
  return undefined;
}
