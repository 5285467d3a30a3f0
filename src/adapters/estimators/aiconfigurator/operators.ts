// A model as a list of operators (aiconfigurator v0.9.0, sdk/models/{llama,moe}.py and sdk/operations.py): each has a name, a count
// (usually the layers), the bytes of its weights and a query. Divisions by parallel widths are integer, as in the program.

import { fail, ok, type Result } from '../../../base/result';
import type { AicModel, Parallelism } from './model-facts';
import type { PerfDatabase, Provenance, Timed } from './perf-database';
import { GEMM_FORMATS, FMHA_FORMATS, MOE_FORMATS, type QuantisationProfile } from './quantisation';
import type { NcclOperation } from './speed-of-light';

/** What a pass runs over. */
export interface Pass {
  /** Tokens through the linear operators. */
  readonly tokens: number;
  readonly batch: number;
  /** Context phase: new tokens of a sequence. Generation phase: its length including the new token. */
  readonly length: number;
  /** Cached tokens of each sequence, context phase only. */
  readonly prefix: number;
}

export interface Operator {
  readonly name: string;
  readonly count: number;
  /** Bytes per GPU over all counts. */
  readonly weightBytes: number;
  readonly isAttention: boolean;
  time(database: PerfDatabase, pass: Pass): Result<Timed>;
}

export interface OperatorLists {
  readonly context: readonly Operator[];
  readonly generation: readonly Operator[];
}

/** Query-key normalisation, rotary embedding and cache writes run this much over their memory time. */
const ATTENTION_EXTRA = 1.1;
const ROUTING_DISTRIBUTION = 'power_law_1.2';
const GATED_MATRICES = 3;

const share = (value: number, ranks: number): number => Math.floor(value / ranks);

/** The operators of both phases, in the program's order. */
export function operatorsOf(
  model: AicModel,
  parallel: Parallelism,
  formats: QuantisationProfile,
): Result<OperatorLists> {
  if (formats.gemm === 'fp8_static') {
    return fail({
      code: 'not-supported',
      field: 'gemm',
      message:
        'fp8_static needs the computescale_perf and scale_matrix_perf tables, which are not read here; use fp8.',
    });
  }
  return ok({
    context: phase('context', model, parallel, formats),
    generation: phase('generation', model, parallel, formats),
  });
}

function phase(
  prefix: 'context' | 'generation',
  model: AicModel,
  parallel: Parallelism,
  formats: QuantisationProfile,
): readonly Operator[] {
  const isContext = prefix === 'context';
  const { layers, hidden, headSize, vocab } = model;
  const { tp, pp } = parallel;
  const kvHeads = Math.ceil((model.kvHeads === 0 ? model.heads : model.kvHeads) / tp);
  const heads = share(model.heads, tp);
  const queryWidth = share(model.heads * headSize, tp);
  const name = (suffix: string) => `${prefix}_${suffix}`;
  const logitsTokens = isContext ? (pass: Pass) => pass.batch : (pass: Pass) => pass.tokens;
  const norm = 2 * hidden + 2 * hidden;

  const attention = (count: number, window: number): Operator => {
    const shape = { heads, kvHeads, headSize, window };
    return {
      name: name('attention'),
      count,
      weightBytes: 0,
      isAttention: true,
      time: (database, pass) => {
        if (!isContext) {
          return database.generationAttention(
            { ...shape, batch: pass.batch, length: pass.length },
            formats.kvCache,
          );
        }
        const timed = database.contextAttention(
          { ...shape, batch: pass.batch, tokens: pass.length, prefix: pass.prefix },
          formats.kvCache,
          formats.fmha,
        );
        if (!timed.ok) return timed;
        const extra = contextExtra(
          database,
          heads * headSize,
          kvHeads * headSize,
          formats.fmha,
          model.hasQkNorm,
        );
        return ok({ ...timed.value, ms: timed.value.ms + extra });
      },
    };
  };
  const logits = gemm(name('logits_gemm'), 1, share(vocab, tp), hidden, 'bfloat16', logitsTokens);
  const halves =
    model.alternateWindow === 0
      ? [attention(layers, 0)]
      : [attention(layers / 2, model.alternateWindow), attention(layers / 2, 0)];

  const list: Operator[] = [
    memory(name('embedding'), 1, hidden * 2, share(vocab, tp) * hidden * 2),
    memory(name('add_norm_1'), layers, norm * 2),
    gemm(name('qkv_gemm'), layers, queryWidth + headSize * kvHeads * 2, hidden, formats.gemm),
    ...halves,
    gemm(name('proj_gemm'), layers, hidden, queryWidth, formats.gemm),
    memory(name('add_norm_2'), layers, norm * 2),
  ];
  if (model.moe === undefined) {
    const inner = share(model.ffn, tp);
    const gateUp = share(2 * model.ffn, tp);
    list.push(
      gemm(name('gate_ffn1_gemm'), layers, gateUp, hidden, formats.gemm),
      memory(name('act_gate'), layers, (gateUp + inner) * 2),
      gemm(name('ffn2_gemm'), layers, hidden, inner, formats.gemm),
      logits,
      allReduce(name('embedding_ar'), 1, tp, hidden),
      allReduce(name('ar_1'), layers, tp, hidden),
      allReduce(name('ar_2'), layers, tp, hidden),
    );
  } else {
    list.push(
      gemm(name('router_gemm'), layers, model.moe.experts, hidden, 'bfloat16'),
      dispatch(name('moe_pre_dispatch'), layers, hidden, parallel, 'all_gather'),
      experts(name('moe'), model, parallel, formats.moe),
      dispatch(name('moe_post_dispatch'), layers, hidden, parallel, 'reduce_scatter'),
      // The context list of this family has no output head.
      ...(isContext ? [] : [logits]),
      allReduce(name('embedding_ar'), 1, tp, hidden),
    );
  }
  list.push({
    name: name('p2p'),
    count: pp - 1,
    weightBytes: 0,
    isAttention: false,
    time: (database, pass) =>
      ok(pp === 1 ? { ms: 0, provenance: formula(database) } : database.peerToPeer(pass.tokens * hidden * 2)),
  });
  return list;
}

const formula = (database: PerfDatabase): Provenance => (database.mode === 'SOL' ? 'sol' : 'empirical');

function memory(name: string, count: number, bytesPerToken: number, weightBytes = 0): Operator {
  return {
    name,
    count,
    weightBytes: weightBytes * count,
    isAttention: false,
    time: (database, pass) => ok(database.memory(pass.tokens * bytesPerToken)),
  };
}

function gemm(
  name: string,
  count: number,
  n: number,
  k: number,
  format: string,
  rows: (pass: Pass) => number = (pass) => pass.tokens,
): Operator {
  return {
    name,
    count,
    weightBytes: n * k * (GEMM_FORMATS[format]?.bytes ?? 0) * count,
    isAttention: false,
    time: (database, pass) => database.gemm({ m: rows(pass), n, k }, format),
  };
}

function allReduce(name: string, count: number, tp: number, hidden: number): Operator {
  return {
    name,
    count,
    weightBytes: 0,
    isAttention: false,
    time: (database, pass) =>
      tp === 1
        ? ok({ ms: 0, provenance: formula(database) })
        : database.customAllReduce(tp, pass.tokens * hidden),
  };
}

function experts(name: string, model: AicModel, parallel: Parallelism, format: string): Operator {
  const { topk, experts: count, inner } = model.moe ?? { topk: 0, experts: 0, inner: 0 };
  const { moeTp, moeEp, dp } = parallel;
  const bytes = model.hidden * inner * count * (MOE_FORMATS[format]?.bytes ?? 0) * GATED_MATRICES;
  return {
    name,
    count: model.layers,
    weightBytes: share(share(bytes, moeEp), moeTp) * model.layers,
    isAttention: false,
    time: (database, pass) =>
      database.moe(
        { tokens: pass.tokens * dp, hidden: model.hidden, inner, topk, experts: count, moeTp, moeEp },
        format,
        ROUTING_DISTRIBUTION,
      ),
  };
}

/** Handing tokens to the experts' ranks, or fetching them back. */
function dispatch(
  name: string,
  count: number,
  hidden: number,
  parallel: Parallelism,
  collective: NcclOperation,
): Operator {
  const { moeTp, moeEp, dp } = parallel;
  const group = moeTp * moeEp;
  const attentionTp = Math.floor(group / dp);
  return {
    name,
    count,
    weightBytes: 0,
    isAttention: false,
    time: (database, pass) => {
      let ms = 0;
      let provenance = formula(database);
      const elements = pass.tokens * hidden;
      if (attentionTp > 1) {
        const reduce = database.customAllReduce(group, elements);
        if (!reduce.ok) return reduce;
        ms += reduce.value.ms;
        provenance = reduce.value.provenance;
      }
      if (dp > 1) {
        const gather = database.nccl(collective, group, elements * dp, 'half');
        if (!gather.ok) return gather;
        ms += gather.value.ms;
        provenance = gather.value.provenance;
      }
      return ok({ ms, provenance });
    },
  };
}

/**
 * Rotary embedding, cache write and query-key normalisation beside prefill attention. The program charges them per layer for
 * one token, whatever the length.
 */
function contextExtra(
  database: PerfDatabase,
  queryWidth: number,
  kvWidth: number,
  fmha: string,
  hasQkNorm: boolean,
): number {
  const ms = (bytes: number) => database.memory(bytes).ms;
  const norm = hasQkNorm ? 4 * ms(2 * queryWidth) + 4 * ms(2 * kvWidth) : 0;
  const rotary = 2 * ms(2 * queryWidth + 2 * kvWidth);
  return ATTENTION_EXTRA * (norm + rotary + 2 * ms(kvWidth * (FMHA_FORMATS[fmha]?.bytes ?? 0)));
}
