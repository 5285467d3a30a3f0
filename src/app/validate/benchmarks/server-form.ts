// The fields by which a measured server is described: label, unit, and where vLLM says the value.

import { fail, ok, type Result } from '../../../base/result';
import {
  FACT_NAMES,
  KNOWN_GPUS,
  parseFact,
  REQUIRED_FACTS,
  type FactName,
  type ServerFacts,
} from '../../../sources/formats/server-facts';

interface FactField {
  readonly label: string;
  readonly unit?: string;
  /** Where to look, one sentence. */
  readonly where: string;
}

/** A label inside a sentence: abbreviations keep their capitals. */
export const inSentence = (label: string): string =>
  /^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);

/** Fields in the order of the form; the id is for experiment folders only. */
export const FACT_FIELDS: Readonly<Record<Exclude<FactName, 'id'>, FactField>> = {
  model: {
    label: 'Model',
    where: 'HuggingFace id: model= in the line “Initializing a V1 LLM engine”.',
  },
  hw: {
    label: 'GPU',
    where: `vLLM’s log does not name it; nvidia-smi does. Known to all simulators: ${KNOWN_GPUS.join(', ')}. Others need an entry in Catalogue.`,
  },
  tensor_parallelism: {
    label: 'Tensor parallelism',
    unit: 'GPUs',
    where: 'tensor_parallel_size= in the line “Initializing a V1 LLM engine”; 1 without the flag.',
  },
  max_num_seqs: {
    label: 'Running sequences, most',
    unit: 'sequences',
    where: '“max_num_seqs” in the line “non-default args”; without the flag the version’s default.',
  },
  max_num_batched_tokens: {
    label: 'Tokens of a step, most',
    unit: 'tokens',
    where: '“Chunked prefill is enabled with max_num_batched_tokens=…”.',
  },
  total_kv_blocks: {
    label: 'KV blocks',
    unit: 'blocks of 16 tokens',
    where: '“GPU KV cache size: N tokens”: N ÷ 16. Older versions print “# GPU blocks”.',
  },
  precision: { label: 'Precision', where: 'quantization= in the same line; FP16 stands for BF16, too.' },
  max_model_len: { label: 'Context, most', unit: 'tokens', where: 'max_seq_len= in the same line.' },
  gpu_mem: {
    label: 'GPU memory used',
    unit: 'share',
    where: '--gpu-memory-utilization; 0.9 without the flag.',
  },
  cpu_kv_blocks: {
    label: 'KV blocks on the CPU',
    unit: 'blocks of 16 tokens',
    where: 'Only with KV offloading: cpu_bytes_to_use ÷ bytes of a block; otherwise 0.',
  },
  cpu_offload: {
    label: 'KV offloading',
    unit: 'true or false',
    where: 'Whether a connector offloads KV blocks.',
  },
  dp: { label: 'Data parallelism', unit: 'replicas', where: 'data_parallel_size= in the same line.' },
  vllm_version: { label: 'vLLM version', where: '“vLLM API server version”, the first line of the log.' },
  workload: { label: 'Workload’s name', where: 'For grouping in tables; “imported” without one.' },
};

export type FormFact = keyof typeof FACT_FIELDS;
export const FORM_FACTS = Object.keys(FACT_FIELDS) as readonly FormFact[];
export type FactTexts = Readonly<Partial<Record<FactName, string>>>;

export const isRequired = (name: FactName): boolean => REQUIRED_FACTS.some((required) => required === name);

export const textsOf = (facts: ServerFacts): FactTexts =>
  Object.fromEntries(
    FACT_NAMES.flatMap((name) => (facts[name] === undefined ? [] : [[name, String(facts[name])]])),
  );

/** Facts from the fields that were asked; empty optional ones are not stated. Faults by field. */
export function factsFrom(
  texts: FactTexts,
  asked: readonly FormFact[],
): Result<ServerFacts, ReadonlyMap<FactName, string>> {
  const faults = new Map<FactName, string>();
  const facts: Partial<Record<FactName, ServerFacts[FactName]>> = {};
  for (const name of asked) {
    const text = (texts[name] ?? '').trim();
    if (text === '') {
      if (isRequired(name))
        faults.set(name, `${FACT_FIELDS[name].label} is needed: no simulator runs without it.`);
      continue;
    }
    const value = parseFact(name, text);
    if (value.ok) facts[name] = value.value;
    else faults.set(name, value.error.message.replace(`${name}: expected`, 'Expected'));
  }
  return faults.size === 0 ? ok(facts as ServerFacts) : fail(faults);
}
