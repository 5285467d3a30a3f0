// The measurements of the reference material, against what the reference's parser makes of them: every number bit for bit.

import { expect, it } from 'vitest';
import type { Experiment, LatencyDistribution, StageMetrics } from '../../src/domain/experiment';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { diskTree } from '../support/disk-tree';
import { describeShared, sharedJson, sharedPath } from '../support/shared';

const statistics = ({ mean, p90, p99 }: LatencyDistribution) => ({
  mean: mean ?? null,
  p90: p90 ?? null,
  p99: p99 ?? null,
});

/** A stage in the reference's own key names. */
const stageJson = (stage: StageMetrics) => ({
  stage_index: stage.stageIndex,
  rate: stage.rateRps,
  duration: stage.durationS,
  num_requests: stage.numRequests,
  e2e: statistics(stage.e2e),
  ttft: statistics(stage.ttft),
  itl: statistics(stage.itl),
  throughput: {
    input_tokens_per_sec: stage.throughput.inputTokensPerSec,
    output_tokens_per_sec: stage.throughput.outputTokensPerSec,
    requests_per_sec: stage.throughput.requestsPerSec,
  },
});

const parsedJson = (experiment: Experiment) => ({
  max_model_len: experiment.maxModelLen,
  max_num_batched_tokens: experiment.maxNumBatchedTokens,
  max_num_seqs: experiment.maxNumSeqs,
  model: experiment.model,
  stages: experiment.stages.map(stageJson),
  summary: stageJson(experiment.summary),
  total_kv_blocks: experiment.totalKvBlocks,
  tp: experiment.tp,
  workload: experiment.workload,
});

describeShared('the ground-truth kit', () => {
  const golden = sharedJson<Record<string, unknown>>('ground-truth', 'expected-parsed.json');

  it('parses to the reference parser’s numbers, every one', async () => {
    const loaded = await loadGroundTruth(diskTree(sharedPath('ground-truth')), { all: true });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const experiments = readyExperiments(loaded.value);
    expect(experiments.map(({ expId }) => String(expId))).toEqual(Object.keys(golden));
    for (const experiment of experiments) {
      expect(parsedJson(experiment)).toEqual(golden[String(experiment.expId)]);
      expect(experiment.kvSource).toBe('manifest');
    }
  });
});
