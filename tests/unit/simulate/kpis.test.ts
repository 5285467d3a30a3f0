import { describe, expect, test } from 'vitest';
import { kpisOf } from '../../../src/app/simulate/results/kpis';
import type { SimulatedRun } from '../../../src/domain/simulated-run';

function made(ttftMeanMs: number, completed = 10): SimulatedRun {
  return {
    text: '',
    requests: 10,
    completed,
    durationS: 1,
    outputTokensPerSec: 21_400,
    preemptions: 0,
    latencies: [{ metric: 'TTFT', meanMs: ttftMeanMs, p50Ms: 1, p90Ms: 2, p99Ms: 12_345 }],
    instances: [],
    warnings: [],
    workloadHash: '',
    resultHash: '',
    elapsedMs: 1,
  };
}

const find = (run: SimulatedRun, label: string, reference?: SimulatedRun) => {
  const kpi = kpisOf(run, reference).find((each) => each.label === label);
  if (kpi === undefined) throw new Error(`no ${label}`);
  return kpi;
};

describe('key figures', () => {
  test('a latency turns to seconds at 10 000 ms, and one that no run has is N/A', () => {
    expect(find(made(61.4), 'TTFT mean')).toMatchObject({ value: '61.4', unit: 'ms', note: '' });
    expect(find(made(61.4), 'TTFT p99')).toMatchObject({ value: '12.3', unit: 's' });
    expect(find(made(61.4), 'ITL mean')).toMatchObject({ value: 'N/A', unit: '' });
  });

  test('requests that did not complete are a warning, and every latency says so', () => {
    const run = made(61.4, 7);
    expect(find(run, 'Requests')).toMatchObject({ isWarning: true, note: '3 of 10 not completed' });
    expect(find(run, 'TTFT mean').note).toBe('of completed');
    expect(find(run, 'Output rate').note).toBe('');
  });

  test('against a pinned run: its value, the signed change, and whether that is better', () => {
    const { reference } = find(made(61.4), 'TTFT mean', made(88.2));
    expect(reference).toEqual({ value: '88.2 ms', change: '−30.4 %', isBetter: true });
    expect(find(made(61.4), 'Preemptions', made(1)).reference).toEqual({
      value: '0',
      change: '',
      isBetter: undefined,
    });
  });
});
