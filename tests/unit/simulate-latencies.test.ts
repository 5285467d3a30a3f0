// Leaving an idle CPU tier out must change no latency: the same runs with the tier followed all along.

import { describe, expect, it } from 'vitest';
import { blisOptions } from '../../src/adapters/blis/blis-command';
import { workloadSpecYaml } from '../../src/adapters/blis/profile-workload';
import { resolveBlisOptions } from '../../src/adapters/blis/resolve-options';
import type { Result } from '../../src/base/result';
import type { Workload } from '../../src/domain/workload';
import { openRandomDoor } from '../../src/engine/random-door';
import { simulate, simulateLatencies } from '../../src/engine/simulate';
import { generateWorkload } from '../../src/workload/generate';
import { parseWorkloadSpec } from '../../src/workload/parse-spec';
import { shippedCatalog } from '../support/catalog';
import { madeExperiment } from '../support/made-experiment';
import { releaseModule } from '../support/wasm';

const wasm = releaseModule();
const profile = {
  stages: [{ rateRps: 20, durationS: 6 }],
  hasSharedPrefixObject: true,
  questionLen: 200,
  systemPromptLen: 64,
  outputLen: 60,
  numUniqueSystemPrompts: 3,
  numUsersPerSystemPrompt: 2,
  enableMultiTurnChat: true,
};

function configWith(totalKvBlocks: number) {
  const experiment = madeExperiment({
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    tp: 1,
    maxNumBatchedTokens: 512,
    totalKvBlocks,
    cpuKvBlocks: 40,
    profile,
  });
  const resolved = resolveBlisOptions(
    { ...blisOptions(experiment, 'crossmodel', 'reference'), maxModelLen: 512 },
    shippedCatalog(),
  );
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value.config;
}

describe.each(['off', 'as-profile'] as const)('with sessions %s', (reading) => {
  let made = 0;
  const makeWorkload = (): Result<Workload> => {
    made++;
    const spec = parseWorkloadSpec(workloadSpecYaml(profile, reading), 'spec');
    return spec.ok ? generateWorkload(spec.value, { random: openRandomDoor(wasm) }) : spec;
  };

  it.each([
    [2000, 1],
    [60, 2],
  ])('%d KV blocks take %d runs and give the same requests', async (blocks, runs) => {
    const config = configWith(blocks);
    made = 0;
    const quick = await simulateLatencies(wasm, config, makeWorkload);
    expect(made).toBe(runs);
    const workload = makeWorkload();
    if (!workload.ok) throw new Error(workload.error.message);
    const full = await simulate(wasm, config, workload.value);
    if (!quick.ok || !full.ok) throw new Error('a run failed');
    expect(full.value.aggregate.completed_requests).toBeGreaterThan(50);
    expect(quick.value.requests).toEqual(full.value.requests);
    expect(quick.value.aggregate).toEqual(full.value.aggregate);
  });
});
