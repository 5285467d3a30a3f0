// Text to WorkloadSpec: strict YAML with the reference's typing (BLIS 87cc70ed sim/workload/spec.go), then the upgrade of
// version 1, then the rules of validate-spec.ts. Every problem names the key and its line.

import type { z } from 'zod';
import type { YamlDocument } from '../base/go-yaml';
import { parseGoYaml } from '../base/go-yaml';
import {
  goBigInteger,
  goBoolean,
  goDocument,
  goInteger,
  goList,
  goMap,
  goNumber,
  goNumberMap,
  goOptionalBoolean,
  goOptionalInteger,
  goOptionalNumber,
  goText,
  yamlProblems,
} from '../base/go-yaml-schema';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import { upgradeSpec } from './upgrade-spec';
import type { ClientSpec, CohortSpec, Distribution, MultimodalSpec, WorkloadSpec } from './spec';
import { noDistribution } from './spec';
import { specProblem } from './validate-spec';

const distribution = goMap({ type: goText(), params: goNumberMap(), file: goText() });

const sender = {
  id: goText(),
  tenant_id: goText(),
  slo_class: goText(),
  model: goText(),
  rate_fraction: goNumber(),
  arrival: goMap({ process: goText(), cv: goOptionalNumber() }),
  input_distribution: distribution,
  output_distribution: distribution,
  prefix_group: goText(),
  prefix_length: goInteger(),
  streaming: goBoolean(),
  network: goMap({ rtt_ms: goNumber(), bandwidth_mbps: goNumber() }),
  multimodal: goMap({
    text_distribution: distribution,
    image_distribution: distribution,
    image_count_distribution: distribution,
    audio_distribution: distribution,
    audio_count_distribution: distribution,
    video_distribution: distribution,
    video_count_distribution: distribution,
  }),
  reasoning: goMap({
    reason_ratio_distribution: distribution,
    multi_turn: goMap({
      max_rounds: goInteger(),
      think_time_us: goInteger(),
      context_growth: goText(),
      single_session: goBoolean(),
    }),
  }),
  timeout: goOptionalInteger(),
  closed_loop: goOptionalBoolean(),
};

const clientSchema = goDocument({
  ...sender,
  concurrency: goInteger(),
  think_time_us: goInteger(),
  lifecycle: goMap({ windows: goList(goDocument({ start_us: goInteger(), end_us: goInteger() })) }),
});

const cohortSchema = goDocument({
  ...sender,
  population: goInteger(),
  diurnal: goMap({ peak_hour: goInteger(), peak_to_trough_ratio: goNumber() }),
  spike: goMap({ start_time_us: goInteger(), duration_us: goInteger() }),
  drain: goMap({ start_time_us: goInteger(), ramp_duration_us: goInteger() }),
});

const specSchema = goDocument({
  version: goText(),
  seed: goBigInteger(),
  category: goText(),
  clients: goList(clientSchema),
  cohorts: goList(cohortSchema),
  aggregate_rate: goNumber(),
  horizon: goInteger(),
  num_requests: goInteger(),
  servegen_data: goMap({ path: goText(), span_start: goInteger(), span_end: goInteger() }),
  inference_perf: goMap({
    stages: goList(goDocument({ rate: goNumber(), duration: goInteger() })),
    shared_prefix: goMap({
      num_unique_system_prompts: goInteger(),
      num_users_per_system_prompt: goInteger(),
      system_prompt_len: goInteger(),
      question_len: goInteger(),
      output_len: goInteger(),
      enable_multi_turn_chat: goBoolean(),
    }),
  }),
});

export interface ParsedSpec {
  readonly spec: WorkloadSpec;
  /** Sentences to show: old names that were renamed. */
  readonly warnings: readonly string[];
}

/** Reads and checks a specification; the first problem decides. */
export function parseWorkloadSpec(text: string, file: string): Result<WorkloadSpec> {
  const read = readWorkloadSpec(text, file);
  if (!read.ok) {
    const [first] = read.error;
    return fail(first ?? { code: 'malformed', message: `${file} is not a workload specification.`, file });
  }
  return ok(read.value.spec);
}

/** As parseWorkloadSpec, with every problem of the text at once: for editing with live validation. */
export function readWorkloadSpec(text: string, file: string): Result<ParsedSpec, readonly Problem[]> {
  const decoded = decode(text, file);
  if (!decoded.ok) return decoded;
  const { document, ...parsed } = decoded.value;
  const problem = specProblem(parsed.spec);
  return problem === undefined ? ok(parsed) : fail([placed(problem, document)]);
}

/** Only what the reference checks when it loads a file: keys and types. The rules wait until requests are generated. */
export function decodeWorkloadSpec(text: string, file: string): Result<ParsedSpec> {
  const decoded = decode(text, file);
  if (decoded.ok) return ok({ spec: decoded.value.spec, warnings: decoded.value.warnings });
  const [first] = decoded.error;
  return fail(first ?? { code: 'malformed', message: `${file} is not a workload specification.`, file });
}

function decode(
  text: string,
  file: string,
): Result<ParsedSpec & { readonly document: YamlDocument }, readonly Problem[]> {
  const document = parseGoYaml(text, file);
  if (!document.ok) return fail([document.error]);
  const parsed = specSchema.safeParse(document.value.tree);
  if (!parsed.success) return fail(yamlProblems(document.value, parsed.error));
  return ok({ ...upgradeSpec(toSpec(parsed.data)), document: document.value });
}

/** Adds file and line to a problem that names its key as a dotted path. */
function placed(problem: Problem, document: YamlDocument): Problem {
  const path = (problem.field ?? '').match(/[^.[\]]+/g) ?? [];
  const { line, column } = document.place(path);
  const { file } = document;
  return { ...problem, message: `${file}, line ${line}: ${problem.message}`, file, line, column };
}

type Parsed = z.infer<typeof specSchema>;
type ParsedSender = Pick<Parsed['clients'][number], keyof typeof sender>;
type ParsedDistribution = z.infer<typeof distribution>;

const toDistribution = (value: ParsedDistribution): Distribution => value ?? noDistribution;

function toSender(value: ParsedSender) {
  const { arrival, network, multimodal, reasoning } = value;
  return {
    id: value.id,
    tenantId: value.tenant_id,
    sloClass: value.slo_class,
    model: value.model,
    rateFraction: value.rate_fraction,
    arrival: { process: arrival?.process ?? '', ...(arrival?.cv === undefined ? {} : { cv: arrival.cv }) },
    input: toDistribution(value.input_distribution),
    output: toDistribution(value.output_distribution),
    prefixGroup: value.prefix_group,
    prefixLength: value.prefix_length,
    streaming: value.streaming,
    ...(network === undefined
      ? {}
      : { network: { rttMs: network.rtt_ms, bandwidthMbps: network.bandwidth_mbps } }),
    ...(multimodal === undefined ? {} : { multimodal: toMultimodal(multimodal) }),
    ...(reasoning === undefined ? {} : { reasoning: toReasoning(reasoning) }),
    ...(value.timeout === undefined ? {} : { timeoutUs: value.timeout }),
    ...(value.closed_loop === undefined ? {} : { closedLoop: value.closed_loop }),
  };
}

function toMultimodal(value: NonNullable<ParsedSender['multimodal']>): MultimodalSpec {
  const entries = {
    text: value.text_distribution,
    image: value.image_distribution,
    imageCount: value.image_count_distribution,
    audio: value.audio_distribution,
    audioCount: value.audio_count_distribution,
    video: value.video_distribution,
    videoCount: value.video_count_distribution,
  };
  return Object.fromEntries(Object.entries(entries).filter(([, given]) => given !== undefined));
}

function toReasoning(value: NonNullable<ParsedSender['reasoning']>) {
  const turns = value.multi_turn;
  return {
    ...(value.reason_ratio_distribution === undefined
      ? {}
      : { reasonRatio: value.reason_ratio_distribution }),
    ...(turns === undefined
      ? {}
      : {
          multiTurn: {
            maxRounds: turns.max_rounds,
            thinkTimeUs: turns.think_time_us,
            contextGrowth: turns.context_growth,
            singleSession: turns.single_session,
          },
        }),
  };
}

function toClient(value: Parsed['clients'][number]): ClientSpec {
  const windows = value.lifecycle?.windows.map((window) => ({
    startUs: window.start_us,
    endUs: window.end_us,
  }));
  return {
    ...toSender(value),
    concurrency: value.concurrency,
    thinkTimeUs: value.think_time_us,
    ...(windows === undefined ? {} : { windows }),
  };
}

function toCohort(value: Parsed['cohorts'][number]): CohortSpec {
  const { diurnal, spike, drain } = value;
  return {
    ...toSender(value),
    population: value.population,
    ...(diurnal === undefined
      ? {}
      : { diurnal: { peakHour: diurnal.peak_hour, peakToTroughRatio: diurnal.peak_to_trough_ratio } }),
    ...(spike === undefined
      ? {}
      : { spike: { startUs: spike.start_time_us, durationUs: spike.duration_us } }),
    ...(drain === undefined
      ? {}
      : { drain: { startUs: drain.start_time_us, rampUs: drain.ramp_duration_us } }),
  };
}

function toSpec(value: Parsed): WorkloadSpec {
  const { servegen_data: servegen, inference_perf: perf } = value;
  const prefix = perf?.shared_prefix;
  return {
    version: value.version,
    seed: value.seed,
    category: value.category,
    clients: value.clients.map(toClient),
    cohorts: value.cohorts.map(toCohort),
    aggregateRate: value.aggregate_rate,
    horizonUs: value.horizon,
    numRequests: value.num_requests,
    ...(servegen === undefined
      ? {}
      : {
          servegenData: { path: servegen.path, spanStart: servegen.span_start, spanEnd: servegen.span_end },
        }),
    ...(perf === undefined
      ? {}
      : {
          inferencePerf: {
            stages: perf.stages,
            ...(prefix === undefined
              ? {}
              : {
                  sharedPrefix: {
                    numUniqueSystemPrompts: prefix.num_unique_system_prompts,
                    numUsersPerSystemPrompt: prefix.num_users_per_system_prompt,
                    systemPromptLen: prefix.system_prompt_len,
                    questionLen: prefix.question_len,
                    outputLen: prefix.output_len,
                    enableMultiTurnChat: prefix.enable_multi_turn_chat,
                  },
                }),
          },
        }),
  };
}
