import { describe, expect, it } from 'vitest';
import type { Experiment, MeasuredRequests } from '../../../src/domain/experiment';
import { qualityFindings } from '../../../src/validation/quality/checks';
import type { CheckName, Finding } from '../../../src/validation/quality/finding';
import { withoutRows } from '../../../src/validation/quality/leave-out';
import { experiment } from '../../support/validate-data';

interface Row {
  readonly arrivalUs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ttftUs: number;
  readonly e2eUs: number;
  readonly hasFailed: boolean;
}

/** 100 requests, one every 100 ms: TTFT 20 ms, 101 tokens 10 ms apart. */
const steady: Row[] = Array.from({ length: 100 }, (_, index) => ({
  arrivalUs: index * 100_000,
  inputTokens: 500,
  outputTokens: 101,
  ttftUs: 20_000,
  e2eUs: 1_020_000,
  hasFailed: false,
}));

function requestsOf(rows: readonly Row[]): MeasuredRequests {
  return {
    count: rows.length,
    arrivalUs: Float64Array.from(rows, (row) => row.arrivalUs),
    inputTokens: Uint32Array.from(rows, (row) => row.inputTokens),
    outputTokens: Uint32Array.from(rows, (row) => row.outputTokens),
    ttftUs: Float64Array.from(rows, (row) => (row.hasFailed ? NaN : row.ttftUs)),
    e2eUs: Float64Array.from(rows, (row) => (row.hasFailed ? NaN : row.e2eUs)),
    failed: Uint8Array.from(rows, (row) => (row.hasFailed ? 1 : 0)),
  };
}

/** An experiment whose summary agrees with its rows. */
function measured(rows: readonly Row[], change: Partial<Experiment> = {}): Experiment {
  const good = rows.filter((row) => !row.hasFailed);
  const mean = (of: (row: Row) => number): number =>
    good.reduce((sum, row) => sum + of(row), 0) / good.length / 1000;
  const stage = {
    stageIndex: 0,
    rateRps: 10,
    durationS: 10,
    numRequests: good.length,
    e2e: { mean: mean((row) => row.e2eUs) },
    ttft: { mean: mean((row) => row.ttftUs) },
    itl: { mean: 10 },
    throughput: { inputTokensPerSec: 1, outputTokensPerSec: 1, requestsPerSec: 9.9 },
  };
  return experiment({
    stages: [stage],
    summary: { ...stage, stageIndex: -1, rateRps: 0, durationS: 0 },
    requests: requestsOf(rows),
    profile: {
      stages: [{ rateRps: 10, durationS: 10 }],
      hasSharedPrefixObject: true,
      questionLen: 400,
      systemPromptLen: 100,
      outputLen: 101,
    },
    ...change,
  });
}

const changed = (rows: Readonly<Record<number, Partial<Row>>>): Row[] =>
  steady.map((row, index) => ({ ...row, ...rows[index] }));

function found(subject: Experiment, check: CheckName): Finding | undefined {
  return qualityFindings(subject).find((finding) => finding.check === check);
}

describe('quality of a measurement', () => {
  it('doubts nothing in a steady run, but cannot tell whether prompts of one length repeat', () => {
    const findings = qualityFindings(measured(steady));
    expect(findings.map(({ check, severity }) => `${check}: ${severity}`)).toEqual([
      'repeated-prompts: note',
    ]);
    expect(findings[0]?.sentence).toContain('Not identifiable');
  });

  it('counts distinct prompts by their lengths, and what they leave to compute', () => {
    const lengths = Array.from({ length: 20 }, (_, i) => 480 + ((i * 7) % 20) * 3);
    const repeating = found(
      measured(steady.map((row, i) => ({ ...row, inputTokens: lengths[i % 20] ?? 0 }))),
      'repeated-prompts',
    );
    expect(repeating).toMatchObject({ severity: 'warning', count: 100, of: 100 });
    expect(repeating?.sentence).toMatch(/^100 requests are 20 distinct prompts, in turn/);
    // Whole blocks of 16 up to the last token are cached: 498.4 of 508.5 tokens; 96 of the 100 system tokens are shared by all.
    expect(repeating?.sentence).toContain('98 % of prompt tokens came from the prefix cache');
    expect(repeating?.sentence).toMatch(/: \d+ tokens a request were left/);
    expect(repeating?.sentence).toContain('computes 413, so');

    const distinct = measured(steady.map((row, i) => ({ ...row, inputTokens: 300 + ((i * i * 37) % 211) })));
    expect(found(distinct, 'repeated-prompts')).toBeUndefined();
  });

  it('counts failed requests', () => {
    const finding = found(
      measured(changed({ 4: { hasFailed: true }, 6: { hasFailed: true } })),
      'failed-requests',
    );
    expect(finding).toMatchObject({ count: 2, of: 100, firstRows: [5, 7], rows: [4, 6], effects: [] });
  });

  it('shows what empty replies do to the means', () => {
    const empty = { outputTokens: 0, ttftUs: 0, e2eUs: 0 };
    const finding = found(measured(changed({ 0: empty, 1: empty, 2: empty, 3: empty })), 'empty-requests')!;
    expect(finding.firstRows).toEqual([1, 2, 3]);
    // 96 of 100 requests at 20 ms.
    expect(finding.effects[0]).toEqual({ metric: 'TTFT mean', withMs: 19.2, withoutMs: 20 });
  });

  it('finds the cold start at the beginning of time, not of the file', () => {
    const cold = { ttftUs: 900_000, e2eUs: 1_900_000 };
    const rows = changed({ 0: cold, 1: cold });
    expect(found(measured([...rows.slice(2), ...rows.slice(0, 2)]), 'cold-start')).toMatchObject({
      count: 2,
      rows: [98, 99],
    });
    expect(found(measured(changed({ 50: cold })), 'cold-start')).toBeUndefined();
  });

  it('finds a stall, and does not take uncounted tokens for one', () => {
    const stalled = measured(changed({ 30: { e2eUs: 1_020_000 + 2_500_000 } }));
    expect(found(stalled, 'stalls')).toMatchObject({ count: 1, firstRows: [31] });
    // A client that counts 40 of the 101 tokens made.
    expect(found(measured(changed({ 30: { outputTokens: 40 } })), 'stalls')).toBeUndefined();
    // Ordinary queueing.
    expect(found(measured(changed({ 30: { e2eUs: 1_020_000 + 900_000 } })), 'stalls')).toBeUndefined();
  });

  it('finds times that cannot be', () => {
    const rows = changed({ 1: { ttftUs: -5 }, 2: { e2eUs: 0, ttftUs: 0 }, 3: { ttftUs: 2_000_000 } });
    expect(found(measured(rows), 'impossible-times')).toMatchObject({ count: 3, rows: [1, 2, 3] });
  });

  it('compares the achieved with the requested rate', () => {
    const slow = measured(steady);
    const stage = { ...slow.stages[0]!, throughput: { ...slow.stages[0]!.throughput, requestsPerSec: 9.4 } };
    const finding = found({ ...slow, stages: [stage] }, 'unsaturated-rate')!;
    expect(finding.sentence).toContain('stage 0: 9.4 of 10 req/s');
    expect(found(slow, 'unsaturated-rate')).toBeUndefined();
  });

  it('notes lengths that differ from the plan', () => {
    const rows = steady.map((row) => ({ ...row, inputTokens: 525, outputTokens: 97 }));
    expect(found(measured(rows), 're-tokenised-lengths')?.sentence).toBe(
      'Prompts average 525 tokens where the profile plans 500; replies average 97 tokens where 101 were asked for. ' +
        'Simulators that read the profile serve the planned lengths.',
    );
  });

  it('compares counts and means of the files of one run', () => {
    const sound = measured(steady);
    const short = { ...sound, summary: { ...sound.summary, numRequests: 97 } };
    expect(found(short, 'count-mismatch')).toMatchObject({ count: 3 });
    const off = { ...sound, summary: { ...sound.summary, ttft: { mean: 20.2 } } };
    expect(found(off, 'mean-mismatch')?.sentence).toContain('TTFT 20.2 ms reported, 20 ms recomputed');
    const close = { ...sound, summary: { ...sound.summary, ttft: { mean: 20.05 } } };
    expect(found(close, 'mean-mismatch')).toBeUndefined();
  });

  it('notes rows out of order', () => {
    const rows = [...steady];
    [rows[10], rows[11]] = [rows[11]!, rows[10]!];
    expect(found(measured(rows), 'unsorted-rows')).toMatchObject({
      count: 1,
      firstRows: [12],
      severity: 'note',
    });
  });

  it('checks what there is when no per-request file exists', () => {
    const { requests: _, ...bare } = measured(steady);
    expect(qualityFindings(bare)).toEqual([]);
  });
});

describe('leaving rows out', () => {
  it('recomputes stages and summary from the rest', () => {
    const slow = { ttftUs: 120_000, e2eUs: 1_120_000 };
    const subject = measured(changed({ 0: slow, 99: { hasFailed: true } }));
    const rest = withoutRows(subject, [0])!;
    expect(rest.summary).toMatchObject({
      numRequests: 98,
      ttft: { mean: 20, p90: 20, p99: 20 },
      e2e: { mean: 1020 },
    });
    // (1020 − 20) ms over 100 gaps.
    expect(rest.summary.itl.mean).toBe(10);
    expect(rest.stages[0]?.ttft.mean).toBe(20);
  });

  it('gives rows to stages by arrival', () => {
    const base = measured(steady);
    const [whole] = base.stages;
    const half = (stageIndex: number) => ({ ...whole!, stageIndex, durationS: 5, numRequests: 50 });
    const subject = { ...base, stages: [half(0), half(1)] };
    const rest = withoutRows(subject, [10, 60, 61])!;
    expect(rest.stages.map((stage) => stage.numRequests)).toEqual([49, 48]);
  });

  it('refuses to empty a stage', () => {
    expect(
      withoutRows(
        measured(steady),
        steady.map((_, row) => row),
      ),
    ).toBeUndefined();
  });
});
