import { describe, expect, it } from 'vitest';
import { textAt } from '../../src/base/columns';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { replayWorkload } from '../../src/workload/replay';
import type { Trace } from '../../src/domain/trace';

/** Rows as [request_id, session, round, group, prefix_length, input, output, arrival]. */
function trace(...rows: (string | number)[][]): Trace {
  const lines = rows.map(
    ([id, session, round, group, prefix, input, output, arrival]) =>
      `${id},c,t,,${session},${round},${group},${prefix},false,${input},${output},0,0,0,0,0,,0,0,${arrival},0,0,0,0,ok,,`,
  );
  const parsed = parseTraceV2('trace_version: 2\n', ['header', ...lines].join('\n'), {
    header: 'h',
    data: 'd',
  });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

describe('replay, fixed', () => {
  it('gives every row of a group the first positive prefix length', () => {
    const workload = replayWorkload(
      trace(
        [0, '', 0, 'g', 0, 10, 1, 5],
        [1, '', 0, 'g', 4, 10, 2, 3],
        [2, '', 0, 'g', 9, 10, 3, 9],
        [3, '', 0, 'h', 0, 10, 4, 0],
        [4, '', 0, '', 8, 10, 5, 1],
      ),
      { sessionMode: 'fixed' },
    );
    if (!workload.ok) throw new Error(workload.error.message);
    const { requests, horizonUs, sessions } = workload.value;
    expect([...requests.inputTokens]).toEqual([14, 14, 14, 10, 10]);
    expect([...requests.prefixTokens]).toEqual([4, 4, 4, 0, 0]);
    expect([...requests.prefixStream]).toEqual([0, 0, 0, -1, -1]);
    expect(horizonUs).toBe(18);
    expect(sessions).toBeUndefined();
  });

  it('falls back to 600 s where no arrival is positive', () => {
    const workload = replayWorkload(trace([0, '', 0, '', 0, 1, 1, -7]), { sessionMode: 'fixed' });
    expect(workload.ok && workload.value.horizonUs).toBe(600_000_000);
  });

  it('refuses a think time', () => {
    expect(
      replayWorkload(trace([0, '', 0, '', 0, 1, 1, 0]), { sessionMode: 'fixed', thinkTimeMs: 1 }).ok,
    ).toBe(false);
  });
});

describe('replay, closed loop', () => {
  const rows: (string | number)[][] = [
    [7, '', 0, '', 0, 5, 1, 4],
    [0, 'b', 1, 'g', 3, 11, 2, 30],
    [1, 'b', 0, 'g', 3, 12, 3, 10],
    [2, 'a', 0, '', 0, 13, 4, 20],
    [3, 'b', 2, '', 0, 14, 5, 25],
  ];

  it('starts round 0 of the sessions, then the rest, and lists the later rounds', () => {
    const workload = replayWorkload(trace(...rows), { sessionMode: 'closed-loop' });
    if (!workload.ok) throw new Error(workload.error.message);
    const { requests, sessions, horizonUs } = workload.value;
    expect([...requests.requestId]).toEqual([1, 2, 7]);
    expect([...requests.session]).toEqual([0, 1, -1]);
    expect(textAt(requests.sessionId, 0)).toBe('b');
    expect(horizonUs).toBe(40);
    expect(sessions?.sessionId).toEqual(['b', 'a']);
    expect([...(sessions?.maxRounds ?? [])]).toEqual([3, 1]);
    expect([...(sessions?.prefixTokens ?? [])]).toEqual([3, 0]);
    expect([...(sessions?.roundInputTokens.values ?? [])]).toEqual([11, 14]);
    expect([...(sessions?.roundInputTokens.offsets ?? [])]).toEqual([0, 2, 2]);
    expect([...(sessions?.roundOutputTokens ?? [])]).toEqual([2, 5]);
    // The gap of round 2 is negative (25 after 30) and counts as none.
    expect([...(sessions?.roundThinkUs ?? [])]).toEqual([20, 0]);
  });

  it('replaces the gaps by a constant think time, and the default horizon by the given one', () => {
    const workload = replayWorkload(trace(...rows), {
      sessionMode: 'closed-loop',
      thinkTimeMs: 2,
      horizonUs: 99,
    });
    expect(workload.ok && [...(workload.value.sessions?.roundThinkUs ?? [])]).toEqual([2000, 2000]);
    expect(workload.ok && [...(workload.value.sessions?.horizonUs ?? [])]).toEqual([99, 99]);
  });

  it('refuses a session whose rounds have a gap, naming it', () => {
    const workload = replayWorkload(trace([0, 's', 0, '', 0, 1, 1, 0], [1, 's', 2, '', 0, 1, 1, 5]), {
      sessionMode: 'closed-loop',
    });
    expect(!workload.ok && workload.error.message).toContain('"s"');
  });
});
