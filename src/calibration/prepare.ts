// From a measured experiment to what the fit needs: true output lengths, prompt reuse, warm set, saturation flags.
// Expected trouble (no rows, all failed, no GPU bandwidth, unprovable reuse …) is a Problem that names the experiment.

import { fail, ok, type Result } from '../base/result';
import { mean, percentilesInPlace } from '../base/selection';
import type { Experiment, MeasuredRequests } from '../domain/experiment';
import { experimentIdentity } from '../domain/experiment-identity';
import type { GpuFacts, ModelArchitecture } from '../domain/latency';
import {
  COLD_TO,
  deploymentKey,
  type Deployment,
  type OutputRule,
  type PreparedRun,
  type PreparedStage,
} from './prepared-run';
import {
  cachedPromptTokens,
  detectPromptReuse,
  knownPromptLengths,
  promptIdentities,
  type PromptReuse,
} from '../workload/prompt-reuse';

/** What the measurements do not say and somebody has to. */
export interface PrepareOptions {
  /** Whether the server decides a batch one step ahead; default on (vLLM ≥ 0.14). */
  readonly pipelinedScheduling?: boolean;
  /** Default on. */
  readonly prefixCaching?: boolean;
  /** Length of the prompt cycle, or `distinct`; overrides the detector. */
  readonly promptPeriod?: number | 'distinct';
  /** Default 16. */
  readonly blockSizeTokens?: number;
}

/** Facts of model and GPU, looked up by the caller. */
export interface HardwareFacts {
  readonly architecture: ModelArchitecture;
  readonly gpu: GpuFacts;
}

const DEFAULT_BLOCK_SIZE = 16;
const OVERLOAD_SHARE = 0.1;
const BURST_ITLS = 6;
const SATURATED_ITLS = 100;
const LENGTH_MISMATCH = 0.03;
/** Share of rows with impossible times above which the file is not believed. */
const MOST_BAD_ROWS = 0.05;

/** Arrivals that many times denser or sparser than the profile's rate are a matter of units, not of load. */
const RATE_FACTOR = 50;

/** Rows in arrival order; rows with impossible times count as failed. */
interface SortedRows {
  readonly count: number;
  readonly arrivalUs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly succeeded: Uint8Array;
  readonly impossible: number;
}

function sortRows(requests: MeasuredRequests): SortedRows {
  const { count } = requests;
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  order.sort((a, b) => (requests.arrivalUs[a] ?? 0) - (requests.arrivalUs[b] ?? 0) || a - b);
  const start = requests.arrivalUs[order[0] ?? 0] ?? 0;
  const arrivalUs = new Float64Array(count);
  const inputTokens = new Uint32Array(count);
  const outputTokens = new Uint32Array(count);
  const ttftUs = new Float64Array(count).fill(NaN);
  const e2eUs = new Float64Array(count).fill(NaN);
  const succeeded = new Uint8Array(count);
  let impossible = 0;
  order.forEach((row, i) => {
    arrivalUs[i] = (requests.arrivalUs[row] ?? NaN) - start;
    inputTokens[i] = requests.inputTokens[row] ?? 0;
    outputTokens[i] = requests.outputTokens[row] ?? 0;
    if (requests.failed[row] !== 0) return;
    const ttft = requests.ttftUs[row] ?? NaN;
    const e2e = requests.e2eUs[row] ?? NaN;
    // NaN fails every comparison.
    if (ttft > 0 && e2e >= ttft && e2e < Infinity && (arrivalUs[i] ?? NaN) >= 0) {
      ttftUs[i] = ttft;
      e2eUs[i] = e2e;
      succeeded[i] = 1;
    } else {
      impossible++;
    }
  });
  return { count, arrivalUs, inputTokens, outputTokens, ttftUs, e2eUs, succeeded, impossible };
}

/** Values of the successful rows in [from, to). */
export function succeededValues(
  column: Float64Array,
  succeeded: Uint8Array,
  from: number,
  to: number,
): Float64Array {
  return column.slice(from, to).filter((_, i) => succeeded[from + i] !== 0);
}

function decideOutput(experiment: Experiment, rows: SortedRows): { rule: OutputRule; output: Uint32Array } {
  const { ignoreEos, outputLen } = experiment.profile;
  if (ignoreEos === true && outputLen !== undefined && outputLen > 0) {
    const reported = Float64Array.from(rows.outputTokens);
    const reportedMean = mean(succeededValues(reported, rows.succeeded, 0, rows.count));
    return {
      rule: { kind: 'fixed', tokens: outputLen, reportedMean },
      output: new Uint32Array(rows.count).fill(outputLen),
    };
  }
  return { rule: { kind: 'reported' }, output: rows.outputTokens.map((tokens) => Math.max(tokens, 1)) };
}

/** Stage boundaries in arrival order, or the whole run as one stage when the profile does not add up. */
function splitStages(experiment: Experiment, count: number): { from: number; to: number; rateRps: number }[] {
  const planned = experiment.profile.stages.map(({ rateRps, durationS }) => ({
    rateRps,
    requests: Math.round(rateRps * durationS),
  }));
  const total = planned.reduce((sum, stage) => sum + stage.requests, 0);
  if (total !== count || planned.length === 0) {
    return [{ from: 0, to: count, rateRps: planned.length === 1 ? (planned[0]?.rateRps ?? NaN) : NaN }];
  }
  let from = 0;
  return planned.map(({ rateRps, requests }) => {
    const stage = { from, to: from + requests, rateRps };
    from += requests;
    return stage;
  });
}

/** What is wrong with the arrivals beside the rates that the profile plans, if anything. */
function impossibleArrivals(experiment: Experiment, { count, arrivalUs }: SortedRows): string | undefined {
  const { stages } = experiment.profile;
  const plannedS = stages.reduce((sum, { durationS }) => sum + durationS, 0);
  const planned = stages.reduce((sum, { rateRps, durationS }) => sum + rateRps * durationS, 0);
  const spanS = (arrivalUs[count - 1] ?? 0) / 1e6;
  const expectedS = (count * plannedS) / planned;
  if (!(expectedS > 0 && count >= COLD_TO)) return undefined;
  if (spanS * RATE_FACTOR >= expectedS && spanS <= expectedS * RATE_FACTOR) return undefined;
  return `its ${count} requests arrive within ${spanS.toPrecision(3)} s, where the profile's rates say about ${expectedS.toPrecision(3)} s; check the column arrival_us and its unit (µs).`;
}

function flagStage(
  rows: SortedRows,
  output: Uint32Array,
  warmFrom: number,
  stageIndex: number,
  { from, to, rateRps }: { from: number; to: number; rateRps: number },
): PreparedStage {
  const first = Math.max(from, Math.min(warmFrom, to));
  const ttft = succeededValues(rows.ttftUs, rows.succeeded, first, to);
  const e2e = succeededValues(rows.e2eUs, rows.succeeded, first, to);
  const tokens = succeededValues(Float64Array.from(output), rows.succeeded, first, to);
  const itlUs = (mean(e2e) - mean(ttft)) / Math.max(mean(tokens) - 1, 1);
  const [p90 = NaN] = percentilesInPlace(ttft, [0.9]);
  return {
    stageIndex,
    rateRps,
    from,
    to,
    isBurst: p90 > BURST_ITLS * itlUs,
    isSaturated: p90 > SATURATED_ITLS * itlUs,
    warmCount: e2e.length,
  };
}

export function describeDeployment(
  experiment: Experiment,
  { architecture, gpu }: HardwareFacts,
  options: PrepareOptions,
): Result<Deployment> {
  const missing = (message: string): Result<Deployment> =>
    fail({
      code: 'missing-key',
      message: `Experiment ${experiment.folder}: ${message}`,
      file: experiment.folder,
    });
  if (!(experiment.tp >= 1))
    return missing('the tensor-parallel degree is missing; state it in the experiment.');
  if ((experiment.dp ?? 1) > 1) {
    return fail({
      code: 'not-supported',
      message: `Experiment ${experiment.folder}: it ran on ${experiment.dp} replicas (dp); the model describes one. Calibrate on a run of one replica.`,
      file: experiment.folder,
    });
  }
  if (!(gpu.memoryBandwidthTbs > 0)) {
    return missing(
      `GPU ${gpu.name} has no memory-bandwidth figure (TB/s); add it to the catalogue to calibrate on it.`,
    );
  }
  if (!(gpu.peakTflops > 0)) {
    return missing(
      `GPU ${gpu.name} has no peak FLOP rate (TFLOP/s); add it to the catalogue to calibrate on it.`,
    );
  }
  if (!(experiment.totalKvBlocks > 0)) {
    return missing(
      'the number of KV blocks is missing; enter it, or add vllm.log or a manifest that states it.',
    );
  }
  if (!(experiment.maxNumSeqs >= 1 && experiment.maxNumBatchedTokens >= 1)) {
    return missing('max_num_seqs and max_num_batched_tokens must be at least 1.');
  }
  const blockSizeTokens = options.blockSizeTokens ?? DEFAULT_BLOCK_SIZE;
  const tp = experiment.tp;
  return ok({
    key: deploymentKey(experiment.model, gpu.name, tp, experiment.precision),
    label: `${experiment.model.split('/').pop() ?? experiment.model}, ${tp} × ${gpu.name}`,
    model: experiment.model,
    precision: experiment.precision,
    system: { architecture, gpu, tp },
    server: {
      maxNumRunningReqs: experiment.maxNumSeqs,
      maxNumScheduledTokens: experiment.maxNumBatchedTokens,
      pipelinedScheduling: options.pipelinedScheduling ?? true,
    },
    blockSizeTokens,
    kvTokens: experiment.totalKvBlocks * blockSizeTokens,
  });
}

function decideReuse(rows: SortedRows, options: PrepareOptions): PromptReuse {
  const stated = options.promptPeriod;
  if (stated === 'distinct') return { kind: 'distinct', source: 'stated' };
  if (stated !== undefined) {
    return { kind: 'periodic', period: stated, share: NaN, medianElsewhere: NaN, source: 'stated' };
  }
  if (options.prefixCaching === false) return { kind: 'distinct', source: 'stated' };
  return detectPromptReuse(rows.inputTokens, rows.succeeded);
}

/** Weights in 16 bits, which the step-time model and its defaults describe. */
export const isHalfPrecision = (precision: string): boolean => /^(FP|BF|F)16$/i.test(precision);

function describeNotes(
  precision: string,
  rows: SortedRows,
  rule: OutputRule,
  isOverloaded: boolean,
): string[] {
  const notes: string[] = [];
  if (!isHalfPrecision(precision)) {
    notes.push(
      `Served in ${precision}: quantised kernels are not part of the model, and no run in ${precision} backs its defaults.`,
    );
  }
  const failures = rows.count - rows.succeeded.reduce((sum, flag) => sum + flag, 0) - rows.impossible;
  if (rows.impossible > 0) {
    notes.push(`${rows.impossible} rows have zero, negative or missing times and were left out.`);
  }
  if (failures > 0)
    notes.push(`${failures} of ${rows.count} requests failed and are left out of every metric.`);
  if (isOverloaded) {
    notes.push(
      'More than 10 % of the requests failed: measured values are those of the survivors, and a fit uses the step times alone.',
    );
  }
  if (rule.kind === 'fixed' && Math.abs(rule.reportedMean / rule.tokens - 1) > LENGTH_MISMATCH) {
    notes.push(
      `The client reports ${rule.reportedMean.toFixed(0)} output tokens on average, but every request generated ${rule.tokens} (ignore_eos): re-tokenised lengths are not used.`,
    );
  }
  return notes;
}

/** Prepares one experiment. */
export function prepareRun(
  experiment: Experiment,
  hardware: HardwareFacts,
  options: PrepareOptions = {},
): Result<PreparedRun> {
  const deployment = describeDeployment(experiment, hardware, options);
  if (!deployment.ok) return deployment;
  const problem = (code: 'missing-file' | 'bad-value', message: string): Result<PreparedRun> =>
    fail({ code, message: `Experiment ${experiment.folder}: ${message}`, file: experiment.folder });
  const { requests } = experiment;
  if (requests === undefined || requests.count === 0) {
    return problem(
      'missing-file',
      'there are no per-request rows (results/per_request.csv); only the summaries path can use it.',
    );
  }
  const arrivals = experiment.profile.rebuilt?.kind ?? 'measured';
  if (arrivals === 'drawn' || arrivals === 'even') {
    return problem(
      'bad-value',
      'the file has no start times, and a fit needs the arrivals as they were; record them (vLLM bench serve of 2025 or later does).',
    );
  }
  const rows = sortRows(requests);
  const successes = rows.succeeded.reduce((sum, flag) => sum + flag, 0);
  if (rows.impossible > MOST_BAD_ROWS * rows.count) {
    return problem(
      'bad-value',
      `${rows.impossible} of ${rows.count} rows have zero, negative or missing times (ttft_us, e2e_us, arrival_us); check the units and columns of the file.`,
    );
  }
  const misfit = impossibleArrivals(experiment, rows);
  if (misfit !== undefined) return problem('bad-value', misfit);
  if (successes === 0) return problem('bad-value', 'all requests failed, so there is nothing to fit.');
  const reuse = decideReuse(rows, options);
  if (reuse.kind === 'unprovable') {
    return problem(
      'bad-value',
      'prompt lengths are so even that repeated prompts can be neither shown nor ruled out; state the number of distinct prompts, or that all are distinct.',
    );
  }
  const { rule, output } = decideOutput(experiment, rows);
  const identity = promptIdentities(rows.count, reuse);
  const inputTokens = knownPromptLengths(rows.inputTokens, rows.succeeded, identity);
  const prefixCaching = options.prefixCaching ?? true;
  const systemPromptTokens = experiment.profile.systemPromptLen ?? 0;
  const cachedTokens = prefixCaching
    ? cachedPromptTokens(inputTokens, identity, deployment.value.blockSizeTokens, systemPromptTokens)
    : new Uint32Array(rows.count);
  const warmFrom = Math.max(COLD_TO, reuse.kind === 'periodic' ? reuse.period : 0);
  const isOverloaded = rows.count - successes > OVERLOAD_SHARE * rows.count;
  let warmPrompt = 0;
  let warmCached = 0;
  let longest = 0;
  for (let i = 0; i < rows.count; i++) {
    longest = Math.max(longest, (inputTokens[i] ?? 0) + (output[i] ?? 0));
    if (i < warmFrom) continue;
    warmPrompt += inputTokens[i] ?? 0;
    warmCached += cachedTokens[i] ?? 0;
  }
  const kvPressure = (deployment.value.server.maxNumRunningReqs * longest) / deployment.value.kvTokens;
  return ok({
    expId: experiment.expId,
    folder: experiment.folder,
    identity: experimentIdentity(experiment),
    deployment: deployment.value,
    count: rows.count,
    arrivalUs: rows.arrivalUs,
    inputTokens,
    outputTokens: output,
    cachedTokens,
    prompts: {
      identity,
      systemPrompts: Math.max(1, experiment.profile.numUniqueSystemPrompts ?? 1),
      systemPromptTokens,
      prefixCaching,
    },
    ttftUs: rows.ttftUs,
    e2eUs: rows.e2eUs,
    succeeded: rows.succeeded,
    warmFrom,
    stages: splitStages(experiment, rows.count).map((stage, index) =>
      flagStage(rows, output, warmFrom, index, stage),
    ),
    reuse,
    outputRule: rule,
    isOverloaded,
    cachedShare: warmPrompt > 0 ? warmCached / warmPrompt : 0,
    kvPressure,
    notes: describeNotes(experiment.precision, rows, rule, isOverloaded),
  });
}
