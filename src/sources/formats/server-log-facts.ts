// Server facts from a vLLM log that lies beside benchmark files: what the start-up lines of V1 and V0 servers say. Each fact comes
// from the first line that states it. The log is streamed and need not be whole; the kind of GPU does not stand in it.

import { ok, type Result } from '../../base/result';
import { LineSplitter } from '../ground-truth/text-lines';
import { readChunks, type SourceFile } from '../file-tree';
import { parseFact, type FactName, type ServerFacts } from './server-facts';

/** `'max_num_seqs': 128` of the non-default arguments, and `max_num_seqs=128` of Namespace(…) and the engine's configuration. */
const argument = (name: string): RegExp =>
  new RegExp(`['" (,]${name}['"]?\\s*[:=]\\s*(['"]?)([^'",)}\\s]+)\\1`);

/** Patterns that state a fact, in the second group or the first. */
const PATTERNS: readonly (readonly [name: FactName, pattern: RegExp])[] = [
  ['vllm_version', /(?:vLLM API server version|LLM engine \(v|vLLM version:?)\s*v?()(\d[\w.+]*)/],
  ['model', argument('model')],
  ['model', argument('model_tag')],
  ['tensor_parallelism', argument('tensor_parallel_size')],
  ['dp', argument('data_parallel_size')],
  ['max_num_seqs', argument('max_num_seqs')],
  ['max_num_batched_tokens', argument('max_num_batched_tokens')],
  ['max_model_len', argument('max_model_len')],
  ['max_model_len', argument('max_seq_len')],
  ['gpu_mem', argument('gpu_memory_utilization')],
  ['total_kv_blocks', /# GPU blocks:\s*()([\d,]+)/],
];
const KV_TOKENS = /GPU KV cache size:\s+([\d,]+)\s+tokens/;
const QUANTIZATION = argument('quantization');
const BLOCK_TOKENS = 16;
/** Once these are known, the rest of the log has nothing to add. */
const ENOUGH: readonly FactName[] = [
  'model',
  'tensor_parallelism',
  'max_num_seqs',
  'max_num_batched_tokens',
  'max_model_len',
  'total_kv_blocks',
  'vllm_version',
];
/** Lines that say something about the server hold one of these; most lines of a log are requests. */
const HINT = /args|engine|KV cache|GPU blocks|batched|vLLM/;

/** Nothing that the log says is a problem; what it does not say stays absent. Fails only when the file cannot be read. */
export async function readServerLogFacts(file: SourceFile): Promise<Result<ServerFacts>> {
  const facts: Partial<Record<FactName, ServerFacts[FactName]>> = {};
  const splitter = new LineSplitter((line) => {
    if (!HINT.test(line)) return false;
    for (const [name, pattern] of PATTERNS) {
      if (facts[name] !== undefined) continue;
      const found = pattern.exec(line)?.[2];
      if (found === undefined || found === 'None') continue;
      const value = parseFact(name, found);
      if (value.ok) facts[name] = value.value;
    }
    const tokens = KV_TOKENS.exec(line)?.[1];
    if (tokens !== undefined)
      facts.total_kv_blocks ??= Math.floor(Number(tokens.replaceAll(',', '')) / BLOCK_TOKENS);
    const quantization = QUANTIZATION.exec(line)?.[2];
    if (quantization !== undefined && /fp8/i.test(quantization)) facts.precision = 'FP8';
    return ENOUGH.every((name) => facts[name] !== undefined);
  });
  const read = await readChunks(file, (chunk) => (splitter.push(chunk) ? 'stop' : undefined));
  if (!read.ok) return read;
  splitter.end();
  return ok(facts as ServerFacts);
}
