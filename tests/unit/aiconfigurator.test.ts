// AIConfigurator's pieces on worked values, and the rules that the recorded rows do not reach.

import { describe, expect, it } from 'vitest';
import { floorDivide, runAggregated } from '../../src/adapters/estimators/aiconfigurator/aggregated-run';
import { cloughTocher, estimateGradients } from '../../src/adapters/estimators/aiconfigurator/clough-tocher';
import { buildEngine, type AicEngine } from '../../src/adapters/estimators/aiconfigurator/engine';
import {
  bracketInside,
  bracketLoosely,
  straightLine,
} from '../../src/adapters/estimators/aiconfigurator/interpolation';
import {
  denseParallelism,
  parseAicModel,
  type AicModel,
  type Parallelism,
} from '../../src/adapters/estimators/aiconfigurator/model-facts';
import { PerfDatabase, type DatabaseMode } from '../../src/adapters/estimators/aiconfigurator/perf-database';
import { PerfTables, type RawPerfTables } from '../../src/adapters/estimators/aiconfigurator/perf-tables';
import { QUANTISATION_PROFILES } from '../../src/adapters/estimators/aiconfigurator/quantisation';
import { runStatic } from '../../src/adapters/estimators/aiconfigurator/static-run';
import { contextBudgets, parallelChoices, sweep } from '../../src/adapters/estimators/aiconfigurator/sweep';
import { findSystem, peerBandwidth, tensorFlops } from '../../src/adapters/estimators/aiconfigurator/systems';
import { tableOf } from '../../src/sources/perf-tables/table-columns';

function value<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const h100 = value(findSystem('h100_sxm'));
const llama = value(
  parseAicModel(
    {
      architectures: ['LlamaForCausalLM'],
      hidden_size: 4096,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      intermediate_size: 14336,
      vocab_size: 128256,
    },
    'llama',
  ),
);
const mixtral = value(
  parseAicModel(
    {
      architectures: ['MixtralForCausalLM'],
      hidden_size: 4096,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      intermediate_size: 14336,
      vocab_size: 32000,
      num_local_experts: 8,
      num_experts_per_tok: 2,
    },
    'mixtral',
  ),
);
const bfloat16 = QUANTISATION_PROFILES['bfloat16'] ?? { gemm: '', moe: '', kvCache: '', fmha: '' };

const engineOf = (model: AicModel, parallel: Parallelism, mode: DatabaseMode = 'EMPIRICAL'): AicEngine =>
  value(buildEngine(model, parallel, bfloat16, new PerfDatabase(h100, mode)));

const table = (columns: Readonly<Record<string, readonly (string | number)[]>>) => {
  const rows = Object.values(columns)[0]?.length ?? 0;
  return tableOf(
    new Map(Object.entries(columns)),
    Uint32Array.from({ length: rows }, (_, i) => i),
  );
};

const tablesOf = (raw: Omit<RawPerfTables, 'label'>) => new PerfTables(h100, { label: 'made-up', ...raw });

describe('interpolation primitives', () => {
  it('brackets strictly inside and loosely outside', () => {
    const keys = [1, 4, 8];
    expect(bracketInside(4, keys)).toEqual([4, 8]);
    expect(bracketInside(8, keys)).toEqual([4, 8]);
    expect(bracketInside(9, keys)).toBeUndefined();
    expect(bracketInside(0, keys)).toBeUndefined();
    expect(bracketLoosely(9, keys)).toEqual([4, 8]);
    expect(bracketLoosely(0, keys)).toEqual([1, 4]);
    expect(bracketInside(5, [5])).toEqual([5, 5]);
    expect(bracketInside(6, [5])).toBeUndefined();
  });

  it('continues a rising line and refuses to continue a falling one', () => {
    expect(straightLine(1, 2, 10, 20, 3)).toBe(30);
    expect(straightLine(1, 2, 20, 10, 3)).toBe(20);
    expect(straightLine(1, 2, 20, 10, 0)).toBe(20);
    expect(straightLine(1, 2, 20, 10, 1.5)).toBe(15);
  });

  it('matches the published surface of four attention latencies, early stop included', () => {
    const corners = [
      0.033770665526390076, 0.06634666522343953, 0.08231466511885326, 0.1443839967250824,
    ] as const;
    const points = [
      [512, 2],
      [512, 4],
      [1024, 2],
      [1024, 4],
    ] as const;
    const gradients = estimateGradients(points, corners);
    const published = [
      [1.178550106e-4, 1.628812447e-2],
      [1.639380607e-4, 1.628793754e-2],
      [8.329124349e-5, 3.103490275e-2],
      [1.293749528e-4, 3.103454706e-2],
    ];
    for (const [i, [y, z]] of published.entries()) {
      expect(gradients[i]?.[0]).toBeCloseTo(y ?? NaN, 12);
      expect(gradients[i]?.[1]).toBeCloseTo(z ?? NaN, 10);
    }
    expect(cloughTocher([512, 1024], [2, 4], corners, 700, 3)).toBeCloseTo(0.07596924248070981, 15);
  });

  it('divides floats downwards as the program does at ties', () => {
    expect(floorDivide(512, 256 / 247)).toBe(493);
    expect(floorDivide(7, 2)).toBe(3);
  });
});

describe('systems', () => {
  it('falls back to multiples of the bfloat16 rate and to slower links beyond a node', () => {
    const a100 = value(findSystem('a100_sxm'));
    const gb200 = value(findSystem('gb200'));
    expect(tensorFlops(a100, 2)).toBe(624e12);
    expect(tensorFlops(h100, 2)).toBe(1978e12);
    expect(peerBandwidth(h100, 8)).toBe(4.5e11);
    expect(peerBandwidth(h100, 16)).toBe(5e10);
    expect(peerBandwidth(gb200, 72)).toBe(9e11);
    expect(peerBandwidth(gb200, 73)).toBe(1e11);
    expect(findSystem('tpu')).toMatchObject({ ok: false, error: { code: 'unknown-name' } });
  });
});

describe('database modes', () => {
  it('says which table and key is missing, and fills in under HYBRID', () => {
    const gemm = { m: 8, n: 64, k: 64 };
    const none = new PerfDatabase(h100, 'SILICON').gemm(gemm, 'bfloat16');
    expect(none).toMatchObject({ ok: false, error: { field: 'gemm_perf' } });
    const hybrid = value(new PerfDatabase(h100, 'HYBRID').gemm(gemm, 'bfloat16'));
    expect(hybrid).toEqual({ ...value(new PerfDatabase(h100, 'EMPIRICAL').gemm(gemm, 'bfloat16')) });
    expect(hybrid.provenance).toBe('empirical');
  });

  it('never reports a GEMM faster than light, also where the grid was filled', () => {
    const database = new PerfDatabase(
      h100,
      'SILICON',
      tablesOf({
        gemm: table({
          gemm_dtype: ['bfloat16', 'bfloat16', 'bfloat16', 'bfloat16', 'bfloat16'],
          m: [8192, 8192, 8192, 8192, 8192],
          n: [4096, 4096, 8192, 8192, 8192],
          k: [4096, 8192, 4096, 8192, 8192],
          latency: [1e-6, 1e-6, 1e-6, 1e-6, 99],
        }),
      }),
    );
    const sol = (n: number) =>
      value(new PerfDatabase(h100, 'SOL').gemm({ m: 8192, n, k: 8192 }, 'bfloat16')).ms;
    expect(value(database.gemm({ m: 8192, n: 8192, k: 8192 }, 'bfloat16'))).toEqual({
      ms: sol(8192),
      provenance: 'silicon',
    });
    expect(value(database.gemm({ m: 8192, n: 16384, k: 8192 }, 'bfloat16')).ms).toBeGreaterThanOrEqual(
      sol(16384),
    );
  });

  const moeKeys = { topk: 2, experts: 8, hidden: 4096, inner: 14336, moeTp: 1, moeEp: 1 };
  const moeTable = (distribution: string) =>
    tablesOf({
      moe: table({
        moe_dtype: ['bfloat16', 'bfloat16', 'bfloat16'],
        distribution: [distribution, distribution, distribution],
        kernel_source: ['made-up', 'made-up', 'moe_torch_flow_min_latency'],
        num_tokens: [16, 64, 32],
        hidden_size: [4096, 4096, 4096],
        inter_size: [14336, 14336, 14336],
        topk: [2, 2, 2],
        num_experts: [8, 8, 8],
        moe_tp_size: [1, 1, 1],
        moe_ep_size: [1, 1, 1],
        latency: [1, 3, 1000],
      }),
    });

  it('interpolates experts over tokens, falls back to uniform routing, and scales the roofline beyond the table', () => {
    const database = new PerfDatabase(h100, 'SILICON', moeTable('uniform'));
    const at = (tokens: number) =>
      value(database.moe({ ...moeKeys, tokens }, 'bfloat16', 'power_law_1.2')).ms;
    expect(at(40)).toBe(2);
    const sol = (tokens: number) =>
      value(new PerfDatabase(h100, 'SOL').moe({ ...moeKeys, tokens }, 'bfloat16', 'x')).ms;
    expect(at(4096)).toBeCloseTo((sol(4096) * 3) / sol(64), 12);
    expect(database.moe({ ...moeKeys, tokens: 16, topk: 1 }, 'bfloat16', 'uniform').ok).toBe(false);
  });

  it('drops eager all-reduce rows and stretches the largest node group over more GPUs', () => {
    const database = new PerfDatabase(
      h100,
      'SILICON',
      tablesOf({
        allReduce: table({
          kernel_source: ['x_graph', 'x_eager', 'x_graph'],
          num_gpus: [8, 8, 8],
          message_size: [1000, 1000, 2000],
          latency: [1, 77, 2],
          backend: ['graph', 'graph', 'graph'],
        }),
      }),
    );
    expect(value(database.customAllReduce(8, 1500)).ms).toBe(1.5);
    expect(value(database.customAllReduce(1, 1500)).ms).toBe(0);
    // 15/16 · 8/7 · 4.5e11/5e10
    expect(value(database.customAllReduce(16, 1000)).ms).toBeCloseTo((15 / 16) * (8 / 7) * 9, 12);
    expect(database.customAllReduce(4, 1000)).toMatchObject({ ok: false });
  });

  it('uses the largest nccl group that was measured', () => {
    const database = new PerfDatabase(
      h100,
      'SILICON',
      tablesOf({
        nccl: table({
          nccl_dtype: ['half', 'half'],
          op_name: ['all_gather', 'all_gather'],
          num_gpus: [8, 8],
          message_size: [1000, 2000],
          latency: [1, 2],
        }),
      }),
    );
    expect(value(database.nccl('all_gather', 1, 1000, 'half')).ms).toBe(0);
    expect(value(database.nccl('all_gather', 16, 2000, 'half')).ms).toBeCloseTo(
      2 * (15 / 16) * (8 / 7) * 9,
      12,
    );
    expect(database.nccl('reduce_scatter', 8, 1000, 'half')).toMatchObject({ ok: false });
  });
});

describe('models', () => {
  it('refuses architectures with other operators and impossible spreads', () => {
    expect(parseAicModel({ architectures: ['DeepseekV3ForCausalLM'] }, 'x')).toMatchObject({
      ok: false,
      error: { code: 'not-supported' },
    });
    const database = new PerfDatabase(h100, 'SOL');
    expect(buildEngine(llama, denseParallelism(3), bfloat16, database).ok).toBe(false);
    const spread = (parallel: Partial<Parallelism>) =>
      buildEngine(mixtral, { ...denseParallelism(2), ...parallel }, bfloat16, database).ok;
    expect(spread({ moeTp: 2 })).toBe(true);
    expect(spread({ moeEp: 2 })).toBe(true);
    expect(spread({ moeTp: 2, moeEp: 2, dp: 2 })).toBe(false);
    expect(spread({ tp: 1, moeEp: 16, dp: 16 })).toBe(false);
  });

  it('gives the window to half the layers of GPT-OSS and sums both halves under one name', () => {
    const config = {
      architectures: ['GptOssForCausalLM'],
      hidden_size: 2880,
      num_hidden_layers: 24,
      num_attention_heads: 64,
      num_key_value_heads: 8,
      head_dim: 64,
      intermediate_size: 2880,
      vocab_size: 201088,
      num_local_experts: 32,
      num_experts_per_tok: 4,
    };
    const model = value(parseAicModel(config, 'gpt-oss'));
    const run = value(
      runStatic(engineOf(model, denseParallelism(1), 'SOL'), {
        batch: 1,
        inputTokens: 4096,
        outputTokens: 2,
        prefix: 0,
      }),
    );
    const attention = (window: number) =>
      value(
        new PerfDatabase(h100, 'SOL').generationAttention(
          { heads: 64, kvHeads: 8, headSize: 64, window, batch: 1, length: 4097 },
          'bfloat16',
        ),
      ).ms;
    expect(run.generationMs.get('generation_attention')).toBeCloseTo(
      12 * (attention(128) + attention(0)),
      12,
    );
    expect(run.contextMs.has('context_logits_gemm')).toBe(false);
    expect(run.generationMs.has('generation_logits_gemm')).toBe(true);
  });
});

describe('aggregated runs', () => {
  it('works the published steps of a batch of 16', () => {
    const input = { batch: 16, inputTokens: 547, outputTokens: 248, contextTokens: 2188, prefix: 0 };
    const run = value(runAggregated(engineOf(llama, denseParallelism(1)), input));
    expect([run.mixedSteps, run.decodeSteps]).toEqual([4, 244]);
    expect(run.ttftMs).toBeCloseTo(run.mixedStepMs * 2.05, 9);
    expect(run.tpotMs).toBeCloseTo((run.mixedStepMs + 244 * run.decodeStepMs) / 245, 9);
    expect(run.memory.totalBytes / 2 ** 30).toBeCloseTo(20.19439697265625, 12);
  });

  it('refuses a step with no room to decode, a prefix that leaves nothing, and single tokens', () => {
    const engine = engineOf(llama, denseParallelism(1));
    const input = { batch: 2, inputTokens: 100, outputTokens: 50, contextTokens: 200, prefix: 0 };
    expect(runAggregated(engine, input)).toMatchObject({ ok: false, error: { field: 'ctx_tokens' } });
    expect(runAggregated(engine, { ...input, contextTokens: 100, prefix: 100 })).toMatchObject({
      ok: false,
      error: { field: 'prefix' },
    });
    expect(runAggregated(engine, { ...input, outputTokens: 1 })).toMatchObject({
      ok: false,
      error: { field: 'osl' },
    });
  });
});

describe('sweeps', () => {
  it('tries the published context budgets', () => {
    const multiples = Array.from({ length: 14 }, (_, i) => 547 * (i + 1));
    expect(contextBudgets(547)).toEqual(multiples);
    expect(contextBudgets(4000)).toEqual([4000, 8000]);
    expect(contextBudgets(100).slice(0, 4)).toEqual([100, 200, 512, 1024]);
  });

  it('spreads dense models by TP and experts by one dimension at a time', () => {
    expect(parallelChoices(llama, 4).map((choice) => choice.tp)).toEqual([1, 2, 4]);
    const spreads = parallelChoices(mixtral, 2).map(({ tp, dp, moeTp, moeEp }) => [tp, dp, moeTp, moeEp]);
    expect(spreads).toEqual([
      [1, 1, 1, 1],
      [1, 2, 1, 2],
      [1, 2, 2, 1],
      [2, 1, 1, 2],
      [2, 1, 2, 1],
    ]);
  });

  it('says that a model does not fit when nothing does', () => {
    const big = { ...llama, layers: 400 };
    const input = { inputTokens: 547, outputTokens: 248, prefix: 0, ttftLimitMs: 150_000 };
    const table = sweep(big, 1, bfloat16, new PerfDatabase(h100, 'EMPIRICAL'), input);
    expect(table).toMatchObject({ ok: false, error: { code: 'out-of-memory' } });
  });
});
