// Builds a TextColumn from bytes or strings without making a string per cell: equal texts are found by hash and compared as
// bytes, so that a column of a million rows with ten different labels decodes ten strings.

import type { TextColumn } from './columns';
import { growingI32 } from './growing-column';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class TextColumnBuilder {
  private readonly names: string[] = [];
  private readonly nameBytes: Uint8Array[] = [];
  private readonly nameHashes: number[] = [];
  private readonly index = growingI32();
  /** Open addressing over row numbers of `names`; −1 = free. */
  private slots = new Int32Array(64).fill(-1);
  private last = -1;

  get length(): number {
    return this.index.length;
  }

  /** Appends a row; the empty text is "says nothing" (−1). */
  pushBytes(bytes: Uint8Array, start: number, end: number): void {
    this.index.push(this.indexOf(bytes, start, end));
  }

  /** Appends `count` rows by what `indexOf` gave for them: `cells[first]`, `cells[first + stride]`, …. */
  pushStrided(cells: Float64Array, first: number, stride: number, count: number): void {
    this.index.pushStrided(cells, first, stride, count);
  }

  pushText(text: string): void {
    if (text === '') {
      this.index.push(-1);
      return;
    }
    const lastName = this.names[this.last];
    if (lastName === text) {
      this.index.push(this.last);
      return;
    }
    const bytes = encoder.encode(text);
    this.pushBytes(bytes, 0, bytes.length);
  }

  finish(): TextColumn {
    return { names: this.names, index: this.index.finish() };
  }

  /** Number of a text among the column's, added where it is new; −1 = the empty text. Appends no row. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return -1;
    if (this.last >= 0 && this.matches(this.last, bytes, start, end)) return this.last;
    let hash = FNV_OFFSET;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), FNV_PRIME);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const candidate = this.slots[slot] ?? -1;
      if (candidate < 0) break;
      if (this.nameHashes[candidate] === hash && this.matches(candidate, bytes, start, end)) {
        this.last = candidate;
        return candidate;
      }
      slot = (slot + 1) & mask;
    }
    const added = this.names.length;
    const copy = bytes.slice(start, end);
    this.names.push(decoder.decode(copy));
    this.nameBytes.push(copy);
    this.nameHashes.push(hash);
    this.slots[slot] = added;
    if (this.names.length * 2 > this.slots.length) this.rehash();
    this.last = added;
    return added;
  }

  private matches(name: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.nameBytes[name];
    if (known === undefined || known.length !== end - start) return false;
    for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
    return true;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    this.nameHashes.forEach((hash, name) => {
      let slot = hash & mask;
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      slots[slot] = name;
    });
    this.slots = slots;
  }
}

/** The same text on every row. */
export function constantTextColumn(text: string, count: number): TextColumn {
  return text === ''
    ? { names: [], index: new Int32Array(count).fill(-1) }
    : { names: [text], index: new Int32Array(count) };
}
