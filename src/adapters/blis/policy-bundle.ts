// The policy bundle: YAML that selects admission, routing, priority, scheduler, tenant budgets, autoscaler and node pools
// (BLIS 87cc70ed `sim/bundle.go`). Parsing is strict as in the reference: unknown keys and empty documents are errors.
// Messages keep the reference's vocabulary (key names, valid options), so that habits and scripts carry over.

import { z } from 'zod';
import { parseGoYaml, type YamlDocument } from '../../base/go-yaml';
import {
  goDocument,
  goInteger,
  goList,
  goMap,
  goNumber as goNumberField,
  goNumberMap,
  goOptionalInteger,
  goOptionalNumber,
  goText,
  yamlProblems,
} from '../../base/go-yaml-schema';
import { fail, ok, type Result } from '../../base/result';
import {
  ADMISSION_POLICIES,
  ANALYZER_DEFAULTS,
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

const DELAY = { mean: goNumberField(), stddev: goNumberField() };
const SCHEMA = goDocument({
  admission: goMap({
    policy: goText(),
    token_bucket_capacity: goOptionalNumber(),
    token_bucket_refill_rate: goOptionalNumber(),
    tier_shed_threshold: goOptionalInteger(),
    tier_shed_min_priority: goOptionalInteger(),
    gaie_qd_threshold: goOptionalNumber(),
    gaie_kv_threshold: goOptionalNumber(),
    slo_priorities: goNumberMap(),
  }),
  routing: goMap({ policy: goText(), scorers: goList(goMap({ name: goText(), weight: goNumberField() })) }),
  priority: goMap({ policy: goText() }),
  scheduler: goText(),
  tenant_budgets: goNumberMap(),
  node_pools: goList(
    goMap({
      name: goText(),
      gpu_type: goText(),
      gpus_per_node: goInteger(),
      gpu_memory_gib: goNumberField(),
      initial_nodes: goInteger(),
      min_nodes: goInteger(),
      max_nodes: goInteger(),
      provisioning_delay: goMap(DELAY),
      cost_per_hour: goNumberField(),
    }),
  ),
  autoscaler: goMap({
    interval_us: goNumberField(),
    scale_up_cooldown_us: goNumberField(),
    scale_down_cooldown_us: goNumberField(),
    actuation_delay: goMap(DELAY),
    analyzer: goMap({
      kv_cache_threshold: goNumberField(),
      scale_up_threshold: goNumberField(),
      scale_down_boundary: goNumberField(),
      avg_input_tokens: goNumberField(),
    }),
  }),
});
type RawBundle = z.infer<typeof SCHEMA>;

/** The reference names the type that lacks a key; list positions do not count. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  '': 'PolicyBundle',
  admission: 'AdmissionConfig',
  routing: 'RoutingConfig',
  'routing.scorers': 'ScorerConfig',
  priority: 'PriorityConfig',
  node_pools: 'NodePoolConfig',
  'node_pools.provisioning_delay': 'DelaySpec',
  autoscaler: 'AutoscalerConfig',
  'autoscaler.actuation_delay': 'DelaySpec',
  'autoscaler.analyzer': 'AnalyzerConfig',
};

function readingErrors(document: YamlDocument, error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      const single = new z.ZodError([issue]);
      return yamlProblems(document, single).map((problem) => `line ${problem.line ?? 1}: ${problem.message}`);
    }
    const type =
      TYPE_NAMES[issue.path.filter((step) => typeof step === 'string').join('.')] ?? 'PolicyBundle';
    return issue.keys.map(
      (key) => `line ${document.place(issue.path, key).line}: field ${key} not found in type sim.${type}`,
    );
  });
}

const delay = (raw: { mean: number; stddev: number } | undefined): DelayDistribution => ({
  meanS: raw?.mean ?? 0,
  stddevS: raw?.stddev ?? 0,
});

const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;
const quoted = (value: string): string => JSON.stringify(value);

/** First violated rule of the bundle, in the reference's order, or undefined. */
function firstViolation(bundle: PolicyBundle, raw: RawBundle): string | undefined {
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
    autoscalerViolation(raw.autoscaler) ??
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

function autoscalerViolation(raw: RawBundle['autoscaler']): string | undefined {
  const isInvalid = (value: number): boolean => !(value >= 0 && Number.isFinite(value));
  for (const key of ['interval_us', 'scale_up_cooldown_us', 'scale_down_cooldown_us'] as const) {
    const value = raw?.[key] ?? 0;
    const remark = key === 'interval_us' ? ' (0 = disabled)' : '';
    if (isInvalid(value)) return `autoscaler.${key} must be >= 0${remark}, got ${goNumber(value)}`;
  }
  for (const key of ['mean', 'stddev'] as const) {
    const value = raw?.actuation_delay?.[key] ?? 0;
    if (isInvalid(value)) {
      return `autoscaler.actuation_delay.${key} must be a finite value >= 0, got ${goNumber(value)}`;
    }
  }
  const analyzer = raw?.analyzer;
  for (const [key, value] of Object.entries(analyzer ?? {})) {
    if (isInvalid(value))
      return `autoscaler.analyzer.${key} must be a finite value >= 0, got ${goNumber(value)}`;
  }
  const up = analyzer?.scale_up_threshold || ANALYZER_DEFAULTS.scaleUpThreshold;
  const down = analyzer?.scale_down_boundary || ANALYZER_DEFAULTS.scaleDownBoundary;
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

function toBundle(raw: RawBundle): PolicyBundle {
  const stated = <K extends keyof PolicyBundle>(key: K, value: PolicyBundle[K] | '' | undefined) =>
    value === undefined || value === '' ? {} : ({ [key]: value } as Pick<PolicyBundle, K>);
  const { admission, routing, autoscaler } = raw;
  const analyzer = autoscaler?.analyzer;
  return {
    ...stated('admissionPolicy', admission?.policy),
    ...stated('tokenBucketCapacity', admission?.token_bucket_capacity),
    ...stated('tokenBucketRefillRate', admission?.token_bucket_refill_rate),
    ...stated('tierShedThreshold', admission?.tier_shed_threshold),
    ...stated('tierShedMinPriority', admission?.tier_shed_min_priority),
    ...stated('gaieQdThreshold', admission?.gaie_qd_threshold),
    ...stated('gaieKvThreshold', admission?.gaie_kv_threshold),
    ...stated('routingPolicy', routing?.policy),
    ...stated('priorityPolicy', raw.priority?.policy),
    ...stated('scheduler', raw.scheduler),
    sloPriorities: Object.fromEntries(admission?.slo_priorities ?? []),
    scorers: (routing?.scorers ?? []).map((scorer) => ({
      // Checked against the list of names by the validation that follows.
      name: (scorer?.name ?? '') as WeightedScorer['name'],
      weight: scorer?.weight ?? 0,
    })),
    tenantBudgets: Object.fromEntries(raw.tenant_budgets),
    nodePools: raw.node_pools.map((pool) => ({
      name: pool?.name ?? '',
      gpuType: pool?.gpu_type ?? '',
      gpusPerNode: pool?.gpus_per_node ?? 0,
      gpuMemoryGib: pool?.gpu_memory_gib ?? 0,
      initialNodes: pool?.initial_nodes ?? 0,
      minNodes: pool?.min_nodes ?? 0,
      maxNodes: pool?.max_nodes ?? 0,
      provisioningDelay: delay(pool?.provisioning_delay),
      costPerHour: pool?.cost_per_hour ?? 0,
    })),
    ...(autoscaler === undefined
      ? {}
      : {
          autoscaler: {
            intervalUs: autoscaler.interval_us,
            scaleUpCooldownUs: autoscaler.scale_up_cooldown_us,
            scaleDownCooldownUs: autoscaler.scale_down_cooldown_us,
            actuationDelay: delay(autoscaler.actuation_delay),
            // 0 stands for the default, as in the reference.
            kvCacheThreshold: analyzer?.kv_cache_threshold || ANALYZER_DEFAULTS.kvCacheThreshold,
            scaleUpThreshold: analyzer?.scale_up_threshold || ANALYZER_DEFAULTS.scaleUpThreshold,
            scaleDownBoundary: analyzer?.scale_down_boundary || ANALYZER_DEFAULTS.scaleDownBoundary,
            avgInputTokens: analyzer?.avg_input_tokens || ANALYZER_DEFAULTS.avgInputTokens,
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
  const malformed = (message: string, line?: number) =>
    fail({
      code: 'malformed' as const,
      message: `Failed to load policy config: parsing policy config: ${message}`,
      file,
      ...(line === undefined ? {} : { line }),
    });
  // The reference's word for a document without content.
  if (source.replaceAll(/#.*$/gm, '').trim() === '') return malformed('EOF');
  const document = parseGoYaml(source, file);
  if (!document.ok) return malformed(`yaml: ${document.error.message}`, document.error.line);
  const raw = SCHEMA.safeParse(document.value.tree);
  if (!raw.success) {
    return malformed(`yaml: unmarshal errors:\n  ${readingErrors(document.value, raw.error).join('\n  ')}`);
  }
  const bundle = toBundle(raw.data);
  const violation = firstViolation(bundle, raw.data);
  return violation === undefined
    ? ok(bundle)
    : fail({ code: 'bad-value', message: `Invalid policy config: ${violation}`, file });
}
