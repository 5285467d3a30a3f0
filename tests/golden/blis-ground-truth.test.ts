// The BLIS adapters over the measured experiments, against the reference's own predictions: request list, engine, latency model and
// per-stage statistics together. Means to 1e-9, everything else exactly.

import { expect, it } from 'vitest';
import type { AdapterContext } from '../../src/adapters/adapter';
import { blisArguments } from '../../src/adapters/blis/blis-command';
import { blisMetrics } from '../../src/adapters/blis/blis-stages';
import { workloadSpecYaml } from '../../src/adapters/blis/profile-workload';
import { adapterNamed } from '../../src/adapters/registry';
import type { Experiment, LatencyDistribution, StageMetrics } from '../../src/domain/experiment';
import { openFolder } from '../../src/headless/open-folder';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { shippedCatalog } from '../support/catalog';
import { stageFromJson, type JsonResult } from '../support/experiments';
import { describeShared, sharedJson, sharedPath, sharedText } from '../support/shared';
import { releaseModule } from '../support/wasm';

type Tail = Required<LatencyDistribution>;

interface GoldenMetrics {
  readonly e2e: Tail;
  readonly ttft: Tail;
  readonly itl: Tail;
}

interface GoldenRun {
  readonly exp_id: number;
  readonly latency_model: string;
  readonly completed: number;
  readonly summary: GoldenMetrics;
  readonly stages: readonly (GoldenMetrics & {
    readonly stage_index: number;
    readonly num_requests: number;
  })[];
}

const FILES = { off: 'reference.json', 'as-profile': 'as-profile.json' } as const;

const metrics = (stage: StageMetrics): Record<string, number | undefined> =>
  Object.fromEntries(
    (['e2e', 'ttft', 'itl'] as const).flatMap((quantity) =>
      (['mean', 'p90', 'p99'] as const).map((statistic) => [
        `${quantity}_${statistic}`,
        stage[quantity][statistic],
      ]),
    ),
  );

function expectMetrics(found: StageMetrics, golden: GoldenMetrics, where: string): void {
  for (const [name, value] of Object.entries(metrics(found))) {
    const [quantity, statistic] = name.split('_') as ['e2e' | 'ttft' | 'itl', keyof Tail];
    const wanted = golden[quantity][statistic];
    if (statistic === 'mean') {
      expect(Math.abs((value ?? NaN) - wanted), `${where} ${name}`).toBeLessThanOrEqual(1e-9 * wanted);
    } else {
      expect(value, `${where} ${name}`).toBe(wanted);
    }
  }
}

describeShared('BLIS predictions for the ground-truth kit', () => {
  let experiments: Promise<Experiment[]> | undefined;
  const load = (): Promise<Experiment[]> =>
    (experiments ??= (async () => {
      const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth')));
      if (!truth.ok) throw new Error(truth.error.message);
      return readyExperiments(truth.value);
    })());
  const base = { catalog: shippedCatalog(), wasm: releaseModule() };

  for (const [multiTurn, file] of Object.entries(FILES) as [keyof typeof FILES, string][]) {
    for (const golden of sharedJson<readonly GoldenRun[]>('golden', 'blis-ground-truth', file)) {
      const name = `blis-${golden.latency_model}`;
      it(`${multiTurn}: ${name} × experiment ${golden.exp_id}`, async () => {
        const context: AdapterContext = { ...base, options: { mode: 'reference', multiTurn } };
        const experiment = (await load()).find(({ expId }) => expId === golden.exp_id);
        const run = experiment && (await adapterNamed(name)?.run(experiment, context));
        if (run?.ok !== true) throw new Error(run?.error.message ?? 'no such experiment or adapter');
        const { summary, stages } = run.value;
        expect(summary.numRequests).toBe(golden.completed);
        expectMetrics(summary, golden.summary, 'summary');
        expect(stages.map(({ stageIndex, numRequests }) => [stageIndex, numRequests])).toEqual(
          golden.stages.map((stage) => [stage.stage_index, stage.num_requests]),
        );
        golden.stages.forEach((stage, index) => {
          const found = stages[index];
          if (found !== undefined) expectMetrics(found, stage, `stage ${index}`);
        });
      });
    }
  }
});

interface FixtureRequest {
  readonly arrived_at: number;
  readonly num_prefill_tokens: number;
  readonly num_decode_tokens: number;
  readonly ttft_ms: number;
  readonly itl_ms: number;
  readonly e2e_ms: number;
}

describeShared('the BLIS fixtures', () => {
  const fixtures = ['ground-truth', 'fixtures'];
  const load = async (): Promise<Experiment> => {
    const truth = await loadGroundTruth(await openFolder(sharedPath(...fixtures, 'mini')));
    const [experiment] = truth.ok ? readyExperiments(truth.value) : [];
    if (experiment === undefined) throw new Error('no fixture experiment');
    return experiment;
  };

  it('specification and command line are those that the reference pipeline writes', async () => {
    const experiment = await load();
    expect(workloadSpecYaml(experiment.profile, 'as-profile')).toBe(
      sharedText(...fixtures, 'expected', 'blis_inference_perf_spec.yaml'),
    );
    expect(['blis', ...blisArguments(experiment, 'roofline', 'SPEC', 'RESULTS')]).toEqual(
      sharedJson(...fixtures, 'expected', 'blis_args.json'),
    );
  });

  it('results become the recorded stage metrics', async () => {
    const { stages } = await load();
    const { requests, ...aggregate } = sharedJson<{ requests: Partial<FixtureRequest>[] }>(
      ...fixtures,
      'sim-output',
      'blis_results.json',
    );
    const rows = requests.filter(
      (row): row is FixtureRequest =>
        typeof row === 'object' && Object.values(row).length >= 7 && 'itl_ms' in row,
    );
    const column = (key: keyof FixtureRequest): Float64Array => Float64Array.from(rows, (row) => row[key]);
    const found = blisMetrics(
      stages,
      {
        arrivedAtS: column('arrived_at'),
        e2eMs: column('e2e_ms'),
        ttftMs: column('ttft_ms'),
        itlMs: column('itl_ms'),
        inputTokens: column('num_prefill_tokens'),
        outputTokens: column('num_decode_tokens'),
      },
      aggregate,
    );
    const golden = sharedJson<JsonResult>(...fixtures, 'expected', 'result_blis-roofline.json');
    for (const [index, wanted] of [...golden.stages, golden.summary].entries()) {
      const stage = [...found.stages, found.summary][index];
      const expected = stageFromJson(wanted);
      if (stage === undefined) throw new Error('a stage is missing');
      expect(stage.numRequests).toBe(expected.numRequests);
      expect(stage.throughput).toEqual(expected.throughput);
      expectMetrics(stage, expected as unknown as GoldenMetrics, `row ${index}`);
    }
  });
});
