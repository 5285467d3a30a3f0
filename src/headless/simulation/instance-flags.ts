// Flags of one serving instance, as BLIS 87cc70ed `cmd/root.go` names them. A flag that was not given stays absent: that is
// not the same as its default.

import type { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import type { BlisOptions } from '../../adapters/blis/blis-options';
import type { ResolvedCluster } from '../../adapters/blis/cluster-options';
import { resolveBlisOptions, type ResolvedBlis } from '../../adapters/blis/resolve-options';
import type { Catalog } from '../../catalog/catalog';
import { parseModelConfig } from '../../catalog/model-config';
import { PRIORITY_POLICIES, SCHEDULERS } from '../../domain/run-config';
import { openCatalog } from '../catalog';
import { UsageError, type Io } from '../io';
import { int64Option, listOption, numberOption, wholeOption } from '../option-values';

/** Ticks from here on mean "no horizon" (the largest 64-bit integer). */
const UNLIMITED_TICKS = 2n ** 63n - 1n;

export interface InstanceFlags {
  readonly model: string;
  readonly hardware?: string;
  readonly tp?: number;
  readonly vllmVersion?: string;
  readonly latencyModel?: string;
  readonly alphaCoeffs?: readonly string[];
  readonly betaCoeffs?: readonly string[];
  readonly modelConfigFolder?: string;
  readonly gpuMemoryUtilization?: number;
  readonly totalKvBlocks?: number;
  readonly blockSizeInTokens?: number;
  readonly maxNumRunningReqs?: number;
  readonly maxNumScheduledTokens?: number;
  readonly longPrefillTokenThreshold?: number;
  readonly maxModelLen?: number;
  readonly kvCpuBlocks?: number;
  readonly kvOffloadThreshold?: number;
  readonly kvTransferBandwidth?: number;
  readonly kvTransferBaseLatency?: number;
  readonly admissionLatency?: number;
  readonly routingLatency?: number;
  readonly scheduler?: string;
  readonly priorityPolicy?: string;
  readonly horizon?: bigint;
  readonly seed?: bigint;
}

/** The flags of a `Command` that its instance understands. */
export function addInstanceFlags(command: Command): Command {
  const whole = (flag: string, about: string): void => {
    command.option(`--${flag} <n>`, about, wholeOption(flag));
  };
  command
    .requiredOption('--model <name>', 'model to serve, for example qwen/qwen3-14b')
    .option('--hardware <gpu>', 'GPU type; default from the catalogue')
    .option('--tp <n>', 'tensor-parallel degree; default from the catalogue', wholeOption('tp'))
    .option('--vllm-version <version>', 'selects black-box coefficients')
    .option('--latency-model <name>', 'roofline, blackbox, crossmodel, trained-roofline or trained-physics')
    .option('--alpha-coeffs <numbers...>', 'queueing and output overheads, comma-joined', listOption)
    .option('--beta-coeffs <numbers...>', 'step-time coefficients, comma-joined', listOption)
    .option('--model-config-folder <dir>', 'folder with a config.json to use instead of the catalogue')
    .option(
      '--gpu-memory-utilization <x>',
      'share of GPU memory to use (0.9)',
      numberOption('gpu-memory-utilization'),
    );
  whole('total-kv-blocks', 'KV blocks (computed for analytical models, else 1000000)');
  whole('block-size-in-tokens', 'tokens per KV block (16)');
  whole('max-num-running-reqs', 'batch slots (256)');
  whole('max-num-scheduled-tokens', 'token budget of a step (2048)');
  whole('long-prefill-token-threshold', 'most prompt tokens of one request in a step; 0 = off');
  whole('max-model-len', 'context limit in tokens; 0 = unlimited or derived');
  whole('kv-cpu-blocks', 'blocks of the CPU tier; 0 = none');
  command
    .option('--kv-offload-threshold <x>', 'accepted, without effect', numberOption('kv-offload-threshold'))
    .option(
      '--kv-transfer-bandwidth <x>',
      'tokens per tick between CPU and GPU (100)',
      numberOption('kv-transfer-bandwidth'),
    );
  whole('kv-transfer-base-latency', 'ticks per transferred block (0)');
  whole('admission-latency', 'ticks before the admission decision (0)');
  whole('routing-latency', 'ticks before the routing decision (0)');
  return command
    .option('--scheduler <name>', SCHEDULERS.join(', '))
    .option('--priority-policy <name>', PRIORITY_POLICIES.join(', '))
    .option('--horizon <us>', 'end of the simulation in µs', int64Option('horizon'))
    .option('--seed <n>', 'seed of everything random (42)', int64Option('seed'));
}

function numbersOf(flag: string, texts: readonly string[] | undefined): readonly number[] | undefined {
  return texts?.map((text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new UsageError(`--${flag}: found "${text}", expected finite numbers >= 0.`);
  });
}

/** µs; absent = not given, Infinity = the largest tick. */
export function horizonOf(flags: Pick<InstanceFlags, 'horizon'>): number | undefined {
  const { horizon } = flags;
  if (horizon === undefined) return undefined;
  if (horizon <= 0n) throw new UsageError(`--horizon must be > 0, got ${horizon}`);
  return horizon >= UNLIMITED_TICKS ? Infinity : Number(horizon);
}

const given = <K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Record<K, T>>);

async function blisOptionsOf(io: Io, flags: InstanceFlags): Promise<BlisOptions> {
  const folder = flags.modelConfigFolder;
  const modelFacts = folder === undefined ? undefined : await readModelFacts(io, folder, flags.model);
  return {
    model: flags.model,
    ...given('hardware', flags.hardware),
    ...given('tp', flags.tp),
    ...given('vllmVersion', flags.vllmVersion),
    ...given('latencyModel', flags.latencyModel),
    ...given('alpha', numbersOf('alpha-coeffs', flags.alphaCoeffs)),
    ...given('beta', numbersOf('beta-coeffs', flags.betaCoeffs)),
    ...given('modelFacts', modelFacts),
    ...given('gpuMemoryUtilization', flags.gpuMemoryUtilization),
    ...given('totalKvBlocks', flags.totalKvBlocks),
    ...given('blockSizeTokens', flags.blockSizeInTokens),
    ...given('maxNumRunningReqs', flags.maxNumRunningReqs),
    ...given('maxNumScheduledTokens', flags.maxNumScheduledTokens),
    ...given('longPrefillTokenThreshold', flags.longPrefillTokenThreshold),
    ...given('maxModelLen', flags.maxModelLen),
    ...given('kvCpuBlocks', flags.kvCpuBlocks),
    ...given('kvOffloadThreshold', flags.kvOffloadThreshold),
    ...given('kvTransferBandwidth', flags.kvTransferBandwidth),
    ...given('kvTransferBaseLatencyUs', flags.kvTransferBaseLatency),
    ...given('admissionLatencyUs', flags.admissionLatency),
    ...given('routingLatencyUs', flags.routingLatency),
    ...given('horizonUs', horizonOf(flags)),
    ...given('seed', flags.seed === undefined ? undefined : Number(flags.seed)),
  };
}

async function readModelFacts(io: Io, folder: string, model: string): Promise<BlisOptions['modelFacts']> {
  const file = `${folder.replace(/\/$/, '')}/config.json`;
  const facts = parseModelConfig(await io.readText(file), file, model.toLowerCase());
  if (!facts.ok) throw new UsageError(formatProblem(facts.error));
  return facts.value;
}

export interface ReadInstance extends ResolvedBlis {
  readonly options: BlisOptions;
  readonly catalog: Catalog;
}

/**
 * The instance that the flags describe; warnings go to stderr, a problem ends the command. Scheduler and priority policy are
 * those that flags and policy bundle resolve to.
 */
export async function resolveInstance(
  io: Io,
  flags: InstanceFlags,
  policies: Pick<ResolvedCluster, 'scheduler' | 'priorityPolicy'>,
): Promise<ReadInstance> {
  const options = { ...(await blisOptionsOf(io, flags)), ...policiesOf(policies) };
  const catalog = openCatalog(io);
  const resolved = resolveBlisOptions(options, catalog);
  if (!resolved.ok) throw new UsageError(formatProblem(resolved.error));
  for (const warning of resolved.value.warnings) io.stderr(`warning: ${warning}\n`);
  return { ...resolved.value, options, catalog };
}

const policiesOf = ({
  scheduler,
  priorityPolicy,
}: Pick<ResolvedCluster, 'scheduler' | 'priorityPolicy'>) => ({
  scheduler,
  priorityPolicy,
});
