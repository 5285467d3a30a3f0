// What a reader of imported measurements should doubt: each finding has a count and the first rows concerned.

import { compareFigures } from './recompute';
import { findingOver, type Finding, type ImportedRun, type RequestRows } from './run-record';

/** A gap this many times the run's median is a stall. */
const STALL_FACTOR = 100;
const SATURATED_SHARE = 0.95;

/** Findings that follow from the rows and figures, beside those the importer made. */
export function qualityFindings(run: ImportedRun): readonly Finding[] {
  const { rows } = run;
  const findings: (Finding | undefined)[] = [];
  if (rows !== undefined) {
    findings.push(...rowFindings(rows));
    findings.push(saturation(run, rows));
  }
  for (const { figure, reported, recomputed, differencePercent, differs, key } of compareFigures(run)) {
    if (!differs) continue;
    findings.push({
      message: `${figure}: ${shown(recomputed)} from the rows, ${shown(reported)} in the file (${key ?? ''}), ${shown(differencePercent)} % apart; definitions may differ.`,
      count: 1,
      rows: [],
    });
  }
  return findings.filter((finding) => finding !== undefined);
}

const shown = (value: number | undefined): string =>
  value === undefined ? '?' : String(Number(value.toPrecision(6)));

function rowFindings(rows: RequestRows): readonly (Finding | undefined)[] {
  const { count, status } = rows;
  const { values, offsets } = rows.gapsS;
  const median = [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const hasStall = (row: number): boolean => {
    for (let i = offsets[row] ?? 0; i < (offsets[row + 1] ?? 0); i += 1) {
      if (median > 0 && (values[i] ?? 0) > STALL_FACTOR * median) return true;
    }
    return false;
  };
  return [
    findingOver(
      count,
      (row) => status[row] === 'error',
      (n) => `${String(n)} requests failed and are left out.`,
    ),
    findingOver(
      count,
      (row) => status[row] === 'cancelled',
      (n) => `${String(n)} requests were cancelled and are left out.`,
    ),
    findingOver(
      count,
      (row) => status[row] === 'incomplete',
      (n) => `${String(n)} requests are incomplete and are left out.`,
    ),
    findingOver(
      count,
      (row) => status[row] === 'empty',
      (n) =>
        `${String(n)} requests succeeded without a token; left out unless asked for, since their TTFT of 0 is no latency.`,
    ),
    findingOver(
      count,
      hasStall,
      (n) => `${String(n)} requests hold a gap of over ${String(STALL_FACTOR)} times the median gap.`,
    ),
    findingOver(
      count,
      (row) => (rows.ttftS[row] ?? NaN) < 0 || (rows.e2eS[row] ?? NaN) < 0,
      (n) => `${String(n)} requests end before they start.`,
    ),
    findingOver(
      count,
      // Both are derived from the same stamps; a microsecond is rounding.
      (row) => (rows.ttftS[row] ?? NaN) > (rows.e2eS[row] ?? NaN) + 1e-6,
      (n) => `${String(n)} requests have a TTFT longer than their whole latency.`,
    ),
  ];
}

/** Fewer requests a second than asked for: client or server was saturated, and throughput measures capacity. */
function saturation(run: ImportedRun, rows: RequestRows): Finding | undefined {
  const { requestRateRps } = run.facts;
  if (requestRateRps === undefined || !Number.isFinite(requestRateRps)) return undefined;
  const starts = rows.startS.filter((value) => !Number.isNaN(value));
  const span = starts.reduce((most, value) => Math.max(most, value), 0);
  if (starts.length < 2 || span <= 0) return undefined;
  const achieved = (starts.length - 1) / span;
  if (achieved >= SATURATED_SHARE * requestRateRps) return undefined;
  return {
    message: `Requests were sent at ${shown(achieved)} per second where ${shown(requestRateRps)} were asked for: the client or the server was saturated.`,
    count: 1,
    rows: [],
  };
}
