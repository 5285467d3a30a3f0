// `estimate --estimator aiconfigurator`: one entry of the document → the figures under the document's names. `tables` says which
// measured tables an entry was made for: none, sample (a loose slice), full (0.14.0) or full-<version>; absent = the newest loaded.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { runAggregated, type AggregatedRun } from '../../adapters/estimators/aiconfigurator/aggregated-run';
import { buildEngine } from '../../adapters/estimators/aiconfigurator/engine';
import type { MemoryUse } from '../../adapters/estimators/aiconfigurator/memory';
import { parseAicModel } from '../../adapters/estimators/aiconfigurator/model-facts';
import {
  DATABASE_MODES,
  PerfDatabase,
  type Provenance,
  type Timed,
} from '../../adapters/estimators/aiconfigurator/perf-database';
import type { PerfTables } from '../../adapters/estimators/aiconfigurator/perf-tables';
import { QUANTISATION_PROFILES, findFormat } from '../../adapters/estimators/aiconfigurator/quantisation';
import { NCCL_OPERATIONS } from '../../adapters/estimators/aiconfigurator/speed-of-light';
import { runStatic, type StaticRun } from '../../adapters/estimators/aiconfigurator/static-run';
import { round3, sweep, type SweepRow } from '../../adapters/estimators/aiconfigurator/sweep';
import { findSystem } from '../../adapters/estimators/aiconfigurator/systems';
import { matchThroughput } from '../../adapters/estimators/match-throughput';
import { Fields, isJson, modelConfig, type EstimateDocument, type EstimateEntry, type Json } from './entries';

/** Hands out the tables an entry asks for; absent = not loaded. */
export type TableChoice = (
  system: string,
  backend: string,
  tables: string | undefined,
) => PerfTables | undefined;

/** Figures and what they rest on. */
export interface EntryAnswer {
  readonly output: Json;
  readonly provenance: Readonly<Record<string, Provenance | 'mixed'>>;
}

const DEFAULT_SYSTEM = 'h100_sxm';
const DEFAULT_BACKEND = 'vllm';
/** No TTFT of the study's comparison is anywhere near it. */
const TTFT_LIMIT_MS = 150_000;
/** Operators that are formulas in every mode: they need no tables. */
const WITHOUT_TABLES = new Set(['query_mem_op', 'query_p2p']);

function openDatabase(entry: Json, kind: string, tables: TableChoice): Result<PerfDatabase> {
  const fields = new Fields(entry);
  const system = findSystem(fields.text('system', DEFAULT_SYSTEM));
  if (!system.ok) return system;
  const modeName = fields.text('mode', 'SILICON');
  const mode = DATABASE_MODES.find((known) => known === modeName);
  if (mode === undefined) {
    return fail(unknown('mode', modeName, DATABASE_MODES));
  }
  if (mode === 'EMPIRICAL' || mode === 'SOL' || WITHOUT_TABLES.has(kind)) {
    return ok(new PerfDatabase(system.value, mode));
  }
  const wanted = fields.has('tables') ? fields.text('tables') : undefined;
  const chosen = tables(system.value.name, fields.text('backend', DEFAULT_BACKEND), wanted);
  if (chosen === undefined) {
    return fail({
      code: 'missing-file',
      field: 'tables',
      message: `The entry needs measured tables (${wanted ?? system.value.name}) that are not loaded; give the folder with --systems.`,
    });
  }
  return ok(new PerfDatabase(system.value, mode, chosen));
}

/** One row of the document. */
export function aicEntry(
  document: EstimateDocument,
  entry: EstimateEntry,
  tables: TableChoice,
): Result<EntryAnswer> {
  const kind = entry.kind ?? (typeof entry.input['kind'] === 'string' ? entry.input['kind'] : '');
  const database = openDatabase(entry.input, kind, tables);
  if (!database.ok) return database;
  if (kind === 'run_static' || kind === 'run_agg')
    return runEntry(document, entry.input, kind, database.value);
  return queryEntry(entry.input, kind, database.value);
}

function queryEntry(input: Json, kind: string, database: PerfDatabase): Result<EntryAnswer> {
  const ask = queryOf(input, kind);
  if (!ask.ok) return ask;
  const timed = ask.value(database);
  if (!timed.ok) return timed;
  const inMode = (mode: 'SOL' | 'EMPIRICAL'): number | undefined => {
    const value = ask.value(new PerfDatabase(database.system, mode));
    return value.ok ? value.value.ms : undefined;
  };
  // Formula operators have no empirical variant of their own, and the program reports none for nccl.
  const hasEmpirical = !WITHOUT_TABLES.has(kind) && kind !== 'query_nccl';
  return ok({
    output: {
      latency_ms: timed.value.ms,
      sol_ms: inMode('SOL'),
      ...(hasEmpirical ? { empirical_ms: inMode('EMPIRICAL') } : {}),
    },
    provenance: { [kind.replace('query_', '')]: timed.value.provenance },
  });
}

type Query = (database: PerfDatabase) => Result<Timed>;

function queryOf(input: Json, kind: string): Result<Query> {
  const fields = new Fields(input);
  const heads = () => ({
    heads: fields.number('n'),
    kvHeads: fields.number('n_kv') === 0 ? fields.number('n') : fields.number('n_kv'),
    headSize: fields.number('head_size', 128),
    window: fields.number('window_size', 0),
  });
  switch (kind) {
    case 'query_gemm': {
      const shape = { m: fields.number('m'), n: fields.number('n'), k: fields.number('k') };
      const format = fields.text('quant_mode', 'bfloat16');
      return fields.finish<Query>((database) => database.gemm(shape, format));
    }
    case 'query_context_attention': {
      const prefix = fields.number('prefix', 0);
      const shape = { ...heads(), batch: fields.number('b'), tokens: fields.number('s'), prefix };
      const [kv, fmha] = [fields.text('kv', 'bfloat16'), fields.text('fmha', 'bfloat16')];
      return fields.finish<Query>((database) => database.contextAttention(shape, kv, fmha));
    }
    case 'query_generation_attention': {
      const shape = { ...heads(), batch: fields.number('b'), length: fields.number('s') };
      const kv = fields.text('kv', 'bfloat16');
      return fields.finish<Query>((database) => database.generationAttention(shape, kv));
    }
    case 'query_moe': {
      const shape = {
        tokens: fields.number('num_tokens'),
        hidden: fields.number('hidden_size'),
        inner: fields.number('inter_size'),
        topk: fields.number('topk'),
        experts: fields.number('num_experts'),
        moeTp: fields.number('moe_tp', 1),
        moeEp: fields.number('moe_ep', 1),
      };
      const format = fields.text('quant_mode', 'bfloat16');
      const distribution = fields.text('distribution', 'power_law_1.2');
      return fields.finish<Query>((database) => database.moe(shape, format, distribution));
    }
    case 'query_custom_allreduce': {
      const [tp, elements] = [fields.number('tp'), fields.number('elements')];
      return fields.finish<Query>((database) => database.customAllReduce(tp, elements));
    }
    case 'query_nccl': {
      const [gpus, elements] = [fields.number('num_gpus'), fields.number('elements')];
      const dtype = fields.text('dtype', 'half');
      const name = fields.text('op');
      const operation = NCCL_OPERATIONS.find((known) => known === name);
      if (operation === undefined) return fail(unknown('op', name, NCCL_OPERATIONS));
      return fields.finish<Query>((database) => database.nccl(operation, gpus, elements, dtype));
    }
    case 'query_mem_op': {
      const bytes = fields.number('bytes');
      return fields.finish<Query>((database) => ok(database.memory(bytes)));
    }
    case 'query_p2p': {
      const bytes = fields.number('bytes');
      return fields.finish<Query>((database) => ok(database.peerToPeer(bytes)));
    }
    default:
      return fail({
        code: 'unknown-name',
        field: 'kind',
        message: `"${kind}" is no kind of AIConfigurator entry; known are query_gemm, query_context_attention, query_generation_attention, query_moe, query_custom_allreduce, query_nccl, query_mem_op, query_p2p, run_static and run_agg.`,
      });
  }
}

function runEntry(
  document: EstimateDocument,
  input: Json,
  kind: 'run_static' | 'run_agg',
  database: PerfDatabase,
): Result<EntryAnswer> {
  const fields = new Fields(input);
  const tp = fields.number('tp', 1);
  const dp = fields.number('attention_dp', 1);
  const model = modelOf(document, fields.text('model'));
  if (!model.ok) return model;
  const formats = formatsOf(fields);
  if (!formats.ok) return formats;
  const isMoe = model.value.moe !== undefined;
  const moeTp = fields.number('moe_tp', 1);
  const parallel = {
    tp,
    pp: fields.number('pp', 1),
    dp,
    moeTp,
    moeEp: fields.number('moe_ep', isMoe ? (tp * dp) / moeTp : 1),
  };
  const engine = buildEngine(model.value, parallel, formats.value, database);
  if (!engine.ok) return engine;
  const load = {
    batch: fields.number('batch'),
    inputTokens: fields.number('isl'),
    outputTokens: fields.number('osl'),
    prefix: fields.number('prefix', 0),
  };
  if (kind === 'run_static') {
    const checked = fields.finish(load);
    const run = checked.ok ? runStatic(engine.value, checked.value) : checked;
    return run.ok
      ? ok({ output: staticOutput(run.value), provenance: Object.fromEntries(run.value.provenance) })
      : run;
  }
  const checked = fields.finish({ ...load, contextTokens: fields.number('ctx_tokens') });
  const run = checked.ok ? runAggregated(engine.value, checked.value) : checked;
  return run.ok
    ? ok({ output: aggregatedOutput(run.value), provenance: Object.fromEntries(run.value.provenance) })
    : run;
}

function modelOf(document: EstimateDocument, name: string) {
  const config = modelConfig(document, name);
  return config.ok ? parseAicModel(config.value, name) : config;
}

function formatsOf(fields: Fields) {
  const name = fields.text('profile', fields.text('quant_mode', 'bfloat16'));
  const profile = findFormat(QUANTISATION_PROFILES, name, 'quantisation profile');
  if (!profile.ok) return profile;
  const { gemm, moe, kvCache, fmha } = profile.value;
  return ok({
    gemm: fields.text('gemm_quant_mode', gemm),
    moe: fields.text('moe_quant_mode', moe),
    kvCache: fields.text('kvcache_quant_mode', kvCache),
    fmha: fields.text('fmha_quant_mode', fmha),
  });
}

const GIB = 2 ** 30;

const memoryOutput = (memory: MemoryUse): Json => ({
  total: memory.totalBytes / GIB,
  weights: memory.weightBytes / GIB,
  activations: memory.activationBytes / GIB,
  kvcache: memory.kvCacheBytes / GIB,
  nccl: memory.ncclBytes / GIB,
  others: memory.otherBytes / GIB,
});

/** Throughputs of a static run are table values, which the program rounds. */
const staticOutput = (run: StaticRun): Json => ({
  context_ms: Object.fromEntries(run.contextMs),
  generation_ms: Object.fromEntries(run.generationMs),
  memory_gib: memoryOutput(run.memory),
  ttft_ms: run.ttftMs,
  tpot_ms: run.tpotMs,
  seq_s: round3(run.requestsPerSec),
  tokens_s: round3(run.tokensPerSec),
});

const aggregatedOutput = (run: AggregatedRun): Json => ({
  ttft_ms: run.ttftMs,
  tpot_ms: run.tpotMs,
  seq_s: run.requestsPerSec,
  tokens_s: run.tokensPerSec,
  memory_gib: run.memory.totalBytes / GIB,
  oom: run.memory.isOutOfMemory,
  num_mix_steps: run.mixedSteps,
  num_genonly_steps: run.decodeSteps,
  mix_step_ms: run.mixedStepMs,
  genonly_step_ms: run.decodeStepMs,
  mix_ops_ms: Object.fromEntries(run.mixedMs),
  genonly_ops_ms: Object.fromEntries(run.decodeMs),
});

const unknown = (field: string, name: string, known: readonly string[]): Problem => ({
  code: 'unknown-name',
  field,
  message: `"${name}" is no ${field}; known are ${known.join(', ')}.`,
});

/** Rates of the study's workloads, for sweeps that name only the workload. */
const WORKLOAD_RATES: Readonly<Record<string, readonly number[]>> = {
  general: [8, 20],
  codegen: [5, 10],
  roleplay: [6],
  reasoning: [4],
};

/** One sweep of the document: its table at the asked TP, and the row that answers each stage rate. */
export function aicSweep(document: EstimateDocument, entry: Json, tables: TableChoice): Result<EntryAnswer> {
  const fields = new Fields(entry);
  const tp = fields.number('tp', 1);
  const model = modelOf(document, fields.text('model'));
  if (!model.ok) return model;
  const formats = formatsOf(fields);
  if (!formats.ok) return formats;
  const database = openDatabase(entry, 'sweep', tables);
  if (!database.ok) return database;
  const checked = fields.finish({
    inputTokens: fields.number('isl'),
    outputTokens: fields.number('osl'),
    prefix: fields.number('prefix', 0),
    ttftLimitMs: fields.number('ttft', TTFT_LIMIT_MS),
  });
  if (!checked.ok) return checked;
  const table = sweep(
    model.value,
    fields.number('total_gpus', tp),
    formats.value,
    database.value,
    checked.value,
  );
  if (!table.ok) return table;
  const rows = table.value.rows.filter((row) => row.parallel.tp === tp);
  const matches = ratesOf(entry).map((rate) => {
    const index = matchThroughput(
      rows.map((row) => row.requestsPerSec),
      rate,
    );
    const row = index.ok ? rows[index.value] : undefined;
    if (!index.ok || row === undefined) {
      return { rate, error: index.ok ? 'no row' : index.error.message };
    }
    return {
      rate,
      row_index: index.value,
      bs: row.batch,
      ctx_tokens: row.contextTokens,
      ttft_ms: row.ttftMs,
      tpot_ms: row.tpotMs,
      seq_s: row.requestsPerSec,
      tokens_s: row.tokensPerSec,
      e2e_ms: row.ttftMs + row.tpotMs * (checked.value.outputTokens - 1),
    };
  });
  return ok({
    output: {
      ...entry,
      n_rows_all_tp: table.value.rows.length,
      n_rows: rows.length,
      rows: rows.map(sweepRowOutput),
      matches,
    },
    provenance: Object.fromEntries(table.value.provenance),
  });
}

function ratesOf(entry: Json): readonly number[] {
  const listed = Array.isArray(entry['matches']) ? entry['matches'] : entry['rates'];
  if (Array.isArray(listed)) {
    return listed.flatMap((item: unknown) => {
      const rate = isJson(item) ? item['rate'] : item;
      return typeof rate === 'number' ? [rate] : [];
    });
  }
  const workload = entry['workload'];
  return typeof workload === 'string' ? (WORKLOAD_RATES[workload] ?? []) : [];
}

const sweepRowOutput = (row: SweepRow): Json => ({
  bs: row.batch,
  concurrency: row.concurrency,
  ctx_tokens: row.contextTokens,
  ttft: row.ttftMs,
  tpot: row.tpotMs,
  'seq/s': row.requestsPerSec,
  'tokens/s': row.tokensPerSec,
  memory: row.memoryGib,
});
