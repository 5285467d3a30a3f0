// One operator query → ms, in one of the database modes (aiconfigurator v0.9.0, sdk/perf_database.py):
//   SILICON    from measured tables; what they do not hold is an error
//   HYBRID     from tables, and EMPIRICAL for each query that they do not hold
//   EMPIRICAL  the roofline divided by an efficiency
//   SOL        the roofline alone ("speed of light")
// Memory and point-to-point operators have no tables: formulas in every mode.

import type { Problem } from '../../../base/problem';
import { fail, ok, type Result } from '../../../base/result';
import { alongLine, bracketLoosely, inGrid, straightLine } from './interpolation';
import type { AttentionKey, MoeKey, PerfTables } from './perf-tables';
import { COMM_BYTES, findFormat, FMHA_FORMATS, GEMM_FORMATS, KV_FORMATS, MOE_FORMATS } from './quantisation';
import type { Grid } from './sorted-map';
import {
  allReduceSol,
  contextAttentionSol,
  EFFICIENCY,
  gemmSol,
  generationAttentionSol,
  moeSol,
  ncclSol,
  type ContextShape,
  type GemmShape,
  type GenerationShape,
  type MoeShape,
  type NcclOperation,
} from './speed-of-light';
import {
  MEMORY_DERATE,
  MEMORY_LATENCY_S,
  P2P_LATENCY_S,
  peerBandwidth,
  type SystemConstants,
} from './systems';

export const DATABASE_MODES = ['SILICON', 'HYBRID', 'EMPIRICAL', 'SOL'] as const;
export type DatabaseMode = (typeof DATABASE_MODES)[number];

/** What a number rests on. */
export type Provenance = 'silicon' | 'empirical' | 'sol';

export interface Timed {
  readonly ms: number;
  readonly provenance: Provenance;
}

/** With this many GPUs to a node the custom kernel serves only small groups. */
const RACK_SCALE_NODE = 72;
const RACK_SCALE_CUSTOM_LIMIT = 4;

export class PerfDatabase {
  readonly system: SystemConstants;
  readonly mode: DatabaseMode;
  readonly tables: PerfTables | undefined;

  constructor(system: SystemConstants, mode: DatabaseMode, tables?: PerfTables) {
    this.system = system;
    this.mode = mode;
    this.tables = tables;
  }

  gemm(shape: GemmShape, formatName: string): Result<Timed> {
    const format = findFormat(GEMM_FORMATS, formatName, 'GEMM');
    if (!format.ok) return format;
    const sol = gemmSol(this.system, shape, format.value);
    return this.answer(sol, EFFICIENCY.gemm, () => {
      // Static scaling runs the FP8 kernel; its scaling passes are accounted for by the caller.
      const table = formatName === 'fp8_static' ? 'fp8' : formatName;
      const grid = this.tables?.gemm(table);
      if (grid === undefined) return this.missing('gemm_perf', `gemm_dtype ${table}`);
      const { m, n, k } = shape;
      const exact = grid.get(m)?.get(n)?.get(k);
      if (exact !== undefined) return ok(exact);
      const column = grid.keys.filter((key) => grid.get(key)?.get(n)?.get(k) !== undefined);
      const value = column.length >= 2 ? overColumn(grid, column, m, n, k) : inGrid(grid, m, n, k, 'cubic');
      return value === undefined
        ? this.missing('gemm_perf', `gemm_dtype ${table}, m ${String(m)}, n ${String(n)}, k ${String(k)}`)
        : ok(value);
    });
  }

  contextAttention(shape: ContextShape, kvName: string, fmhaName: string): Result<Timed> {
    const kv = findFormat(KV_FORMATS, kvName, 'KV-cache');
    if (!kv.ok) return kv;
    const fmha = findFormat(FMHA_FORMATS, fmhaName, 'attention');
    if (!fmha.ok) return fmha;
    const { batch, tokens, prefix, heads, kvHeads } = shape;
    if (kvHeads > heads) return fail(tooManyKvHeads(kvHeads, heads));
    const sol = contextAttentionSol(this.system, shape, kv.value, fmha.value);
    return this.answer(sol, EFFICIENCY.contextAttention, () => {
      const key = { ...attentionKey(shape, kvName), fmha: fmhaName };
      const full = tokens + prefix;
      const grid = this.tables?.contextAttention(key);
      const value = grid === undefined ? undefined : inGrid(grid, heads, full, batch, 'cubic');
      if (value === undefined) {
        return this.missing(
          'context_attention_perf',
          `${attentionWords(key)}, num_heads ${String(heads)}, isl ${String(full)}, batch_size ${String(batch)}`,
        );
      }
      return ok((value * (full * full - prefix * prefix)) / (full * full));
    });
  }

  generationAttention(shape: GenerationShape, kvName: string): Result<Timed> {
    const kv = findFormat(KV_FORMATS, kvName, 'KV-cache');
    if (!kv.ok) return kv;
    const { batch, length, heads, kvHeads } = shape;
    if (kvHeads > heads) return fail(tooManyKvHeads(kvHeads, heads));
    const sol = generationAttentionSol(this.system, shape, kv.value);
    return this.answer(sol, EFFICIENCY.generationAttention, () => {
      const key = attentionKey(shape, kvName);
      const grid = this.tables?.generationAttention(key);
      // Kernels jump with the sequence length; the mean of five lengths around it smooths that.
      const low = Math.max(1, Math.trunc(length * 0.9));
      const high = Math.max(low, Math.trunc(length * 1.1));
      let sum = 0;
      for (let i = 0; i < 5; i += 1) {
        const sample = low + Math.floor(((high - low) * i) / 4);
        const value = grid === undefined ? undefined : inGrid(grid, heads, batch, sample, 'bilinear');
        if (value === undefined) {
          return this.missing(
            'generation_attention_perf',
            `${attentionWords(key)}, num_heads ${String(heads)}, batch_size ${String(batch)}, length ${String(sample)}`,
          );
        }
        sum += value;
      }
      return ok(sum / 5);
    });
  }

  moe(shape: MoeShape, formatName: string, distribution: string): Result<Timed> {
    const format = findFormat(MOE_FORMATS, formatName, 'MoE');
    if (!format.ok) return format;
    const sol = (tokens: number) => moeSol(this.system, { ...shape, tokens }, format.value);
    return this.answer(sol(shape.tokens), EFFICIENCY.moe, () => {
      const { topk, experts, hidden, inner, moeTp, moeEp } = shape;
      const key: MoeKey = { topk, experts, hidden, inner, moeTp, moeEp };
      const line = this.tables?.moe(formatName, distribution, key);
      const largest = line?.keys.at(-1);
      const slowest = line?.values.at(-1);
      if (line === undefined || largest === undefined || slowest === undefined) {
        return this.missing('moe_perf', `moe_dtype ${formatName}, ${moeWords(key)}`);
      }
      if (shape.tokens > largest) {
        const utilisation = Math.min(1, Math.max(1e-8, sol(largest) / slowest));
        return ok(sol(shape.tokens) / utilisation);
      }
      const value = alongLine(line, shape.tokens);
      return value === undefined ? this.missing('moe_perf', moeWords(key)) : ok(value);
    });
  }

  /** All-reduce of `elements` half-precision numbers over `tp` GPUs, by the serving framework's own kernel. */
  customAllReduce(tp: number, elements: number): Result<Timed> {
    const { system } = this;
    const needsNccl = system.gpusPerNode === RACK_SCALE_NODE && tp > RACK_SCALE_CUSTOM_LIMIT;
    return this.answer(allReduceSol(system, tp, elements), EFFICIENCY.communication, () => {
      if (tp === 1) return ok(0);
      if (needsNccl) {
        const timed = this.nccl('all_reduce', tp, elements, 'half');
        return timed.ok ? ok(timed.value.ms) : timed;
      }
      const group = Math.min(tp, system.gpusPerNode);
      const line = this.tables?.allReduce(group);
      const value = line === undefined ? undefined : alongLine(line, elements);
      if (value === undefined) return this.missing('custom_allreduce_perf', `num_gpus ${String(group)}`);
      if (tp <= system.gpusPerNode) return ok(value);
      const share = (((tp - 1) / tp) * group) / (group - 1);
      return ok((value * share * peerBandwidth(system, group)) / peerBandwidth(system, tp));
    });
  }

  nccl(operation: NcclOperation, gpus: number, elements: number, dtype: string): Result<Timed> {
    const bytes = findFormat(COMM_BYTES, dtype, 'communication');
    if (!bytes.ok) return bytes;
    const { system } = this;
    const sol = ncclSol(system, operation, gpus, elements, bytes.value);
    return this.answer(sol, EFFICIENCY.communication, () => {
      if (gpus === 1) return ok(0);
      const groups = this.tables?.nccl(dtype, operation);
      const largest = groups?.keys.at(-1);
      const group = Math.min(gpus, largest ?? gpus);
      const line = groups?.get(group);
      const value = line === undefined ? undefined : alongLine(line, elements);
      if (value === undefined) {
        return this.missing(
          'nccl_perf',
          `nccl_dtype ${dtype}, op_name ${operation}, num_gpus ${String(group)}`,
        );
      }
      if (gpus <= group) return ok(value);
      const share = (((gpus - 1) / gpus) * group) / (group - 1);
      return ok((value * share * peerBandwidth(system, group)) / peerBandwidth(system, gpus));
    });
  }

  /** Reading or writing `bytes` of device memory. */
  memory(bytes: number): Timed {
    const bandwidth = this.system.memoryBandwidth;
    if (this.mode === 'SOL') return { ms: (bytes / bandwidth) * 1e3, provenance: 'sol' };
    return { ms: (bytes / (MEMORY_DERATE * bandwidth) + MEMORY_LATENCY_S) * 1e3, provenance: 'empirical' };
  }

  /** Sending `bytes` to another node. */
  peerToPeer(bytes: number): Timed {
    const bandwidth = this.system.interNodeBandwidth;
    if (this.mode === 'SOL') return { ms: (bytes / bandwidth) * 1e3, provenance: 'sol' };
    return { ms: (bytes / bandwidth + P2P_LATENCY_S) * 1e3, provenance: 'empirical' };
  }

  private answer(sol: number, efficiency: number, measured: () => Result<number>): Result<Timed> {
    if (this.mode === 'SOL') return ok({ ms: sol, provenance: 'sol' });
    if (this.mode !== 'EMPIRICAL') {
      const value = measured();
      if (value.ok) return ok({ ms: value.value, provenance: 'silicon' });
      if (this.mode === 'SILICON') return value;
    }
    return ok({ ms: sol / efficiency, provenance: 'empirical' });
  }

  private missing(table: string, key: string): { readonly ok: false; readonly error: Problem } {
    const where =
      this.tables === undefined
        ? 'no measured tables are loaded'
        : `not in the tables of ${this.tables.label}`;
    return fail({
      code: 'missing-key',
      field: table,
      message: `${table}: ${key}: ${where}. Load tables that hold it, or use HYBRID mode to estimate what is missing.`,
    });
  }
}

/** The line over m at fixed (n, k), extrapolating at its ends. */
function overColumn(
  grid: Grid,
  column: readonly number[],
  m: number,
  n: number,
  k: number,
): number | undefined {
  const bracket = bracketLoosely(m, column);
  if (bracket === undefined) return undefined;
  const [low, high] = bracket;
  const left = grid.get(low)?.get(n)?.get(k);
  const right = grid.get(high)?.get(n)?.get(k);
  return left === undefined || right === undefined ? undefined : straightLine(low, high, left, right, m);
}

/** Tables file multi-head attention under 0 KV heads. */
const attentionKey = (shape: ContextShape | GenerationShape, kv: string): AttentionKey => ({
  kv,
  kvHeads: shape.kvHeads === shape.heads ? 0 : shape.kvHeads,
  headSize: shape.headSize,
  window: shape.window,
});

function attentionWords(key: AttentionKey): string {
  const dtype = key.fmha === undefined ? '' : `attn_dtype ${key.fmha}, `;
  return `${dtype}kv_cache_dtype ${key.kv}, ${String(key.kvHeads)} KV heads, head_dim ${String(key.headSize)}, window ${String(key.window)}`;
}

const moeWords = (key: MoeKey): string =>
  `topk ${String(key.topk)}, ${String(key.experts)} experts, hidden ${String(key.hidden)}, inner ${String(key.inner)}, moe_tp ${String(key.moeTp)}, moe_ep ${String(key.moeEp)}`;

const tooManyKvHeads = (kvHeads: number, heads: number): Problem => ({
  code: 'bad-value',
  field: 'num_key_value_heads',
  message: `${String(kvHeads)} KV heads exceed ${String(heads)} query heads on a GPU.`,
});
