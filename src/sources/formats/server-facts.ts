// What a simulator must know about the measured server and benchmark files mostly do not say. Names and units are those of
// exp-config.yaml and experiments.json (validator spec 3); a `server.yaml` beside a benchmark file states them under the same names.

import { fail, ok, type Result } from '../../base/result';
import type { RunFacts } from './run-record';

export interface ServerFacts {
  /** 0 = without a number, known by its file's name. */
  readonly id?: number;
  /** HuggingFace id. */
  readonly model?: string;
  readonly hw?: string;
  readonly tensor_parallelism?: number;
  readonly max_num_seqs?: number;
  /** Tokens of one step. */
  readonly max_num_batched_tokens?: number;
  /** Blocks of 16 tokens. */
  readonly total_kv_blocks?: number;
  /** Tokens. */
  readonly max_model_len?: number;
  readonly precision?: string;
  /** Share of the GPU's memory. */
  readonly gpu_mem?: number;
  readonly cpu_kv_blocks?: number;
  readonly dp?: number;
  readonly cpu_offload?: boolean;
  readonly workload?: string;
  readonly vllm_version?: string;
}
export type FactName = keyof ServerFacts;

/** How a fact's text reads: a text, a whole number of at least `min`, a share in (0, 1], or true / false. */
export type FactKind =
  | { readonly kind: 'text' }
  | { readonly kind: 'count'; readonly min: number }
  | { readonly kind: 'share' }
  | { readonly kind: 'flag' };

export const FACT_KINDS: Readonly<Record<FactName, FactKind>> = {
  id: { kind: 'count', min: 0 },
  model: { kind: 'text' },
  hw: { kind: 'text' },
  tensor_parallelism: { kind: 'count', min: 1 },
  max_num_seqs: { kind: 'count', min: 1 },
  max_num_batched_tokens: { kind: 'count', min: 1 },
  total_kv_blocks: { kind: 'count', min: 1 },
  max_model_len: { kind: 'count', min: 1 },
  precision: { kind: 'text' },
  gpu_mem: { kind: 'share' },
  cpu_kv_blocks: { kind: 'count', min: 0 },
  dp: { kind: 'count', min: 1 },
  cpu_offload: { kind: 'flag' },
  workload: { kind: 'text' },
  vllm_version: { kind: 'text' },
};
export const FACT_NAMES = Object.keys(FACT_KINDS) as readonly FactName[];

/** Without these no simulator can be told what to simulate; the others have a usual value or decide nothing. */
export const REQUIRED_FACTS = [
  'model',
  'hw',
  'tensor_parallelism',
  'max_num_seqs',
  'max_num_batched_tokens',
  'total_kv_blocks',
] as const satisfies readonly FactName[];

export const missingFacts = (facts: ServerFacts): readonly FactName[] =>
  REQUIRED_FACTS.filter((name) => facts[name] === undefined);

const GPUS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/H100/i, 'H100'],
  [/A100/i, 'A100-80GB'],
  [/L40S/i, 'L40S'],
];

/** Names that the simulators know a GPU by. */
export const KNOWN_GPUS: readonly string[] = GPUS.map(([, name]) => name);

const BLOCK_TOKENS = 16;

/** What a benchmark file itself says about its server. A GPU that no simulator knows keeps its own name. */
export function factsOf(facts: RunFacts): ServerFacts {
  const { gpu, kvBlocks, blockSizeTokens = BLOCK_TOKENS } = facts;
  const hw = GPUS.find(([pattern]) => pattern.test(gpu ?? ''))?.[1] ?? gpu;
  return {
    ...(facts.model === undefined ? {} : { model: facts.model }),
    ...(hw === undefined ? {} : { hw }),
    ...(facts.tensorParallel === undefined ? {} : { tensor_parallelism: facts.tensorParallel }),
    ...(facts.maxNumSeqs === undefined ? {} : { max_num_seqs: facts.maxNumSeqs }),
    ...(facts.maxNumBatchedTokens === undefined ? {} : { max_num_batched_tokens: facts.maxNumBatchedTokens }),
    ...(kvBlocks === undefined
      ? {}
      : { total_kv_blocks: Math.floor((kvBlocks * blockSizeTokens) / BLOCK_TOKENS) }),
    ...(facts.maxModelLen === undefined ? {} : { max_model_len: facts.maxModelLen }),
    ...(facts.backendVersion === undefined ? {} : { vllm_version: facts.backendVersion }),
  };
}

/** The value of a fact written as text; the problem's sentence says what was expected. */
export function parseFact(name: FactName, written: string): Result<ServerFacts[FactName]> {
  const text = written.trim();
  const kind = FACT_KINDS[name];
  const wrong = (expected: string) =>
    fail({
      code: 'bad-value' as const,
      field: name,
      message: `${name}: expected ${expected}, found ${JSON.stringify(text.slice(0, 60))}.`,
    });
  switch (kind.kind) {
    case 'text':
      return text === '' ? wrong('a text') : ok(text);
    case 'count': {
      const value = /^[\d][\d_, \u202f]*$/.test(text) ? Number(text.replace(/[_, \u202f]/g, '')) : NaN;
      return Number.isSafeInteger(value) && value >= kind.min
        ? ok(value)
        : wrong(`a whole number of at least ${kind.min}`);
    }
    case 'share': {
      const value = text === '' ? NaN : Number(text);
      return value > 0 && value <= 1 ? ok(value) : wrong('a share above 0, up to 1');
    }
    case 'flag':
      if (/^(true|yes|on)$/i.test(text)) return ok(true);
      return /^(false|no|off)$/i.test(text) ? ok(false) : wrong('true or false');
  }
}
