// Number formats that the operators know, as bytes moved per element and the multiple of the bfloat16 rate they compute at
// (aiconfigurator v0.9.0, sdk/common.py).

import { fail, ok, type Result } from '../../../base/result';

export interface NumberFormat {
  readonly bytes: number;
  /** 1 = bfloat16 rate, 2 = FP8 rate, 4 = FP4 rate. */
  readonly compute: 1 | 2 | 4;
}

const format = (bytes: number, compute: 1 | 2 | 4): NumberFormat => ({ bytes, compute });

const NVFP4_BYTES = 9 / 16; // 4 bits and one shared 8-bit scale for 16 of them

export const GEMM_FORMATS: Readonly<Record<string, NumberFormat>> = {
  bfloat16: format(2, 1),
  int8_wo: format(1, 1),
  int4_wo: format(0.5, 1),
  fp8: format(1, 2),
  fp8_static: format(1, 2),
  sq: format(1, 2),
  fp8_block: format(1, 2),
  fp8_ootb: format(1, 2),
  nvfp4: format(NVFP4_BYTES, 4),
};

export const MOE_FORMATS: Readonly<Record<string, NumberFormat>> = {
  bfloat16: format(2, 1),
  fp8: format(1, 2),
  int4_wo: format(0.5, 1),
  fp8_block: format(1, 2),
  w4afp8: format(0.5, 2),
  nvfp4: format(NVFP4_BYTES, 4),
  w4a16_mxfp4: format(0.5, 1),
  w4a8_mxfp4_mxfp8: format(0.5, 2),
};

export const FMHA_FORMATS: Readonly<Record<string, NumberFormat>> = {
  bfloat16: format(2, 1),
  fp8: format(1, 2),
  fp8_block: format(1, 2),
};

/** The compute factor is that of attention over such a cache: only an FP8 cache doubles the rate. */
export const KV_FORMATS: Readonly<Record<string, NumberFormat>> = {
  bfloat16: format(2, 1),
  int8: format(1, 1),
  fp8: format(1, 2),
};

export const COMM_BYTES: Readonly<Record<string, number>> = { half: 2, int8: 1, fp8: 1 };

/** The formats of one served model. */
export interface QuantisationProfile {
  readonly gemm: string;
  readonly moe: string;
  readonly kvCache: string;
  readonly fmha: string;
}

const uniform = (gemm: string, moe: string, kvCache: string, fmha: string): QuantisationProfile => ({
  gemm,
  moe,
  kvCache,
  fmha,
});

/** Profiles by the names the program and the study use; `float16_default` is the older name of `bfloat16`. */
export const QUANTISATION_PROFILES: Readonly<Record<string, QuantisationProfile>> = {
  bfloat16: uniform('bfloat16', 'bfloat16', 'bfloat16', 'bfloat16'),
  float16_default: uniform('bfloat16', 'bfloat16', 'bfloat16', 'bfloat16'),
  fp8: uniform('fp8', 'fp8', 'fp8', 'fp8'),
  fp8_static: uniform('fp8_static', 'fp8', 'fp8', 'fp8'),
};

/** FP8 attention arithmetic is not available on the vLLM backend: it computes in bfloat16. */
export const forVllm = (profile: QuantisationProfile): QuantisationProfile =>
  profile.fmha === 'fp8' ? { ...profile, fmha: 'bfloat16' } : profile;

/** Looks a format up in one of the tables above; `kind` names the table in the message. */
export function findFormat<T>(table: Readonly<Record<string, T>>, name: string, kind: string): Result<T> {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return ok(found);
  return fail({
    code: 'unknown-name',
    field: kind,
    message: `"${name}" is not a ${kind} format; known are ${Object.keys(table).join(', ')}.`,
  });
}
