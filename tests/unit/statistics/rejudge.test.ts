import { expect, it } from 'vitest';
import { rejudge } from '../../../src/validation/quality/rejudge';
import { errorRecord, experiment, stage } from '../../support/validate-data';

it('judges the same predictions against other measured values', () => {
  const reported = experiment();
  const measured = { ...reported, stages: [stage(0, 200, 50, 10)], summary: stage(-1, 250, 50, 10) };
  const [byStage, bySummary] = rejudge(
    [
      errorRecord(reported, 'vidur', 'e2e_mean', 3600, 100, 0),
      errorRecord(reported, 'vidur', 'e2e_mean', 3600, 100),
    ],
    measured,
  );
  expect(byStage).toMatchObject({ actual: 200, mape: 50, mpe: -50, absoluteError: 100 });
  expect(bySummary).toMatchObject({ actual: 250, mape: 60 });
});
