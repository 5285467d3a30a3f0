// GPU figures of llm-optimizer (bentoml/llm-optimizer bb82d22, predefined/gpus.py). They are that program's own figures, not
// the reviewed catalogue: an exact reproduction needs its rounding (H200 989 TFLOPS, H100 989.5).

import { fail, ok, type Result } from '../../../base/result';

export interface OptimizerGpu {
  readonly name: string;
  readonly fp16Tflops: number;
  /** Absent = the device has no native FP8. */
  readonly fp8Tflops?: number;
  /** The program's "GB/s" column. It multiplies it by 2^30, not by 10^9. */
  readonly bandwidthColumn: number;
  /** The program's "GB" column, multiplied by 2^30. */
  readonly vramColumn: number;
  /** Only in a later fork of the program. */
  readonly isExtension: boolean;
}

const row = (
  name: string,
  fp16Tflops: number,
  fp8Tflops: number | undefined,
  bandwidthColumn: number,
  vramColumn: number,
  isExtension = false,
): OptimizerGpu => ({
  name,
  fp16Tflops,
  ...(fp8Tflops === undefined ? {} : { fp8Tflops }),
  bandwidthColumn,
  vramColumn,
  isExtension,
});

export const OPTIMIZER_GPUS: readonly OptimizerGpu[] = [
  row('H100', 989.5, 1978, 3350, 80),
  row('H200', 989, 1978, 4800, 141),
  row('A100', 312, undefined, 2039, 80),
  row('A100-40GB', 312, undefined, 1555, 40),
  row('L20', 119.5, 239, 864, 48),
  row('L40', 181, 362, 864, 48),
  row('B100', 1800, 3500, 8000, 192),
  row('B200', 2250, 4500, 8000, 192),
  row('L40S', 362, 733, 864, 48, true),
  row('L4', 120, 242, 300, 24, true),
];

/** Looks a GPU up by name, whatever its case. */
export function findOptimizerGpu(name: string): Result<OptimizerGpu> {
  const found = OPTIMIZER_GPUS.find((gpu) => gpu.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return ok(found);
  const known = OPTIMIZER_GPUS.map((gpu) => gpu.name).join(', ');
  return fail({
    code: 'unknown-name',
    field: 'gpu',
    message: `llm-optimizer does not know the GPU "${name}"; it knows ${known}.`,
  });
}
