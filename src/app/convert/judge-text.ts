// Words and scales of the judgement of a replay.

import type { JudgeAnswer, JudgeSettings } from '../../workers/converter-protocol';
import type { ReplayMetric } from '../../validation/judge-replay/report';
import type { MetricComparison } from '../../validation/judge-replay/statistics';
import { showLatency, showPercent, showSignedPercent } from '../../base/display';

export const METRIC_NAMES: Readonly<Record<ReplayMetric, string>> = { ttft: 'TTFT', itl: 'ITL', e2e: 'E2E' };
/** The order on screen; the report keeps the reference's alphabetical one. */
export const SHOWN_METRICS: readonly ReplayMetric[] = ['ttft', 'itl', 'e2e'];

/** One sentence for the headline; the numbers are those of the table. */
export function verdictSentence(metric: ReplayMetric, comparison: MetricComparison): string {
  const name = METRIC_NAMES[metric];
  const bias =
    comparison.bias === 'over-predict'
      ? 'the simulator predicts slower'
      : comparison.bias === 'under-predict'
        ? 'the simulator predicts faster'
        : 'without bias';
  return `${name} is off by ${showPercent(comparison.mape * 100)} % on average over ${comparison.count} requests, ${bias}.`;
}

export interface PercentileRow {
  readonly name: string;
  readonly measured: string;
  readonly simulated: string;
  readonly difference: string;
}

const US_PER_MS = 1000;

export function percentileRows(comparison: MetricComparison): readonly PercentileRow[] {
  const row = (name: string, real: number, sim: number): PercentileRow => ({
    name,
    measured: showLatency(real / US_PER_MS),
    simulated: showLatency(sim / US_PER_MS),
    difference: real === 0 ? 'N/A' : showSignedPercent(((sim - real) / real) * 100),
  });
  const { real, sim } = comparison;
  return [
    row('mean', comparison.realMean, comparison.simMean),
    row('p50', real.p50, sim.p50),
    row('p90', real.p90, sim.p90),
    row('p95', real.p95, sim.p95),
    row('p99', real.p99, sim.p99),
  ];
}

/** What still has to be dropped, or nothing. */
export function missingInputs(answer: JudgeAnswer | undefined): readonly string[] {
  return [
    ...(answer?.trace === undefined ? ['the measured trace (data CSV, and its header YAML)'] : []),
    ...(answer?.results === undefined ? ['the results file of the simulated replay (JSON)'] : []),
  ];
}

export function judgeCommand(answer: JudgeAnswer | undefined, settings: JudgeSettings): string {
  const parts = [
    'plumbline calibrate',
    `--trace-header ${answer?.header ?? 'header.yaml'}`,
    `--trace-data ${answer?.trace?.file ?? 'data.csv'}`,
    `--sim-results ${answer?.results?.file ?? 'results.json'}`,
    '--report report.json',
  ];
  if (settings.warmUpRequests !== undefined) parts.push(`--warmup-requests ${settings.warmUpRequests}`);
  if (settings.networkRttUs !== undefined) parts.push(`--network-rtt-us ${settings.networkRttUs}`);
  if (settings.bandwidthMbps !== 0) parts.push(`--network-bandwidth-mbps ${settings.bandwidthMbps}`);
  if (answer?.chunks !== undefined) parts.push(`--itl-data ${answer.chunks.file}`);
  return parts.join(' ');
}
