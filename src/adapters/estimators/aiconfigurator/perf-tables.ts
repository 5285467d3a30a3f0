// Measured operator tables, keyed as the queries need them (aiconfigurator v0.9.0, sdk/perf_database.py). Of rows with the same
// key the first in file order counts. Grids are clamped and filled when a query first needs them: one model uses a handful of
// the hundreds that a full database holds.

import type { TableColumns } from '../../../sources/perf-tables/table-columns';
import { clampFromBelow, contextTargets, fillGrid, GEMM_TARGETS, generationTargets } from './grid-filling';
import { GEMM_FORMATS, KV_FORMATS } from './quantisation';
import { newGrid, setFirst, SortedMap, type Grid, type Line } from './sorted-map';
import { gemmSol, generationAttentionSol } from './speed-of-light';
import type { SystemConstants } from './systems';

/** The tables of one system, backend and version, as far as they were found. */
export interface RawPerfTables {
  /** For example `h100_sxm/vllm/0.14.0`; shown beside results. */
  readonly label: string;
  readonly gemm?: TableColumns;
  readonly contextAttention?: TableColumns;
  readonly generationAttention?: TableColumns;
  readonly moe?: TableColumns;
  readonly allReduce?: TableColumns;
  readonly nccl?: TableColumns;
}

export interface AttentionKey {
  /** Only in the context table. */
  readonly fmha?: string;
  readonly kv: string;
  /** 0 = as many as query heads. */
  readonly kvHeads: number;
  readonly headSize: number;
  readonly window: number;
}

export interface MoeKey {
  readonly topk: number;
  readonly experts: number;
  readonly hidden: number;
  readonly inner: number;
  readonly moeTp: number;
  readonly moeEp: number;
}

const attentionText = (key: AttentionKey): string =>
  [key.fmha ?? '', key.kv, key.kvHeads, key.headSize, key.window].join('|');

const moeText = (key: MoeKey): string =>
  [key.topk, key.experts, key.hidden, key.inner, key.moeTp, key.moeEp].join('|');

export class PerfTables {
  readonly label: string;
  /** Which tables were found, by file stem, for messages. */
  readonly present: ReadonlySet<string>;
  private readonly system: SystemConstants;
  private readonly gemmGrids: Map<string, Grid>;
  private readonly contextGrids: Map<string, Grid>;
  private readonly generationGrids: Map<string, Grid>;
  private readonly moeLines: Map<string, Map<string, Map<string, Line>>>;
  private readonly allReduceLines: SortedMap<Line>;
  private readonly ncclLines: Map<string, SortedMap<Line>>;
  private readonly prepared = new Set<Grid>();

  constructor(system: SystemConstants, raw: RawPerfTables) {
    this.system = system;
    this.label = raw.label;
    this.present = new Set(Object.keys(raw).filter((key) => key !== 'label'));
    this.gemmGrids = keyGemm(raw.gemm);
    this.contextGrids = keyAttention(raw.contextAttention, true);
    this.generationGrids = keyAttention(raw.generationAttention, false);
    this.moeLines = keyMoe(raw.moe);
    this.allReduceLines = keyAllReduce(raw.allReduce, system.name === 'b60');
    this.ncclLines = keyNccl(raw.nccl);
  }

  /** x = m, y = n, z = k. */
  gemm(format: string): Grid | undefined {
    return this.prepare(this.gemmGrids.get(format), (grid) => {
      const numbers = GEMM_FORMATS[format];
      if (numbers === undefined) return;
      const clamp = () => clampFromBelow(grid, (m, n, k) => gemmSol(this.system, { m, n, k }, numbers));
      clamp();
      fillGrid(grid, GEMM_TARGETS);
      clamp();
    });
  }

  /** x = query heads, y = sequence length, z = batch. */
  contextAttention(key: AttentionKey): Grid | undefined {
    return this.prepare(this.contextGrids.get(attentionText(key)), (grid) => {
      fillGrid(grid, contextTargets(grid));
    });
  }

  /** x = query heads, y = batch, z = sequence length. */
  generationAttention(key: AttentionKey): Grid | undefined {
    return this.prepare(this.generationGrids.get(attentionText(key)), (grid) => {
      const kv = KV_FORMATS[key.kv];
      if (kv === undefined) return;
      const { headSize, window } = key;
      const clamp = () =>
        clampFromBelow(grid, (heads, batch, length) =>
          generationAttentionSol(
            this.system,
            { batch, length, heads, kvHeads: key.kvHeads === 0 ? heads : key.kvHeads, headSize, window },
            kv,
          ),
        );
      clamp();
      fillGrid(grid, generationTargets(grid));
      clamp();
    });
  }

  /** Tokens → ms; the `uniform` routing distribution stands in for one that was not measured. */
  moe(format: string, distribution: string, key: MoeKey): Line | undefined {
    const byDistribution = this.moeLines.get(format);
    const lines = byDistribution?.get(distribution) ?? byDistribution?.get('uniform');
    return lines?.get(moeText(key));
  }

  /** Elements → ms of the all-reduce over exactly `gpus` GPUs. */
  allReduce(gpus: number): Line | undefined {
    return this.allReduceLines.get(gpus);
  }

  /** GPUs → elements → ms. */
  nccl(dtype: string, operation: string): SortedMap<Line> | undefined {
    return this.ncclLines.get(`${dtype}|${operation}`);
  }

  private prepare(grid: Grid | undefined, work: (grid: Grid) => void): Grid | undefined {
    if (grid !== undefined && !this.prepared.has(grid)) {
      this.prepared.add(grid);
      work(grid);
    }
    return grid;
  }
}

const NO_ROWS: TableColumns = { rowCount: 0, text: () => () => '', number: () => () => NaN };

function keyGemm(table: TableColumns = NO_ROWS): Map<string, Grid> {
  const grids = new Map<string, Grid>();
  const dtype = table.text('gemm_dtype');
  const [m, n, k] = [table.number('m'), table.number('n'), table.number('k')];
  const latency = table.number('latency');
  for (let row = 0; row < table.rowCount; row += 1) {
    setFirst(ensure(grids, dtype(row), newGrid), m(row), n(row), k(row), latency(row));
  }
  return grids;
}

function keyAttention(table: TableColumns = NO_ROWS, isContext: boolean): Map<string, Grid> {
  const grids = new Map<string, Grid>();
  const [fmha, kv] = [table.text('attn_dtype'), table.text('kv_cache_dtype')];
  const [batch, isl, step] = [table.number('batch_size'), table.number('isl'), table.number('step', 0)];
  const [heads, kvHeads] = [table.number('num_heads'), table.number('num_key_value_heads')];
  const [headSize, window] = [table.number('head_dim'), table.number('window_size', 0)];
  const latency = table.number('latency');
  for (let row = 0; row < table.rowCount; row += 1) {
    const key = attentionText({
      ...(isContext ? { fmha: fmha(row) } : {}),
      kv: kv(row),
      kvHeads: kvHeads(row) === heads(row) ? 0 : kvHeads(row),
      headSize: headSize(row),
      window: window(row),
    });
    const grid = ensure(grids, key, newGrid);
    if (isContext) setFirst(grid, heads(row), isl(row), batch(row), latency(row));
    else setFirst(grid, heads(row), batch(row), isl(row) + step(row), latency(row));
  }
  return grids;
}

/** Rows of the low-latency kernel belong to another backend's path. */
const OTHER_MOE_KERNEL = 'moe_torch_flow_min_latency';

function keyMoe(table: TableColumns = NO_ROWS): Map<string, Map<string, Map<string, Line>>> {
  const lines = new Map<string, Map<string, Map<string, Line>>>();
  const [dtype, distribution] = [table.text('moe_dtype'), table.text('distribution')];
  const kernel = table.text('kernel_source');
  const [tokens, hidden, inner] = [
    table.number('num_tokens'),
    table.number('hidden_size'),
    table.number('inter_size'),
  ];
  const [topk, experts] = [table.number('topk'), table.number('num_experts')];
  const [moeTp, moeEp] = [table.number('moe_tp_size'), table.number('moe_ep_size')];
  const latency = table.number('latency');
  for (let row = 0; row < table.rowCount; row += 1) {
    if (kernel(row) === OTHER_MOE_KERNEL) continue;
    const byDistribution = ensure(lines, dtype(row), () => new Map<string, Map<string, Line>>());
    const byShape = ensure(byDistribution, distribution(row), () => new Map<string, Line>());
    const key = moeText({
      topk: topk(row),
      experts: experts(row),
      hidden: hidden(row),
      inner: inner(row),
      moeTp: moeTp(row),
      moeEp: moeEp(row),
    });
    setFirstOn(
      ensure(byShape, key, () => new SortedMap<number>()),
      tokens(row),
      latency(row),
    );
  }
  return lines;
}

function keyAllReduce(table: TableColumns = NO_ROWS, keepsEager: boolean): SortedMap<Line> {
  const lines = new SortedMap<Line>();
  const [kernel, backend] = [table.text('kernel_source'), table.text('backend')];
  const [gpus, size, latency] = [
    table.number('num_gpus'),
    table.number('message_size'),
    table.number('latency'),
  ];
  for (let row = 0; row < table.rowCount; row += 1) {
    const isEager = kernel(row).endsWith('_eager') || backend(row).endsWith('_eager');
    if (isEager && !keepsEager) continue;
    setFirstOn(
      lines.ensure(gpus(row), () => new SortedMap<number>()),
      size(row),
      latency(row),
    );
  }
  return lines;
}

function keyNccl(table: TableColumns = NO_ROWS): Map<string, SortedMap<Line>> {
  const byKind = new Map<string, SortedMap<Line>>();
  const [dtype, operation] = [table.text('nccl_dtype'), table.text('op_name')];
  const [gpus, size, latency] = [
    table.number('num_gpus'),
    table.number('message_size'),
    table.number('latency'),
  ];
  for (let row = 0; row < table.rowCount; row += 1) {
    const lines = ensure(byKind, `${dtype(row)}|${operation(row)}`, () => new SortedMap<Line>());
    setFirstOn(
      lines.ensure(gpus(row), () => new SortedMap<number>()),
      size(row),
      latency(row),
    );
  }
  return byKind;
}

function setFirstOn(line: Line, key: number, value: number): void {
  if (!line.has(key)) line.set(key, value);
}

function ensure<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
