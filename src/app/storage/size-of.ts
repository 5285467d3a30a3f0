/**
 * About the bytes that a stored value takes: typed arrays and blobs by their length, numbers as 8, texts as one byte a character, names of
 * fields included. Handles and other objects of the browser count as nothing.
 */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number' || typeof value === 'bigint') return 8;
  if (typeof value !== 'object' || value === null) return 1;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (typeof Blob === 'function' && value instanceof Blob) return value.size;
  if (value instanceof Map || value instanceof Set) return sizeOf([...value]);
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), 0);
  return Object.entries(value).reduce((sum, [name, item]) => sum + name.length + sizeOf(item), 0);
}
