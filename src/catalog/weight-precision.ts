// Bytes per weight parameter and per activation element, as BLIS 87cc70ed infers them from config.json and the model name
// (`sim/latency`, `cmd/hfconfig.go`).

/** Bytes of the compute types the reference knows; any other spelling counts as unknown (0). */
const DTYPE_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  uint8: 1,
  fp8: 1,
  int4: 1,
  nf4: 1,
};

export const dtypeBytes = (name: string): number =>
  Object.hasOwn(DTYPE_BYTES, name) ? (DTYPE_BYTES[name] ?? 0) : 0;

const BITS_PER_BYTE = 8;
const NAMED_BITS = /(?:^|[.\-_/])w(\d+)a\d+(?:$|[.\-_])/;
const NAMED_FP8 = /(?:^|[.\-_/])fp8(?:$|[.\-_])/;

/** `…-w4a16` → 0.5, `…-FP8-dynamic` → 1; 0 when the name says nothing. */
export function weightBytesFromName(modelName: string): number {
  const name = modelName.toLowerCase();
  const bits = Number(NAMED_BITS.exec(name)?.[1] ?? 0);
  if (Number.isSafeInteger(bits) && bits > 0) return bits / BITS_PER_BYTE;
  return NAMED_FP8.test(name) ? 1 : 0;
}

type Json = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of a `quantization_config`; 0 = not detected. */
export function weightBytesFromQuantization(block: unknown): number {
  if (!isJsonObject(block)) return 0;
  const bits = wholeBits(block['bits']);
  if (bits > 0) return bits / BITS_PER_BYTE;
  const method = block['quant_method'];
  if (typeof method !== 'string') return 0;
  if (method.toLowerCase() === 'fp8') return 1;
  if (method.toLowerCase() === 'compressed-tensors') return weightBytesFromGroups(block['config_groups']);
  return 0;
}

function wholeBits(value: unknown): number {
  if (typeof value === 'number') return Math.trunc(value);
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

/** The first group in plain key order whose weights state a positive bit width. */
function weightBytesFromGroups(groups: unknown): number {
  if (!isJsonObject(groups)) return 0;
  for (const name of Object.keys(groups).sort()) {
    const group = groups[name];
    const weights = isJsonObject(group) ? group['weights'] : undefined;
    const bits = isJsonObject(weights) ? weights['num_bits'] : undefined;
    if (typeof bits === 'number' && bits > 0) return bits / BITS_PER_BYTE;
  }
  return 0;
}
