// A specification as YAML text in the layout of the reference's `convert` and `compose` (BLIS 87cc70ed cmd/convert.go): keys
// in the order of the specification format, empty optional keys left out, parameters sorted.

import type { YamlEntries, YamlValue } from '../base/go-yaml-writer';
import { compareKeys, writeGoYaml } from '../base/go-yaml-writer';
import type {
  ClientSpec,
  CohortSpec,
  Distribution,
  MultimodalSpec,
  ReasoningSpec,
  WorkloadSpec,
} from './spec';

/** `undefined` entries are left out. */
type Entry = readonly [string, YamlValue | undefined];

const entries = (...list: readonly Entry[]): YamlEntries => {
  const map = new Map<string, YamlValue>();
  for (const [key, value] of list) if (value !== undefined) map.set(key, value);
  return map;
};
const unlessZero = (value: number): bigint | undefined => (value === 0 ? undefined : whole(value));
const unlessEmpty = (text: string): string | undefined => (text === '' ? undefined : text);
/** Whole numbers are written without an exponent. */
const whole = (value: number): bigint => BigInt(value);

export function writeWorkloadSpec(spec: WorkloadSpec): string {
  const { servegenData: servegen, inferencePerf: perf } = spec;
  const prefix = perf?.sharedPrefix;
  return writeGoYaml(
    entries(
      ['version', spec.version],
      ['seed', spec.seed],
      ['category', spec.category],
      ['clients', spec.clients.length === 0 ? undefined : spec.clients.map(clientEntries)],
      ['cohorts', spec.cohorts.length === 0 ? undefined : spec.cohorts.map(cohortEntries)],
      ['aggregate_rate', spec.aggregateRate],
      ['horizon', unlessZero(spec.horizonUs)],
      ['num_requests', unlessZero(spec.numRequests)],
      [
        'servegen_data',
        servegen &&
          entries(
            ['path', servegen.path],
            ['span_start', unlessZero(servegen.spanStart)],
            ['span_end', unlessZero(servegen.spanEnd)],
          ),
      ],
      [
        'inference_perf',
        perf &&
          entries(
            [
              'stages',
              perf.stages.map((stage) => entries(['rate', stage.rate], ['duration', whole(stage.duration)])),
            ],
            [
              'shared_prefix',
              prefix &&
                entries(
                  ['num_unique_system_prompts', whole(prefix.numUniqueSystemPrompts)],
                  ['num_users_per_system_prompt', whole(prefix.numUsersPerSystemPrompt)],
                  ['system_prompt_len', whole(prefix.systemPromptLen)],
                  ['question_len', whole(prefix.questionLen)],
                  ['output_len', whole(prefix.outputLen)],
                  ['enable_multi_turn_chat', prefix.enableMultiTurnChat],
                ),
            ],
          ),
      ],
    ),
  );
}

type Sender = ClientSpec | CohortSpec;

const labelEntries = (sender: Sender): readonly Entry[] => [
  ['tenant_id', sender.tenantId],
  ['model', unlessEmpty(sender.model)],
  ['slo_class', sender.sloClass],
];

function shapeEntries(sender: Sender): readonly Entry[] {
  const { arrival, network } = sender;
  return [
    [
      'arrival',
      arrival.process === '' ? undefined : entries(['process', arrival.process], ['cv', arrival.cv]),
    ],
    ['input_distribution', distributionEntries(sender.input)],
    ['output_distribution', distributionEntries(sender.output)],
    ['prefix_group', unlessEmpty(sender.prefixGroup)],
    ['prefix_length', unlessZero(sender.prefixLength)],
    ['streaming', sender.streaming],
    [
      'network',
      network && entries(['rtt_ms', network.rttMs], ['bandwidth_mbps', network.bandwidthMbps || undefined]),
    ],
  ];
}

const endEntries = (sender: Sender): readonly Entry[] => [
  ['multimodal', sender.multimodal && multimodalEntries(sender.multimodal)],
  ['reasoning', sender.reasoning && reasoningEntries(sender.reasoning)],
  ['timeout', sender.timeoutUs === undefined ? undefined : whole(sender.timeoutUs)],
  ['closed_loop', sender.closedLoop],
];

function clientEntries(client: ClientSpec): YamlEntries {
  const { windows } = client;
  return entries(
    ['id', client.id],
    ...labelEntries(client),
    ['rate_fraction', client.rateFraction || undefined],
    ['concurrency', unlessZero(client.concurrency)],
    ['think_time_us', unlessZero(client.thinkTimeUs)],
    ...shapeEntries(client),
    [
      'lifecycle',
      windows &&
        entries([
          'windows',
          windows.map((window) =>
            entries(['start_us', whole(window.startUs)], ['end_us', whole(window.endUs)]),
          ),
        ]),
    ],
    ...endEntries(client),
  );
}

function cohortEntries(cohort: CohortSpec): YamlEntries {
  const { diurnal, spike, drain } = cohort;
  return entries(
    ['id', cohort.id],
    ['population', whole(cohort.population)],
    ...labelEntries(cohort),
    ['rate_fraction', cohort.rateFraction],
    ...shapeEntries(cohort),
    [
      'diurnal',
      diurnal &&
        entries(['peak_hour', whole(diurnal.peakHour)], ['peak_to_trough_ratio', diurnal.peakToTroughRatio]),
    ],
    [
      'spike',
      spike && entries(['start_time_us', whole(spike.startUs)], ['duration_us', whole(spike.durationUs)]),
    ],
    [
      'drain',
      drain && entries(['start_time_us', whole(drain.startUs)], ['ramp_duration_us', whole(drain.rampUs)]),
    ],
    ...endEntries(cohort),
  );
}

function distributionEntries(distribution: Distribution): YamlEntries {
  const params = [...distribution.params].sort(([a], [b]) => compareKeys(a, b));
  return entries(
    ['type', distribution.type],
    ['params', params.length === 0 ? undefined : new Map(params)],
    ['file', unlessEmpty(distribution.file)],
  );
}

const optional = (distribution: Distribution | undefined): YamlEntries | undefined =>
  distribution && distributionEntries(distribution);

const multimodalEntries = (media: MultimodalSpec): YamlEntries =>
  entries(
    ['text_distribution', optional(media.text)],
    ['image_distribution', optional(media.image)],
    ['image_count_distribution', optional(media.imageCount)],
    ['audio_distribution', optional(media.audio)],
    ['audio_count_distribution', optional(media.audioCount)],
    ['video_distribution', optional(media.video)],
    ['video_count_distribution', optional(media.videoCount)],
  );

function reasoningEntries(reasoning: ReasoningSpec): YamlEntries {
  const turns = reasoning.multiTurn;
  return entries(
    ['reason_ratio_distribution', optional(reasoning.reasonRatio)],
    [
      'multi_turn',
      turns &&
        entries(
          ['max_rounds', whole(turns.maxRounds)],
          ['think_time_us', whole(turns.thinkTimeUs)],
          ['context_growth', turns.contextGrowth],
          ['single_session', turns.singleSession || undefined],
        ),
    ],
  );
}
