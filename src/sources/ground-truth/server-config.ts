// `exp-config.yaml`: how the vLLM server was started (validator spec 3.1). The KV sizes are an addition of ours for
// experiments whose server log is not there.

import { ok, type Result } from '../../base/result';
import type { SourceFile } from '../file-tree';
import { readYamlFields, required } from './yaml-fields';

export interface ServerConfig {
  readonly model: string;
  readonly tp: number;
  readonly maxModelLen: number;
  readonly maxNumBatchedTokens: number;
  readonly maxNumSeqs: number;
  readonly totalKvBlocks?: number;
  readonly cpuKvBlocks?: number;
}

export async function readServerConfig(file: SourceFile): Promise<Result<ServerConfig>> {
  const read = await readYamlFields(file);
  if (!read.ok) return read;
  const fields = read.value;
  const count = (key: string): Result<number> => required(fields, [key], fields.count([key], 1));
  const model = required(fields, ['model'], fields.text(['model']));
  if (!model.ok) return model;
  const tp = count('tensor_parallelism');
  if (!tp.ok) return tp;
  const maxModelLen = count('max_model_len');
  if (!maxModelLen.ok) return maxModelLen;
  const maxNumBatchedTokens = count('max_num_batched_tokens');
  if (!maxNumBatchedTokens.ok) return maxNumBatchedTokens;
  const maxNumSeqs = count('max_num_seqs');
  if (!maxNumSeqs.ok) return maxNumSeqs;
  const total = fields.count(['total_kv_blocks'], 1);
  if (!total.ok) return total;
  const cpu = fields.count(['cpu_kv_blocks'], 0);
  if (!cpu.ok) return cpu;
  return ok({
    model: model.value,
    tp: tp.value,
    maxModelLen: maxModelLen.value,
    maxNumBatchedTokens: maxNumBatchedTokens.value,
    maxNumSeqs: maxNumSeqs.value,
    ...(total.value === undefined ? {} : { totalKvBlocks: total.value }),
    ...(cpu.value === undefined ? {} : { cpuKvBlocks: cpu.value }),
  });
}
