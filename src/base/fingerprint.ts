// A short identity of plain data: equal data, equal text; different data, different text with overwhelming likelihood. Not a
// cryptographic hash, and it need not be: it tells this device's own results apart. (crypto.subtle is absent on plain http.)

/** 16 hexadecimal digits over the UTF-16 code units of `text`: two independent 32-bit multiply-xor lanes (MurmurHash2 mixers). */
export function fingerprintText(text: string): string {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x5bd1e995);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, 0x1b873593);
    b ^= b >>> 13;
  }
  return hex(a) + hex(Math.imul(b ^ a, 0xc2b2ae35));
}

/** The same over JSON-like data; keys are sorted, absent and undefined are alike. */
export const fingerprintOf = (value: unknown): string => fingerprintText(canonical(value));

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (ArrayBuffer.isView(value)) return `<${fingerprintBytes(value)}>`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined');
}

function fingerprintBytes(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let a = 0x811c9dc5;
  for (const byte of bytes) a = Math.imul(a ^ byte, 0x01000193);
  return `${view.byteLength}:${hex(a)}`;
}
