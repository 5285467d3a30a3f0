// Writes the print resolution into a PNG file: a pHYs chunk (PNG specification 11.3.5.3) before the pixel data. Canvases write
// none, and without it layout programs take the figure for 72 dpi.

const SIGNATURE_BYTES = 8;
/** Signature, then the IHDR chunk: length 4, type 4, data 13, checksum 4. */
const AFTER_HEADER = SIGNATURE_BYTES + 25;
const METRES_PER_INCH = 0.0254;

export function withDensity(png: Uint8Array, dpi: number): Uint8Array {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  const perMetre = Math.round(dpi / METRES_PER_INCH);
  view.setUint32(0, 9);
  chunk.set([0x70, 0x48, 0x59, 0x73], 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  const file = new Uint8Array(png.length + chunk.length);
  file.set(png.subarray(0, AFTER_HEADER));
  file.set(chunk, AFTER_HEADER);
  file.set(png.subarray(AFTER_HEADER), AFTER_HEADER + chunk.length);
  return file;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
