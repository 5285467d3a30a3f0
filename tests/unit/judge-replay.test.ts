import { describe, expect, it } from 'vitest';
import { calibrateCommand } from '../../src/headless/commands/calibrate';
import { parseChunkTimes, parseReplayResults } from '../../src/sources/replay-results';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { judgeReplay } from '../../src/validation/judge-replay/report';
import { compareMetric } from '../../src/validation/judge-replay/statistics';
import { runCommand } from '../support/captured-io';

/** Records as [request_id, input, output, send, first, last]. */
function trace(...rows: number[][]) {
  const lines = rows.map(
    ([id, input, output, send, first, last]) =>
      `${id},,,,,0,,0,true,${input},${output},0,0,0,0,0,,0,0,0,${send},${first},${last},0,ok,,`,
  );
  const header = 'trace_version: 2\nwarm_up_requests: 1\nnetwork: {measured_rtt_ms: 2.5}\n';
  const parsed = parseTraceV2(header, ['h', ...lines].join('\n'), { header: 'h', data: 'd' });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function results(...rows: number[][]) {
  const parsed = parseReplayResults(
    JSON.stringify(
      rows.map(([request_id, ttft_us, e2e_us, input_tokens, output_tokens]) => ({
        request_id,
        ttft_us,
        e2e_us,
        input_tokens,
        output_tokens,
      })),
    ),
    'r.json',
  );
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

describe('comparing two lists', () => {
  it('follows a hand-computed example', () => {
    const comparison = compareMetric([100, 200, 300, 400], [110, 190, 330, 440]);
    expect(comparison).toMatchObject({
      count: 4,
      realMean: 250,
      simMean: 267.5,
      meanError: 17.5,
      meanPercentError: 0.07,
      bias: 'over-predict',
      quality: 'excellent',
    });
    expect(comparison.mape).toBeCloseTo((0.1 + 0.05 + 0.1 + 0.1) / 4, 12);
    expect(comparison.real.p50).toBe(250);
    expect(comparison.real.p90).toBeCloseTo(370, 9);
    expect(comparison.pearsonR).toBeGreaterThan(0.99);
  });

  it('has no bias without a real value, and no correlation below three pairs or without variation', () => {
    expect(compareMetric([0, 0, 0], [1, 2, 3])).toMatchObject({
      mape: 0,
      bias: '',
      pearsonR: 0,
      quality: 'poor',
    });
    expect(compareMetric([1, 2], [1, 2]).pearsonR).toBe(0);
    expect(compareMetric([5, 5, 5], [5, 5, 5])).toMatchObject({
      pearsonR: 0,
      bias: 'neutral',
      quality: 'poor',
    });
  });

  it.each([
    [[100, 200, 300], [115, 230, 345], 'good'],
    [[100, 200, 300], [70, 140, 210], 'fair'],
    [[100, 200, 300], [50, 100, 150], 'poor'],
  ])('grades %j against %j as %s', (real, simulated, quality) => {
    expect(compareMetric(real, simulated).quality).toBe(quality);
  });
});

describe('judging a replay', () => {
  it('adds the round trip of the header and leaves the warm-up out', () => {
    const verdict = judgeReplay(
      trace([0, 1, 1, 0, 5, 9], [1, 10, 4, 1000, 4000, 10_000]),
      results([0, 1, 1, 1, 1], [1, 700, 900, 99, 99], [1, 500, 6500, 10, 4]),
      undefined,
      { bandwidthMbps: 0 },
    );
    if (!verdict.ok) throw new Error(verdict.error.message);
    const { match } = verdict.value;
    expect(match).toMatchObject({ warmUpExcluded: 1, matched: 1, unmatchedReal: 0, tokenMismatches: 0 });
    expect([match.ttft.real, match.ttft.simulated]).toEqual([[3000], [3000]]);
    expect([match.e2e.real, match.e2e.simulated]).toEqual([[9000], [9000]]);
  });

  it('adds transfer times: 32 bits a token', () => {
    const verdict = judgeReplay(trace([1, 10, 4, 0, 5, 9]), results([1, 100, 200, 10, 4]), undefined, {
      networkRttUs: 0,
      bandwidthMbps: 1,
    });
    expect(verdict.ok && verdict.value.match.ttft.simulated[0]).toBeCloseTo(100 + 320, 9);
    expect(verdict.ok && verdict.value.match.e2e.simulated[0]).toBeCloseTo(200 + 320 + 128, 9);
  });

  it('counts records without chunks as matched and as unmatched, without values', () => {
    const verdict = judgeReplay(
      trace([1, 1, 1, 50, 0, 0], [2, 1, 1, 0, 5, 9], [3, 1, 1, 0, 5, 9]),
      results([1, 1, 2, 1, 1], [2, 1, 2, 1, 7]),
      undefined,
      { bandwidthMbps: 0 },
    );
    expect(verdict.ok && verdict.value.match).toMatchObject({
      matched: 2,
      unmatchedReal: 2,
      tokenMismatches: 1,
    });
    expect(verdict.ok && verdict.value.match.ttft.requestId).toEqual([2]);
  });

  it('takes inter-token latencies from chunk times in order of the chunks', () => {
    const chunks = parseChunkTimes(
      'request_id,chunk_index,timestamp_us\n1,2,130\n1,0,100\n1,1,110\n2,0,5\n3,0,9\n3,1,4\n',
      'itl.csv',
    );
    if (!chunks.ok) throw new Error(chunks.error.message);
    const verdict = judgeReplay(
      trace([1, 1, 3, 0, 5, 9], [2, 1, 1, 0, 5, 9], [3, 1, 2, 0, 5, 9]),
      results([1, 10, 50, 1, 3], [2, 1, 2, 1, 1], [3, 1, 2, 1, 2]),
      chunks.value,
      { bandwidthMbps: 0 },
    );
    expect(verdict.ok && verdict.value.match.itl).toEqual({ requestId: [1], real: [15], simulated: [20] });
    expect(verdict.ok && verdict.value.match.itlDropped).toBe(1);
  });

  it.each([
    [results(), 'empty'],
    [results([9, 1, 1, 1, 1]), 'No record'],
    [results([1, 1, 1, 1, 1]), 'negative latencies'],
  ])('says why nothing can be compared (%#)', (given, reason) => {
    const verdict = judgeReplay(trace([1, 1, 1, 50, 0, 0]), given, undefined, { bandwidthMbps: 0 });
    expect(!verdict.ok && verdict.error.message).toContain(reason);
  });
});

describe('files and flags', () => {
  it.each([
    ['[{"request_id": "x"}]', 'request_id'],
    ['{"request_id": 1}', 'list'],
    ['[', 'line 1'],
  ])('refuses the results %s', (text, reason) => {
    const parsed = parseReplayResults(text, 'r.json');
    expect(!parsed.ok && parsed.error.message).toContain(reason);
  });

  it.each([
    ['h\n1,2\n', 'line 2: has 2 fields'],
    ['h,h,h\n1,-2,3\n', 'chunk_index'],
    ['h,h,h\n1,2,x\n', 'timestamp_us'],
  ])('refuses the chunk times %j', (text, reason) => {
    const parsed = parseChunkTimes(text, 'itl.csv');
    expect(!parsed.ok && parsed.error.message).toContain(reason);
  });

  it('refuses a negative round trip, a bandwidth that is no number, and missing paths', async () => {
    const paths = ['--trace-header', 'h', '--trace-data', 'd', '--sim-results', 's', '--report', 'r'];
    for (const [args, flag] of [
      [[...paths, '--network-rtt-us', '-2'], 'network-rtt-us'],
      [[...paths, '--network-bandwidth-mbps', 'inf'], 'network-bandwidth-mbps'],
      [paths.slice(2), 'trace-header'],
    ] as const) {
      const { problems } = await runCommand(calibrateCommand, args);
      expect(problems.join('\n')).toContain(flag);
    }
  });
});
