// The policy bundle: YAML that selects admission, routing, priority, scheduler, tenant budgets, autoscaler and node pools
// (BLIS 87cc70ed `sim/bundle.go`). Parsing is strict as in the reference: unknown keys and empty documents are errors.
// Messages keep the reference's vocabulary (key names, valid options), so that habits and scripts carry over.

import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import {
  ADMISSION_POLICIES,
  ROUTING_POLICIES,
  SCORERS,
  type AutoscalerConfig,
  type DelayDistribution,
  type NodePool,
  type WeightedScorer,
} from '../../domain/cluster-config';
import { PRIORITY_POLICIES, SCHEDULERS } from '../../domain/run-config';
import { goFixed6, goNumber } from './go-numbers';

/** Keys that the bundle states; absent = not stated. */
export interface PolicyBundle {
  readonly admissionPolicy?: string;
  readonly tokenBucketCapacity?: number;
  readonly tokenBucketRefillRate?: number;
  readonly tierShedThreshold?: number;
  readonly tierShedMinPriority?: number;
  readonly gaieQdThreshold?: number;
  readonly gaieKvThreshold?: number;
  readonly sloPriorities: Readonly<Record<string, number>>;
  readonly routingPolicy?: string;
  readonly scorers: readonly WeightedScorer[];
  readonly priorityPolicy?: string;
  readonly scheduler?: string;
  readonly tenantBudgets: Readonly<Record<string, number>>;
  readonly nodePools: readonly NodePool[];
  readonly autoscaler?: AutoscalerConfig;
}

type Kind = 'string' | 'int' | 'float' | 'map-of-float' | 'map-of-int' | Shape | readonly [Shape];
interface Shape {
  readonly type: string;
  readonly keys: Readonly<Record<string, Kind>>;
}

const DELAY: Shape = { type: 'DelaySpec', keys: { mean: 'float', stddev: 'float' } };
const NODE_POOL: Shape = {
  type: 'NodePoolConfig',
  keys: {
    name: 'string',
    gpu_type: 'string',
    gpus_per_node: 'int',
    gpu_memory_gib: 'float',
    initial_nodes: 'int',
    min_nodes: 'int',
    max_nodes: 'int',
    provisioning_delay: DELAY,
    cost_per_hour: 'float',
  },
};
const ANALYZER: Shape = {
  type: 'AnalyzerConfig',
  keys: {
    kv_cache_threshold: 'float',
    scale_up_threshold: 'float',
    scale_down_boundary: 'float',
    avg_input_tokens: 'float',
  },
};
const BUNDLE: Shape = {
  type: 'PolicyBundle',
  keys: {
    admission: {
      type: 'AdmissionConfig',
      keys: {
        policy: 'string',
        token_bucket_capacity: 'float',
        token_bucket_refill_rate: 'float',
        tier_shed_threshold: 'int',
        tier_shed_min_priority: 'int',
        gaie_qd_threshold: 'float',
        gaie_kv_threshold: 'float',
        slo_priorities: 'map-of-int',
      },
    },
    routing: {
      type: 'RoutingConfig',
      keys: {
        policy: 'string',
        scorers: [{ type: 'ScorerConfig', keys: { name: 'string', weight: 'float' } }],
      },
    },
    priority: { type: 'PriorityConfig', keys: { policy: 'string' } },
    scheduler: 'string',
    tenant_budgets: 'map-of-float',
    node_pools: [NODE_POOL],
    autoscaler: {
      type: 'AutoscalerConfig',
      keys: {
        interval_us: 'float',
        scale_up_cooldown_us: 'float',
        scale_down_cooldown_us: 'float',
        actuation_delay: DELAY,
        analyzer: ANALYZER,
      },
    },
  },
};

/** A value read by a Shape: every level knows its keys, so the casts of an untyped tree are not needed. */
type Tree = { readonly [key: string]: Tree | readonly Tree[] | string | number | undefined };

class Reader {
  readonly errors: string[] = [];
  readonly #lines: LineCounter;
  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  #line(node: Node | null | undefined): number {
    return node?.range ? this.#lines.linePos(node.range[0]).line : 1;
  }

  shape(node: Node | null | undefined, shape: Shape): Tree {
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) return {};
    if (!isMap(node)) {
      this.errors.push(
        `line ${this.#line(node)}: cannot unmarshal into sim.${shape.type}, expected a mapping`,
      );
      return {};
    }
    const tree: Record<string, Tree[string]> = Object.create(null) as Record<string, Tree[string]>;
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const kind = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
      if (kind === undefined) {
        const keyNode = isScalar(pair.key) ? pair.key : node;
        this.errors.push(`line ${this.#line(keyNode)}: field ${key} not found in type sim.${shape.type}`);
      } else {
        tree[key] = this.#value(pair.value as Node | null, kind);
      }
    }
    return tree;
  }

  #value(node: Node | null, kind: Kind): Tree[string] {
    if (node === null || (isScalar(node) && node.value === null)) return undefined;
    if (kind === 'string') return isScalar(node) ? String(node.value) : this.#wrong(node, 'string');
    if (kind === 'int' || kind === 'float') {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value !== 'number' || (kind === 'int' && !Number.isInteger(value))) {
        return this.#wrong(node, kind === 'int' ? 'int' : 'float64');
      }
      return value;
    }
    if (kind === 'map-of-float' || kind === 'map-of-int') {
      if (!isMap(node)) return this.#wrong(node, 'map');
      const values: Record<string, Tree[string]> = Object.create(null) as Record<string, Tree[string]>;
      const valueKind = kind === 'map-of-int' ? 'int' : 'float';
      for (const pair of node.items) {
        values[isScalar(pair.key) ? String(pair.key.value) : ''] =
          this.#value(pair.value as Node | null, valueKind) ?? 0;
      }
      return values;
    }
    if ('type' in kind) return this.shape(node, kind);
    if (!isSeq(node)) return this.#wrong(node, 'list');
    return node.items.map((item) => this.shape(item as Node, kind[0]));
  }

  #wrong(node: Node, expected: string): undefined {
    const found = isScalar(node) ? `\`${String(node.value)}\`` : 'a structure';
    this.errors.push(`line ${this.#line(node)}: cannot unmarshal ${found} into ${expected}`);
    return undefined;
  }
}

const text = (tree: Tree, key: string): string | undefined => {
  const value = tree[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const number = (tree: Tree, key: string): number | undefined => {
  const value = tree[key];
  return typeof value === 'number' ? value : undefined;
};
const branch = (tree: Tree, key: string): Tree => {
  const value = tree[key];
  return typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {};
};
const list = (tree: Tree, key: string): readonly Tree[] => {
  const value = tree[key];
  return Array.isArray(value) ? (value as readonly Tree[]) : [];
};
const numbers = (tree: Tree): Record<string, number> =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, typeof value === 'number' ? value : 0]),
  );

const delay = (tree: Tree): DelayDistribution => ({
  meanS: number(tree, 'mean') ?? 0,
  stddevS: number(tree, 'stddev') ?? 0,
});

const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;
const quoted = (value: string): string => JSON.stringify(value);

/** First violated rule of the bundle, in the reference's order, or undefined. */
function firstViolation(bundle: PolicyBundle, raw: Tree): string | undefined {
  const unknown = (what: string, value: string | undefined, valid: readonly string[]): string | undefined =>
    value !== undefined && !valid.includes(value)
      ? `unknown ${what} ${quoted(value)}; valid options: ${[...valid].sort().join(', ')}`
      : undefined;
  const nonNegative = (key: string, value: number | undefined): string | undefined =>
    value !== undefined && !(value >= 0 && Number.isFinite(value))
      ? `${key} must be non-negative, got ${goFixed6(value)}`
      : undefined;
  return (
    unknown('admission policy', bundle.admissionPolicy, ADMISSION_POLICIES) ??
    unknown('routing policy', bundle.routingPolicy, ROUTING_POLICIES) ??
    unknown('priority policy', bundle.priorityPolicy, PRIORITY_POLICIES) ??
    unknown('scheduler', bundle.scheduler, SCHEDULERS) ??
    nonNegative('token_bucket_capacity', bundle.tokenBucketCapacity) ??
    nonNegative('token_bucket_refill_rate', bundle.tokenBucketRefillRate) ??
    (bundle.tierShedThreshold !== undefined && bundle.tierShedThreshold < 0
      ? `tier_shed_threshold must be >= 0, got ${bundle.tierShedThreshold}`
      : undefined) ??
    (bundle.gaieQdThreshold !== undefined && !isPositive(bundle.gaieQdThreshold)
      ? `gaie_qd_threshold must be a finite value > 0, got ${goNumber(bundle.gaieQdThreshold)}`
      : undefined) ??
    (bundle.gaieKvThreshold !== undefined &&
    !(isPositive(bundle.gaieKvThreshold) && bundle.gaieKvThreshold <= 1)
      ? `gaie_kv_threshold must be a finite value in (0, 1.0], got ${goNumber(bundle.gaieKvThreshold)}`
      : undefined) ??
    budgetViolation(bundle.tenantBudgets) ??
    scorerViolation(bundle.scorers) ??
    autoscalerViolation(branch(raw, 'autoscaler')) ??
    nodePoolViolation(bundle.nodePools)
  );
}

function budgetViolation(budgets: Readonly<Record<string, number>>): string | undefined {
  for (const tenant of Object.keys(budgets).sort()) {
    const share = budgets[tenant] ?? 0;
    if (!(share >= 0 && share <= 1))
      return `tenant_budgets[${quoted(tenant)}] must be in [0, 1], got ${goNumber(share)}`;
  }
  return undefined;
}

function scorerViolation(scorers: readonly WeightedScorer[]): string | undefined {
  const seen = new Set<string>();
  for (const [index, { name, weight }] of scorers.entries()) {
    if (!SCORERS.includes(name)) {
      return `routing scorer[${index}]: unknown scorer ${quoted(name)}; valid: ${SCORERS.join(', ')}`;
    }
    if (seen.has(name)) {
      return `routing scorer[${index}]: duplicate scorer ${quoted(name)}; each scorer may appear at most once`;
    }
    seen.add(name);
    if (!isPositive(weight)) {
      return `routing scorer[${index}] ${quoted(name)}: weight must be a finite positive number, got ${goNumber(weight)}`;
    }
  }
  return undefined;
}

function autoscalerViolation(tree: Tree): string | undefined {
  for (const key of ['interval_us', 'scale_up_cooldown_us', 'scale_down_cooldown_us']) {
    const value = number(tree, key) ?? 0;
    if (!(value >= 0 && Number.isFinite(value))) {
      const remark = key === 'interval_us' ? ' (0 = disabled)' : '';
      return `autoscaler.${key} must be >= 0${remark}, got ${goNumber(value)}`;
    }
  }
  const actuation = branch(tree, 'actuation_delay');
  for (const key of ['mean', 'stddev']) {
    const value = number(actuation, key) ?? 0;
    if (!(value >= 0 && Number.isFinite(value))) {
      return `autoscaler.actuation_delay.${key} must be a finite value >= 0, got ${goNumber(value)}`;
    }
  }
  const analyzer = branch(tree, 'analyzer');
  for (const key of ['kv_cache_threshold', 'scale_up_threshold', 'scale_down_boundary', 'avg_input_tokens']) {
    const value = number(analyzer, key) ?? 0;
    if (!(value >= 0 && Number.isFinite(value))) {
      return `autoscaler.analyzer.${key} must be a finite value >= 0, got ${goNumber(value)}`;
    }
  }
  const up = number(analyzer, 'scale_up_threshold') || 0.8;
  const down = number(analyzer, 'scale_down_boundary') || 0.4;
  return down < up
    ? undefined
    : `autoscaler.analyzer.scale_down_boundary (${goNumber(down)}) must be < effective scale_up_threshold (${goNumber(up)})`;
}

function nodePoolViolation(pools: readonly NodePool[]): string | undefined {
  const seen = new Set<string>();
  for (const [index, pool] of pools.entries()) {
    const where = `node_pools[${index}]`;
    const named = `${where} ${quoted(pool.name)}`;
    if (pool.name === '') return `${where}: name must not be empty`;
    if (seen.has(pool.name)) return `${named}: duplicate name`;
    seen.add(pool.name);
    if (pool.gpuType === '') return `${named}: gpu_type must not be empty`;
    if (pool.gpusPerNode < 1) return `${named}: gpus_per_node must be >= 1, got ${pool.gpusPerNode}`;
    if (!isPositive(pool.gpuMemoryGib)) {
      return `${named}: gpu_memory_gib must be a finite value > 0, got ${goNumber(pool.gpuMemoryGib)}`;
    }
    if (pool.initialNodes < 0) return `${named}: initial_nodes must be >= 0, got ${pool.initialNodes}`;
    if (pool.minNodes < 0) return `${named}: min_nodes must be >= 0, got ${pool.minNodes}`;
    if (pool.maxNodes < pool.initialNodes) {
      return `${named}: max_nodes (${pool.maxNodes}) must be >= initial_nodes (${pool.initialNodes})`;
    }
    if (pool.minNodes > pool.maxNodes) {
      return `${named}: min_nodes (${pool.minNodes}) must be <= max_nodes (${pool.maxNodes})`;
    }
    const { meanS, stddevS } = pool.provisioningDelay;
    if (![meanS, stddevS, pool.costPerHour].every((value) => Number.isFinite(value) && value >= 0)) {
      return `${named}: provisioning_delay and cost_per_hour must be finite values >= 0`;
    }
  }
  return undefined;
}

function toBundle(raw: Tree): PolicyBundle {
  const admission = branch(raw, 'admission');
  const routing = branch(raw, 'routing');
  const stated = <K extends keyof PolicyBundle>(key: K, value: PolicyBundle[K] | undefined) =>
    value === undefined ? {} : ({ [key]: value } as Pick<PolicyBundle, K>);
  const scaler = branch(raw, 'autoscaler');
  const analyzer = branch(scaler, 'analyzer');
  return {
    ...stated('admissionPolicy', text(admission, 'policy')),
    ...stated('tokenBucketCapacity', number(admission, 'token_bucket_capacity')),
    ...stated('tokenBucketRefillRate', number(admission, 'token_bucket_refill_rate')),
    ...stated('tierShedThreshold', number(admission, 'tier_shed_threshold')),
    ...stated('tierShedMinPriority', number(admission, 'tier_shed_min_priority')),
    ...stated('gaieQdThreshold', number(admission, 'gaie_qd_threshold')),
    ...stated('gaieKvThreshold', number(admission, 'gaie_kv_threshold')),
    ...stated('routingPolicy', text(routing, 'policy')),
    ...stated('priorityPolicy', text(branch(raw, 'priority'), 'policy')),
    ...stated('scheduler', text(raw, 'scheduler')),
    sloPriorities: numbers(branch(admission, 'slo_priorities')),
    scorers: list(routing, 'scorers').map((scorer) => ({
      // Checked against the list of names by the validation that follows.
      name: (text(scorer, 'name') ?? '') as WeightedScorer['name'],
      weight: number(scorer, 'weight') ?? 0,
    })),
    tenantBudgets: numbers(branch(raw, 'tenant_budgets')),
    nodePools: list(raw, 'node_pools').map((pool) => ({
      name: text(pool, 'name') ?? '',
      gpuType: text(pool, 'gpu_type') ?? '',
      gpusPerNode: number(pool, 'gpus_per_node') ?? 0,
      gpuMemoryGib: number(pool, 'gpu_memory_gib') ?? 0,
      initialNodes: number(pool, 'initial_nodes') ?? 0,
      minNodes: number(pool, 'min_nodes') ?? 0,
      maxNodes: number(pool, 'max_nodes') ?? 0,
      provisioningDelay: delay(branch(pool, 'provisioning_delay')),
      costPerHour: number(pool, 'cost_per_hour') ?? 0,
    })),
    ...(Object.keys(scaler).length === 0
      ? {}
      : {
          autoscaler: {
            intervalUs: number(scaler, 'interval_us') ?? 0,
            scaleUpCooldownUs: number(scaler, 'scale_up_cooldown_us') ?? 0,
            scaleDownCooldownUs: number(scaler, 'scale_down_cooldown_us') ?? 0,
            actuationDelay: delay(branch(scaler, 'actuation_delay')),
            // 0 stands for the default, as in the reference.
            kvCacheThreshold: number(analyzer, 'kv_cache_threshold') || 0.8,
            scaleUpThreshold: number(analyzer, 'scale_up_threshold') || 0.8,
            scaleDownBoundary: number(analyzer, 'scale_down_boundary') || 0.4,
            avgInputTokens: number(analyzer, 'avg_input_tokens') || 512,
          },
        }),
  };
}

/**
 * Parses and validates a bundle.
 * @param source YAML text; only the first document counts.
 * @param file name used in problems.
 * @returns the stated keys, or the first problem with its line where the YAML itself is at fault.
 */
export function parsePolicyBundle(source: string, file: string): Result<PolicyBundle> {
  const problem = (code: Problem['code'], message: string, line?: number) =>
    fail({ code, message, file, ...(line === undefined ? {} : { line }) });
  const load = 'Failed to load policy config: parsing policy config';
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, merge: true });
  const syntax = document.errors[0];
  if (syntax) {
    const line = syntax.linePos?.[0].line;
    return problem('malformed', `${load}: yaml: ${syntax.message.split('\n')[0] ?? ''}`, line);
  }
  if (document.contents === null) return problem('malformed', `${load}: EOF`);
  const reader = new Reader(lines);
  const raw = reader.shape(document.contents, BUNDLE);
  if (reader.errors.length > 0) {
    return problem('malformed', `${load}: yaml: unmarshal errors:\n  ${reader.errors.join('\n  ')}`);
  }
  const bundle = toBundle(raw);
  const violation = firstViolation(bundle, raw);
  return violation === undefined ? ok(bundle) : problem('bad-value', `Invalid policy config: ${violation}`);
}
