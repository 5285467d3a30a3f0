// An inference_perf section written out as clients (spec 4; BLIS 87cc70ed sim/workload/inference_perf.go; older expansions
// by `rules`, spec 14). Rates in requests per second, stage durations in whole seconds.

import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { GenerationRules } from './reference-rules';
import type {
  ActivityWindow,
  ArrivalSpec,
  ClientSpec,
  InferencePerfSpec,
  ReasoningSpec,
  WorkloadSpec,
} from './spec';
import { constantTokens, emptyClient } from './spec';

const US_PER_SECOND = 1_000_000;
const MAX_SHARE = 10_000_000;

/** Sessions of the oldest version: five rounds, half a second apart, each repeating what came before. */
const OLD_ROUNDS = 5;
const OLD_THINK_TIME_US = 500_000;

type SharedPrefix = NonNullable<InferencePerfSpec['sharedPrefix']>;
type Stage = InferencePerfSpec['stages'][number];

/** The specification with clients in place of the section. The section must be valid (validate-spec.ts). */
export function expandInferencePerf(spec: WorkloadSpec, rules: GenerationRules): Result<WorkloadSpec> {
  const { inferencePerf, ...rest } = spec;
  const prefix = inferencePerf?.sharedPrefix;
  if (inferencePerf === undefined || prefix === undefined) return ok(spec);
  const { stages } = inferencePerf;
  const clients = rules.clientsPerStage
    ? stageClients(stages, prefix, rules)
    : ok(wholeFileClients(stages, prefix, rules));
  if (!clients.ok) return clients;
  const sum = (of: (stage: Stage) => number): number => stages.reduce((total, stage) => total + of(stage), 0);
  return ok({
    ...rest,
    category: prefix.enableMultiTurnChat ? 'reasoning' : 'language',
    clients: clients.value,
    aggregateRate: rules.clientsPerStage
      ? sum((stage) => stage.rate)
      : sum((stage) => stage.rate * stage.duration) / sum((stage) => stage.duration),
  });
}

function stageClients(
  stages: readonly Stage[],
  prefix: SharedPrefix,
  rules: GenerationRules,
): Result<readonly ClientSpec[]> {
  const clients: ClientSpec[] = [];
  const count = prefix.numUniqueSystemPrompts * prefix.numUsersPerSystemPrompt;
  const isOnly = stages.length === 1;
  let startS = 0;
  for (const [index, stage] of stages.entries()) {
    const total = Math.trunc(stage.rate * stage.duration);
    if ((isOnly || prefix.enableMultiTurnChat) && total < 1) {
      return fail(
        broken(
          `inference_perf.stages[${index}]`,
          `rate ${stage.rate} over ${stage.duration} s is less than one request; raise the rate or the duration`,
        ),
      );
    }
    const window = {
      startUs: startS * US_PER_SECOND,
      endUs: (startS + stage.duration) * US_PER_SECOND,
    };
    startS += stage.duration;
    for (let client = 0; client < count; client++) {
      const share = rules.fairShares
        ? Math.floor(total / count) + (client < total % count ? 1 : 0)
        : Math.ceil((stage.rate * stage.duration) / count);
      const isExact = isOnly && rules.exactArrivals && !prefix.enableMultiTurnChat;
      const most = isExact ? MAX_SHARE : Infinity;
      if ((isExact || prefix.enableMultiTurnChat) && (share < 1 || share > most)) {
        return fail(
          broken(
            `inference_perf.stages[${index}]`,
            `client ${client} of ${count} gets ${share} of ${total} requests, expected ` +
              (isExact ? `1 to ${MAX_SHARE}` : 'at least 1'),
          ),
        );
      }
      clients.push(
        ipClient(prefix, client, rules, {
          idPrefix: isOnly ? '' : `stage-${index}-`,
          rateFraction: isOnly ? 1 / count : stage.rate / count,
          ...(isOnly ? {} : { windows: [window] }),
          ...(isExact ? { exact: { count: share, durationUs: stage.duration * US_PER_SECOND } } : {}),
          maxRounds: share,
          thinkTimeUs: Math.trunc((count / stage.rate) * US_PER_SECOND),
        }),
      );
    }
  }
  return ok(clients);
}

/** The oldest version: the same clients over all stages, at the mean rate. */
function wholeFileClients(
  stages: readonly Stage[],
  prefix: SharedPrefix,
  rules: GenerationRules,
): ClientSpec[] {
  const count = prefix.numUniqueSystemPrompts * prefix.numUsersPerSystemPrompt;
  let startS = 0;
  const windows = stages.map((stage) => {
    const startUs = startS * US_PER_SECOND;
    startS += stage.duration;
    return { startUs, endUs: startS * US_PER_SECOND };
  });
  return Array.from({ length: count }, (_, client) =>
    ipClient(prefix, client, rules, {
      idPrefix: '',
      rateFraction: 1 / count,
      ...(stages.length === 1 ? {} : { windows }),
      maxRounds: OLD_ROUNDS,
      thinkTimeUs: OLD_THINK_TIME_US,
    }),
  );
}

interface ClientPart {
  readonly idPrefix: string;
  readonly rateFraction: number;
  readonly windows?: readonly ActivityWindow[];
  readonly exact?: NonNullable<ArrivalSpec['exact']>;
  readonly maxRounds: number;
  readonly thinkTimeUs: number;
}

/** Client `index` in the order prompts outside, users inside. */
function ipClient(prefix: SharedPrefix, index: number, rules: GenerationRules, part: ClientPart): ClientSpec {
  const users = prefix.numUsersPerSystemPrompt;
  const prompt = `prompt-${Math.floor(index / users)}`;
  const reasoning: ReasoningSpec = {
    reasonRatio: constantTokens(0),
    multiTurn: {
      maxRounds: part.maxRounds,
      thinkTimeUs: part.thinkTimeUs,
      contextGrowth: rules.singleSession ? '' : 'accumulate',
      singleSession: rules.singleSession,
    },
  };
  return {
    ...emptyClient,
    id: `${part.idPrefix}${prompt}-user-${index % users}`,
    tenantId: prompt,
    sloClass: rules.sloClass,
    rateFraction: part.rateFraction,
    arrival: { process: 'poisson', ...(part.exact === undefined ? {} : { exact: part.exact }) },
    input: constantTokens(prefix.questionLen),
    output: constantTokens(prefix.outputLen),
    prefixGroup: prompt,
    prefixLength: prefix.systemPromptLen,
    ...(part.windows === undefined ? {} : { windows: part.windows }),
    ...(prefix.enableMultiTurnChat ? { reasoning } : {}),
  };
}

const broken = (field: string, what: string): Problem => ({
  code: 'bad-value',
  message: `${field}: ${what}.`,
  field,
});
