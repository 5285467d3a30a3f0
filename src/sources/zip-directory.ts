// The list of contents at the end of a zip (PKWARE APPNOTE 4.3 and 4.5.3, zip64 included), checked against the bytes that are there:
// counts, sizes and offsets in it are only claims.

export interface ZipEntry {
  /** Parts separated by `/`; never absolute, and never out of the zip. */
  readonly path: string;
  /** 0 = stored, 8 = deflate. */
  readonly method: number;
  readonly packedBytes: number;
  /** As the list states it. */
  readonly sizeBytes: number;
  /** Where the packed bytes start. */
  readonly at: number;
  readonly isEncrypted: boolean;
  readonly isFolder: boolean;
  /** A symbolic link: its content is the name of another file. */
  readonly isLink: boolean;
}

const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA = 1;
const ENCRYPTED = 1;
const UTF8_NAMES = 1 << 11;
const UNIX_LINK = 0xa000;
const IN_ZIP64 = 0xffffffff;

/** The entries in the list's order, at most `most` of them, or what is wrong in words. */
export function readZipDirectory(bytes: Uint8Array, most: number): readonly ZipEntry[] | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(view);
  if (end === undefined) return 'its list of contents is missing';
  const { count, start } = directoryAt(view, end);
  if (start + count * ENTRY_BYTES > bytes.length) return 'its list of contents is longer than the file';
  const entries: ZipEntry[] = [];
  let at = start;
  for (let index = 0; index < Math.min(count, most); index++) {
    if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== ENTRY) {
      return `entry ${index + 1} of its list of contents is damaged`;
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + ENTRY_BYTES + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) return `entry ${index + 1} of its list of contents is damaged`;
    const entry = entryAt(view, at, nameLength, extraLength);
    if (entry === undefined) return `entry ${index + 1} of its list of contents points outside of the file`;
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** Place of the end record; a comment may follow it. */
function endOf(view: DataView): number | undefined {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  return undefined;
}

function directoryAt(view: DataView, end: number): { readonly count: number; readonly start: number } {
  const short = { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== ZIP64_LOCATOR) return short;
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at + 56 > view.byteLength || view.getUint32(at, true) !== ZIP64_END) return short;
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    start: Number(view.getBigUint64(at + 48, true)),
  };
}

function entryAt(view: DataView, at: number, nameLength: number, extraLength: number): ZipEntry | undefined {
  const flags = view.getUint16(at + 8, true);
  const nameAt = at + ENTRY_BYTES;
  const sizes = zip64Sizes(view, nameAt + nameLength, extraLength, {
    size: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    local: view.getUint32(at + 42, true),
  });
  const { local } = sizes;
  if (local + LOCAL_BYTES > view.byteLength || view.getUint32(local, true) !== LOCAL) return undefined;
  const data = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (data + sizes.packed > view.byteLength) return undefined;
  const nameBytes = new Uint8Array(view.buffer, view.byteOffset + nameAt, nameLength);
  const name = new TextDecoder((flags & UTF8_NAMES) !== 0 ? 'utf-8' : 'latin1').decode(nameBytes);
  return {
    path: pathInside(name),
    method: view.getUint16(at + 10, true),
    packedBytes: sizes.packed,
    sizeBytes: sizes.size,
    at: data,
    isEncrypted: (flags & ENCRYPTED) !== 0,
    isFolder: /[\\/]$/.test(name),
    isLink: (view.getUint16(at + 40, true) & 0xf000) === UNIX_LINK,
  };
}

interface Sizes {
  readonly size: number;
  readonly packed: number;
  readonly local: number;
}

/** Numbers that do not fit stand in an extra field, in this order. */
function zip64Sizes(view: DataView, start: number, length: number, short: Sizes): Sizes {
  if (short.size !== IN_ZIP64 && short.packed !== IN_ZIP64 && short.local !== IN_ZIP64) return short;
  for (let at = start; at + 4 <= start + length;) {
    const id = view.getUint16(at, true);
    const bytes = view.getUint16(at + 2, true);
    if (id !== ZIP64_EXTRA) {
      at += 4 + bytes;
      continue;
    }
    let from = at + 4;
    const wide = (value: number): number => {
      if (value !== IN_ZIP64 || from + 8 > start + length) return value;
      from += 8;
      return Number(view.getBigUint64(from - 8, true));
    };
    return { size: wide(short.size), packed: wide(short.packed), local: wide(short.local) };
  }
  return short;
}

/** Archives of another system's paths, and those that mean to climb out of the folder they are unpacked in. */
const pathInside = (name: string): string =>
  name
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
