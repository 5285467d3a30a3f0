import { expect, it } from 'vitest';
import { openFolder } from '../../src/headless/open-folder';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { qualityFindings } from '../../src/validation/quality/checks';
import { withoutRows } from '../../src/validation/quality/leave-out';
import { describeShared, sharedPath } from '../support/shared';

describeShared('quality of the measurement kit', async () => {
  const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth')), {
    all: true,
    requests: 'load',
  });
  const experiments = truth.ok ? readyExperiments(truth.value) : [];
  const checks = (id: number): string[] =>
    qualityFindings(experiments.find((experiment) => experiment.expId === id)!).map(
      (finding) => `${finding.check} ${finding.count}`,
    );

  it('names the overloaded reasoning runs, the cold Mixtral server and the empty Llama replies', () => {
    expect(checks(12)).toEqual([
      'failed-requests 3294',
      'unsaturated-rate 1',
      'repeated-prompts 4800',
      're-tokenised-lengths 1506',
    ]);
    expect(checks(10)).toEqual([
      'cold-start 19',
      'stalls 25',
      'repeated-prompts 9000',
      're-tokenised-lengths 9000',
    ]);
    expect(checks(5)).toEqual(['empty-requests 13', 'repeated-prompts 16800', 're-tokenised-lengths 16800']);
    expect(checks(1)).toEqual(['repeated-prompts 16800', 're-tokenised-lengths 16800']);
  });

  it('finds 100 distinct prompts in every run, almost all of them cached', () => {
    expect(experiments).toHaveLength(12);
    for (const experiment of experiments) {
      const finding = qualityFindings(experiment).find(({ check }) => check === 'repeated-prompts');
      expect(finding?.sentence, experiment.folder).toMatch(
        / requests are 100 distinct prompts, in turn\. After the first round, 9[89] % of prompt tokens/,
      );
    }
  });

  it('recomputes every reported mean and percentile from the rows', () => {
    expect(experiments.length).toBeGreaterThan(0);
    for (const experiment of experiments) {
      // A failed row is in no mean, so leaving one out changes nothing; else any row that is left out moves the mean a little.
      const failed = qualityFindings(experiment).find((finding) => finding.check === 'failed-requests');
      const row = failed?.rows?.[0] ?? 0;
      const again = withoutRows(experiment, [row])!;
      for (const [index, stage] of experiment.stages.entries()) {
        const recomputed = again.stages[index]!;
        const isTouched = failed === undefined && recomputed.numRequests !== stage.numRequests;
        const tolerance = isTouched ? 0.1 : 1e-5;
        for (const metric of ['e2e', 'ttft', 'itl'] as const) {
          expect(Math.abs(recomputed[metric].mean! / stage[metric].mean! - 1)).toBeLessThan(tolerance);
        }
        expect(Math.abs(recomputed.e2e.p99! / stage.e2e.p99! - 1)).toBeLessThan(tolerance);
      }
    }
  });
});
