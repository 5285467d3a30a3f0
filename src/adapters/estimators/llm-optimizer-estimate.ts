// The `llm-optimizer-estimate` adapter (sim-to-real 5b12a00, experiment/adapters/llm_optimizer_est.py; unchanged at dcec3fd):
// one concurrency ladder an experiment, one step of it a stage. Prefix caching, data parallelism, CPU offloading, the memory
// fraction and the token budget have no effect on it.

import { fail, ok, type Result } from '../../base/result';
import type { Catalog, CatalogModel } from '../../catalog/catalog';
import type { Experiment } from '../../domain/experiment';
import type { Adapter } from '../adapter';
import { decide, hardwareIn, type Rule } from '../eligibility';
import { climbLadder } from './llm-optimizer/ladder';
import { parseOptimizerModel, type OptimizerModel } from './llm-optimizer/model-facts';
import { needsSharedPrefix, profileLengths } from './profile-lengths';
import { resultFromPoints, type OperatingPoint } from './stage-results';

const NAME = 'llm-optimizer-estimate';

/** The experiment's hardware name → the program's. */
const GPU_NAMES: Readonly<Record<string, string>> = { H100: 'H100', 'A100-80GB': 'A100' };

const noFp8OnA100: Rule = {
  cause: 'precision',
  refuses: ({ hardware, precision }) =>
    hardware === 'A100-80GB' && precision.toUpperCase() === 'FP8'
      ? 'llm-optimizer knows no FP8 rate for the A100; this experiment served FP8.'
      : undefined,
};

const RULES: readonly Rule[] = [
  hardwareIn(Object.keys(GPU_NAMES), 'llm-optimizer'),
  noFp8OnA100,
  needsSharedPrefix,
];

export const llmOptimizerEstimate: Adapter = {
  name: NAME,
  label: 'LLM-Optimizer',
  canRun: (experiment) => decide(RULES, experiment),
  run: (experiment, context) => Promise.resolve(estimate(experiment, context.catalog)),
};

function estimate(experiment: Experiment, catalog: Catalog) {
  const lengths = profileLengths(experiment);
  const gpu = GPU_NAMES[experiment.hardware];
  if (lengths === undefined || gpu === undefined) {
    return fail({ code: 'not-supported' as const, message: `${NAME} cannot run ${experiment.folder}.` });
  }
  const model = modelFor(experiment.model, catalog);
  if (!model.ok) return model;
  const ladder = climbLadder(
    model.value,
    {
      gpu,
      numGpus: experiment.tp,
      precision: experiment.precision.toLowerCase(),
      inputTokens: lengths.inputTokens,
      outputTokens: lengths.outputTokens,
    },
    experiment.maxNumSeqs,
  );
  if (!ladder.ok) return ladder;
  if (ladder.value.length === 0) {
    return fail({
      code: 'out-of-memory' as const,
      message: `llm-optimizer finds that ${experiment.model} does not fit on ${String(experiment.tp)} × ${gpu}, not even for one request.`,
    });
  }
  const points: OperatingPoint[] = ladder.value.map((step) => ({
    label: `concurrency ${String(step.concurrency)}`,
    e2eMs: step.estimate.e2eS * 1000,
    ttftMs: step.estimate.ttftMs,
    itlMs: step.estimate.itlMs,
    throughput: {
      inputTokensPerSec: step.estimate.inputTokensPerSec,
      outputTokensPerSec: step.estimate.outputTokensPerSec,
      requestsPerSec: step.estimate.requestsPerSec,
    },
  }));
  return resultFromPoints(NAME, experiment, points, []);
}

/** The model as the program reads its config.json: sizes nested below the top level are not found. */
function modelFor(id: string, catalog: Catalog): Result<OptimizerModel> {
  const entry = catalog.models.get(id.toLowerCase());
  if (entry === undefined) return fail(noArchitecture(id));
  const model = parseOptimizerModel(hasNestedSizes(entry) ? {} : topLevelKeys(entry), id);
  return model.ok ? ok(model.value) : model;
}

/** Multimodal configs keep their text model's sizes under `text_config`. */
const hasNestedSizes = (entry: CatalogModel): boolean => entry.modelType.endsWith('_text');

const topLevelKeys = ({ architecture }: CatalogModel) => ({
  hidden_size: architecture.hidden,
  num_hidden_layers: architecture.layers,
  vocab_size: architecture.vocab,
  num_attention_heads: architecture.heads,
  num_key_value_heads: architecture.kvHeads,
  intermediate_size: architecture.ffn,
  tie_word_embeddings: architecture.tiedEmbeddings,
});

export const noArchitecture = (id: string) => ({
  code: 'unknown-name' as const,
  field: 'model',
  message: `The catalogue has no architecture for ${id}; add the model's config.json facts to estimate it.`,
});
