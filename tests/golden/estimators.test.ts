// The estimators against recorded outputs of the real programs: llm-optimizer and AIConfigurator 0.9.0.

import { expect, it } from 'vitest';
import { llmOptimizerEstimate } from '../../src/adapters/estimators/llm-optimizer-estimate';
import { openCatalog } from '../../src/headless/catalog';
import { nodeIo } from '../../src/headless/io';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { openFolder } from '../../src/headless/open-folder';
import { estimateCommand } from '../../src/headless/commands/estimate';
import { runCommand } from '../support/captured-io';
import { resultFromPoints } from '../../src/adapters/estimators/stage-results';
import { experimentOf, stageFromJson, type JsonResult } from '../support/experiments';
import { describeShared, sharedJson, sharedPath, sharedText } from '../support/shared';

type Json = Record<string, unknown>;
interface Row {
  readonly kind?: string;
  readonly input: Json & { readonly tables?: string };
  readonly output: Json;
}
interface Sweep extends Json {
  readonly tables: string;
  readonly tie_affected?: boolean;
}
interface Golden {
  readonly rows: readonly Row[];
  readonly sweeps: readonly Sweep[];
}
interface Answer {
  readonly rows: readonly Json[];
  readonly sweeps: readonly Json[];
}

/** Paths at which `found` differs from `expected` by more than 1e-9 relative. */
function differences(expected: unknown, found: unknown, path = ''): string[] {
  if (typeof expected === 'number' && typeof found === 'number') {
    const scale = Math.max(Math.abs(expected), Math.abs(found), Number.MIN_VALUE);
    return Math.abs(expected - found) / scale <= 1e-9
      ? []
      : [`${path}: expected ${String(expected)}, found ${String(found)}`];
  }
  if (typeof expected === 'object' && expected !== null && typeof found === 'object' && found !== null) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, (found as Json)[key], `${path}/${key}`),
    );
  }
  return Object.is(expected, found) ? [] : [`${path}: expected ${String(expected)}, found ${String(found)}`];
}

async function estimate(estimator: string, ...more: string[]): Promise<Answer> {
  const file = sharedPath('golden', 'estimators', `${estimator}.json`);
  const run = await runCommand(estimateCommand, ['--estimator', estimator, '--input', file, ...more]);
  expect(run.problems).toEqual([]);
  return JSON.parse(run.stdout) as Answer;
}

const sampleTables = sharedPath('data', 'aiconfigurator-h100-sample');

describeShared('llm-optimizer golden rows', () => {
  it('reproduces every row within 1e-9', async () => {
    const golden = sharedJson<Golden>('golden', 'estimators', 'llm-optimizer.json');
    const answer = await estimate('llm-optimizer');
    expect(answer.rows).toHaveLength(88);
    expect(
      golden.rows.flatMap((row, i) => differences(row.output, answer.rows[i], `row ${String(i)}`)),
    ).toEqual([]);
  });
});

describeShared('AIConfigurator golden rows', () => {
  const golden = sharedJson<Golden>('golden', 'estimators', 'aiconfigurator.json');
  const isReproducible = (tables: string | undefined) => tables === 'sample' || tables === 'none';

  it('reproduces every row of the sample tables and of the analytic modes within 1e-9', async () => {
    const answer = await estimate('aiconfigurator', '--systems', sampleTables);
    const wanted = golden.rows
      .map((row, i) => ({ row, i }))
      .filter(({ row }) => isReproducible(row.input.tables));
    expect(wanted).toHaveLength(239);
    const wrong = wanted.flatMap(({ row, i }) =>
      differences(row.output, answer.rows[i], `${row.kind ?? ''} ${JSON.stringify(row.input)}`),
    );
    expect(wrong).toEqual([]);
    // Rows of the complete tables say that those are not loaded instead of answering from the slice.
    const others = golden.rows.flatMap((row, i) =>
      isReproducible(row.input.tables) ? [] : [answer.rows[i]],
    );
    expect(others).toHaveLength(72);
    for (const row of others) expect(row).toEqual({ error: expect.stringContaining('not loaded') as string });
  });

  it('reproduces the sweeps of the sample tables and their stage matches', async () => {
    const answer = await estimate('aiconfigurator', '--systems', sampleTables);
    const wrong = golden.sweeps.flatMap((expected, i) => {
      const found = answer.sweeps[i] ?? {};
      if (expected.tables !== 'sample') return 'error' in found ? [] : [`sweep ${String(i)} has no tables`];
      if (expected.tie_affected !== true) return differences(expected, found, `sweep ${String(i)}`);
      const withoutIndex = (sweep: Json) =>
        (sweep['matches'] as Json[]).map(({ row_index: _, ...match }) => match);
      return differences(withoutIndex(expected), withoutIndex(found), `sweep ${String(i)}`);
    });
    expect(wrong).toEqual([]);
  });

  it('asks for tables when none are given, and answers analytic rows all the same', async () => {
    const answer = await estimate('aiconfigurator');
    for (const [i, row] of golden.rows.entries()) {
      if (row.input.tables === 'none') expect(differences(row.output, answer.rows[i])).toEqual([]);
      else expect(answer.rows[i]).toEqual({ error: expect.stringContaining('--systems') as string });
    }
  });

  it('agrees with the complete-table rows wherever those tables do not matter', async () => {
    // Rooflines of every query; memory and table-free or all-reduce operators of every run.
    const rows = golden.rows.filter((row) => row.input.tables === 'full');
    const asked = rows.map((row) => ({ ...row, input: { ...row.input, tables: 'sample', mode: 'HYBRID' } }));
    const document = JSON.stringify({ ...golden, rows: asked, sweeps: [] });
    const run = await runCommand(
      estimateCommand,
      ['--estimator', 'aiconfigurator', '--input', 'asked.json', '--systems', sampleTables],
      { 'asked.json': document },
    );
    const answers = (JSON.parse(run.stdout) as Answer).rows;
    const tableFree = /embedding|add_norm|act_gate|_ar|_p2p|router/;
    const usesCollectives = (row: Row) =>
      row.input['attention_dp'] !== undefined && row.input['attention_dp'] !== 1;
    const independent = (row: Row): unknown => {
      const { sol_ms, empirical_ms, memory_gib, mix_ops_ms, num_mix_steps, num_genonly_steps } = row.output;
      const operators = Object.entries((mix_ops_ms ?? {}) as Json).filter(
        ([name]) => tableFree.test(name) || (name.endsWith('_dispatch') && !usesCollectives(row)),
      );
      return {
        sol_ms,
        empirical_ms,
        memory_gib,
        num_mix_steps,
        num_genonly_steps,
        ...(mix_ops_ms === undefined ? {} : { mix_ops_ms: Object.fromEntries(operators) }),
      };
    };
    expect(
      rows.flatMap((row, i) => differences(independent(row), answers[i], JSON.stringify(row.input))),
    ).toEqual([]);
  });
});

interface LadderStep {
  readonly concurrency: number;
  readonly ttft_ms: number;
  readonly itl_ms: number;
  readonly e2e_latency_s: number;
  readonly requests_per_sec: number;
  readonly input_throughput_tps: number;
  readonly output_throughput_tps: number;
}

describeShared('estimator adapters against the reference pipeline', () => {
  it('turns a recorded ladder into the stages and summary that the pipeline reports', () => {
    const ladder = sharedJson<LadderStep[]>('ground-truth', 'fixtures', 'sim-output', 'estimator_sweep.json');
    const name = 'llm-optimizer-estimate';
    const expected = sharedJson<JsonResult>('ground-truth', 'fixtures', 'expected', `result_${name}.json`);
    const measured = sharedJson<JsonResult>('ground-truth', 'fixtures', 'expected', 'experiment.json');
    const experiment = experimentOf({
      folder: expected.experiment_folder,
      stages: measured.stages.map(stageFromJson),
    });
    const points = ladder.map((step) => ({
      label: `concurrency ${String(step.concurrency)}`,
      e2eMs: step.e2e_latency_s * 1000,
      ttftMs: step.ttft_ms,
      itlMs: step.itl_ms,
      throughput: {
        inputTokensPerSec: step.input_throughput_tps,
        outputTokensPerSec: step.output_throughput_tps,
        requestsPerSec: step.requests_per_sec,
      },
    }));
    const result = resultFromPoints(name, experiment, points, []);
    if (!result.ok) throw new Error(result.error.message);
    const { picked } = sharedJson<{ picked: number[] }>(
      'ground-truth',
      'fixtures',
      'expected',
      'estimator_matched_concurrency.json',
    );
    const words = picked.map((concurrency, i) => `stage ${String(i)} at concurrency ${String(concurrency)}`);
    expect(result.value.notes).toEqual([`Matched by request rate: ${words.join(', ')}.`]);
    expect(differences(expected.stages.map(stageFromJson), result.value.stages)).toEqual([]);
    expect(differences(stageFromJson(expected.summary), result.value.summary)).toEqual([]);
  });
});

/** The estimators never touch the module. */
const emptyModule = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));

interface PublishedRow {
  readonly expId: number;
  readonly stage: number;
  readonly metric: string;
  readonly predicted: number;
}

const publishedRows = (name: string): readonly PublishedRow[] =>
  sharedText('published-results', `predictions-${name}.csv`)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([expId, stage, metric = '', predicted]) => ({
      expId: Number(expId),
      stage: Number(stage),
      metric,
      predicted: Number(predicted),
    }));

describeShared('the llm-optimizer adapter over real experiments', () => {
  it('predicts what the study published, in every stage and summary', async () => {
    const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth')));
    if (!truth.ok) throw new Error(truth.error.message);
    const catalog = openCatalog(nodeIo);
    const rows = publishedRows('llm-optimizer-estimate');
    let compared = 0;
    for (const experiment of readyExperiments(truth.value)) {
      const own = rows.filter(({ expId }) => expId === experiment.expId);
      if (own.length === 0) continue;
      const options = { mode: 'reference', multiTurn: 'as-profile' } as const;
      const result = await llmOptimizerEstimate.run(experiment, { catalog, options, wasm: emptyModule });
      if (!result.ok) throw new Error(result.error.message);
      for (const { stage, metric, predicted } of own) {
        const stages = [...result.value.stages, result.value.summary];
        const found = stages.find(({ stageIndex }) => stageIndex === stage);
        const value =
          metric === 'e2e_mean'
            ? found?.e2e.mean
            : metric === 'ttft_mean'
              ? found?.ttft.mean
              : found?.itl.mean;
        expect(differences(predicted, value, `${experiment.folder} ${String(stage)} ${metric}`)).toEqual([]);
        compared++;
      }
    }
    expect(compared).toBe(36);
  });
});
