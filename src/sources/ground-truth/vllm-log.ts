// KV-cache sizes from a vLLM server log (sim-to-real 5b12a00, validator spec 5.2 and 5.3). Each value comes from the first line
// that states it. CPU blocks are the configured capacity of KV offloading, not its peak use.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { readChunks, type SourceFile } from '../file-tree';
import { LineSplitter } from './text-lines';

export interface KvSizes {
  readonly totalKvBlocks: number;
  readonly cpuKvBlocks: number;
}

const BLOCK_TOKENS = 16;
/** A thousand times the largest cache known; a larger number is a damaged line. */
const MAX_TOKENS = 1e11;
const GPU_TOKENS = /GPU KV cache size:\s+([\d,]+)\s+tokens/;
const CPU_BYTES = /cpu_bytes_to_use['"]?\s*:\s*([\d.]+)/;
const GPU_GIB = /Available KV cache memory:\s*(\d[\d.]*)\s*GiB/;

interface Stated {
  readonly value: number;
  readonly text: string;
  readonly line: number;
}

export async function readVllmLog(file: SourceFile): Promise<Result<KvSizes>> {
  let gpuTokens: Stated | undefined;
  let cpuBytes: Stated | undefined;
  let gpuGib: Stated | undefined;
  const splitter = new LineSplitter((text, line) => {
    gpuTokens ??= stated(GPU_TOKENS, text, line);
    cpuBytes ??= stated(CPU_BYTES, text, line);
    gpuGib ??= stated(GPU_GIB, text, line);
    return gpuTokens !== undefined && cpuBytes !== undefined && gpuGib !== undefined;
  });
  const read = await readChunks(file, (chunk) => (splitter.push(chunk) ? 'stop' : undefined));
  if (!read.ok) return read;
  splitter.end();
  if (gpuTokens === undefined) return fail(absent(file.path, 'GPU KV cache size'));
  for (const each of [gpuTokens, cpuBytes, gpuGib]) {
    if (each !== undefined && !Number.isFinite(each.value)) return fail(notNumber(file.path, each));
  }
  if (gpuTokens.value > MAX_TOKENS) return fail(notNumber(file.path, gpuTokens));
  const totalKvBlocks = Math.floor(gpuTokens.value / BLOCK_TOKENS);
  if (totalKvBlocks === 0) {
    return fail({
      code: 'bad-value',
      message: `${file.path}, line ${gpuTokens.line}: a GPU KV cache of ${gpuTokens.value} tokens holds no block of ${BLOCK_TOKENS}.`,
      file: file.path,
      line: gpuTokens.line,
    });
  }
  if (cpuBytes === undefined) return ok({ totalKvBlocks, cpuKvBlocks: 0 });
  if (gpuGib === undefined) return fail(absent(file.path, 'Available KV cache memory'));
  const bytesPerToken = (gpuGib.value * 2 ** 30) / gpuTokens.value;
  const cpuKvBlocks = Math.trunc(cpuBytes.value / (bytesPerToken * BLOCK_TOKENS));
  return Number.isFinite(cpuKvBlocks)
    ? ok({ totalKvBlocks, cpuKvBlocks })
    : fail(notNumber(file.path, gpuGib));
}

function stated(pattern: RegExp, text: string, line: number): Stated | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined
    ? undefined
    : { value: Number(found.replaceAll(',', '') || NaN), text: found, line };
}

const absent = (path: string, what: string): Problem => ({
  code: 'missing-key',
  message:
    `No '${what}' line found in ${path} (no '${what}' line means that the number of KV blocks is unknown). ` +
    'Take the log from the start of the server, or leave it out and state total_kv_blocks in exp-config.yaml.',
  file: path,
  field: what,
});

const notNumber = (path: string, { text, line }: Stated): Problem => ({
  code: 'bad-value',
  message: `${path}, line ${line}: "${text.slice(0, 60)}" is not a usable number. Take the log again, or leave it out and state total_kv_blocks in exp-config.yaml.`,
  file: path,
  line,
});
