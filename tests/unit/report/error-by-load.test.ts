import { describe, expect, it } from 'vitest';
import { errorByLoad } from '../../../src/report/verdict/error-by-load';
import { errorRecord, experiment, stage } from '../../support/validate-data';

describe('error against load', () => {
  it('has one line a simulator and one point a stage, by rate, without the summary', () => {
    const from = experiment({
      stages: [
        { ...stage(0, 1000, 50, 10), rateRps: 20 },
        { ...stage(1, 1000, 50, 10), rateRps: 8 },
      ],
    });
    const records = [
      errorRecord(from, 'a', 'e2e_mean', 100, 150, 0),
      errorRecord(from, 'a', 'e2e_mean', 100, 90, 1),
      errorRecord(from, 'a', 'e2e_mean', 100, 500),
      errorRecord(from, 'a', 'ttft_mean', 100, 500, 0),
    ];
    expect(errorByLoad(from, records, ['a', 'b'], 'e2e_mean')).toEqual([
      {
        simulator: 'a',
        points: [
          { stageIndex: 1, rateRps: 8, percent: -10 },
          { stageIndex: 0, rateRps: 20, percent: 50 },
        ],
      },
    ]);
  });
});
