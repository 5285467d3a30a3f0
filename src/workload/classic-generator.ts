// The request-generator file of the founding version (BLIS 148be7f3 cmd/root.go, sim/workload_config.go) and the requests it
// makes: constant spacing, clamped normal lengths, real token ids, all from one random stream.

import type { z } from 'zod';
import { parseGoYaml } from '../base/go-yaml';
import { goBigInteger, goInteger, goLooseMap, goNumber, goText, yamlProblems } from '../base/go-yaml-schema';
import { fail, ok, type Result } from '../base/result';
import type { RandomDoor, RandomStream } from '../domain/random';
import type { ClassicRequests } from '../domain/classic';
import { roundHalfAway } from './distributions';

export interface ClassicLengths {
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

export interface ClassicGenerator {
  readonly seed: bigint;
  /** req/s. */
  readonly rateRps: number;
  readonly maxRequests: number;
  readonly prompt: ClassicLengths;
  readonly output: ClassicLengths;
  /** Tokens shared by all prompts, in front of and in addition to the drawn ones. */
  readonly prefixTokens: number;
}

const lengths = (kind: 'prompt' | 'output') =>
  ({
    [`${kind}_tokens`]: goInteger(),
    [`${kind}_tokens_stdev`]: goInteger(),
    [`${kind}_tokens_min`]: goInteger(),
    [`${kind}_tokens_max`]: goInteger(),
  }) as const;

const schema = goLooseMap({
  format: goText(),
  seed: goBigInteger(),
  rate: goLooseMap({ arrival_type: goText(), rate: goNumber(), 'max-requests': goInteger() }),
  data: goLooseMap({ ...lengths('prompt'), ...lengths('output'), prefix_tokens: goInteger() }),
});

/** Comments and document markers only. */
const isBlank = (text: string): boolean =>
  text.split('\n').every((line) => /^\s*(#.*|---.*|null|~)?\s*$/.test(line));

export function parseClassicGenerator(text: string, file: string): Result<ClassicGenerator> {
  let values: z.infer<typeof schema>;
  if (!isBlank(text)) {
    const document = parseGoYaml(text, file);
    if (!document.ok) return document;
    const parsed = schema.safeParse(document.value.tree);
    if (!parsed.success) {
      const [first] = yamlProblems(document.value, parsed.error);
      return fail(first ?? { code: 'malformed', message: `${file} is no request-generator file.`, file });
    }
    values = parsed.data;
  }
  const data = values?.data;
  const number = (key: string): number => Number(data?.[key as keyof typeof data] ?? 0);
  const lengthsOf = (kind: 'prompt' | 'output'): ClassicLengths => ({
    mean: number(`${kind}_tokens`),
    deviation: number(`${kind}_tokens_stdev`),
    min: number(`${kind}_tokens_min`),
    max: number(`${kind}_tokens_max`),
  });
  return ok({
    seed: values?.seed ?? 0n,
    rateRps: values?.rate?.rate ?? 0,
    maxRequests: values?.rate?.['max-requests'] ?? 0,
    prompt: lengthsOf('prompt'),
    output: lengthsOf('output'),
    prefixTokens: number('prefix_tokens'),
  });
}

/** Memory that token ids may take: 4 bytes each. */
const MAX_TOKENS = 2 ** 28;

const refuse = (field: string, what: string): Result<never> =>
  fail({ code: 'bad-value', message: `The request generator's ${field} ${what}.`, field });

function drawLength(stream: RandomStream, { mean, deviation, min, max }: ClassicLengths): number {
  if (min === max) return min;
  const drawn = Math.max(min, Math.min(max, stream.normal() * deviation + mean));
  return roundHalfAway(drawn);
}

/** Requests arriving before the horizon, at most `maxRequests`, in order. */
export function generateClassicRequests(
  generator: ClassicGenerator,
  horizonUs: number,
  random: RandomDoor,
): Result<ClassicRequests> {
  const { rateRps, maxRequests, prefixTokens } = generator;
  if (maxRequests > 0 && !(rateRps > 0 && Number.isFinite(rateRps))) {
    return refuse('rate.rate', `is ${rateRps}; it must be a finite number > 0`);
  }
  if (prefixTokens < 0) return refuse('data.prefix_tokens', `is ${prefixTokens}; it must be >= 0`);
  const spacingUs = Math.trunc(1 / (rateRps / 1e6));
  const stream = random.open(generator.seed);
  const prefix = stream.tokens(prefixTokens);
  const arrivalUs: number[] = [];
  const inputTokens: number[] = [];
  const outputTokens: number[] = [];
  const tokens: Uint32Array[] = [];
  let total = 0;
  for (let at = 0; at < horizonUs && arrivalUs.length < maxRequests; at += spacingUs) {
    const prompt = drawLength(stream, generator.prompt);
    if (prompt < 0) return refuse('data.prompt_tokens_min', `lets a prompt have ${prompt} tokens`);
    const own = stream.tokens(prompt);
    const output = drawLength(stream, generator.output);
    if (output < 0) return refuse('data.output_tokens_min', `lets an output have ${output} tokens`);
    total += prefix.length + prompt + output;
    if (total > MAX_TOKENS) {
      return fail({
        code: 'too-large',
        message: `The generator's requests hold more than ${MAX_TOKENS} tokens; lower rate.max-requests or the lengths.`,
        field: 'rate.max-requests',
      });
    }
    tokens.push(prefix, own, stream.tokens(output));
    arrivalUs.push(at);
    inputTokens.push(prefix.length + prompt);
    outputTokens.push(output);
  }
  stream.release();
  const ids = new Uint32Array(total);
  let to = 0;
  for (const part of tokens) {
    ids.set(part, to);
    to += part.length;
  }
  return ok({
    count: arrivalUs.length,
    arrivalUs: Float64Array.from(arrivalUs),
    inputTokens: Uint32Array.from(inputTokens),
    outputTokens: Uint32Array.from(outputTokens),
    tokens: ids,
  });
}
