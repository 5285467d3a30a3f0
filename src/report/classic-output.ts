// The founding version's printed metrics (BLIS 148be7f3 sim/metrics.go), and the same values as JSON.

import { fixed } from '../base/c-format';
import type { ClassicResult } from '../domain/classic';

const US_PER_S = 1e6;
const US_PER_MS = 1000;

/** Of ascending values. */
function percentile(values: Float64Array, percent: number): number {
  const rank = (percent / 100) * (values.length - 1);
  const low = Math.floor(rank);
  const high = Math.ceil(rank);
  const below = values[low] ?? NaN;
  return low === high ? below : below + ((values[high] ?? NaN) - below) * (rank - low);
}

export type ClassicMetrics = Readonly<Record<string, number>>;

/** Values by the keys of our JSON, unrounded; those that need a completed request are absent without one. */
export function classicMetrics(result: ClassicResult, rateRps: number): ClassicMetrics {
  const rate = (rateRps / 1e6) * 1e6;
  const durationS = result.endUs / US_PER_S;
  const known = {
    completed_requests: result.completed,
    request_rate_per_s: Math.trunc(rate),
    total_input_tokens: result.inputTokens,
    total_output_tokens: result.outputTokens,
    vllm_estimated_duration_s: durationS,
  };
  if (result.completed === 0) return known;
  const e2eMs = result.e2eUs
    .filter((value) => !Number.isNaN(value))
    .map((value) => value / US_PER_MS)
    .sort();
  // Summed in ascending order: the values are fractions by now.
  const sum = e2eMs.reduce((total, value) => total + value, 0);
  const throughput = result.completed / durationS;
  return {
    ...known,
    request_throughput_per_s: throughput,
    e2e_mean_ms: sum / e2eMs.length,
    e2e_median_ms: percentile(e2eMs, 50),
    e2e_p99_ms: percentile(e2eMs, 99),
    mean_active_steps: result.activeStepsSum / result.completed,
    sim_ended_time_us: result.endUs,
    kv_blocks_used_mean: result.kvUsageSum / result.endUs,
    kv_blocks_used_peak: result.kvPeakBlocks,
    throughput_to_arrival_rate_ratio: throughput / rate,
  };
}

/** Two-space indentation, warnings and what was left over last. */
export function classicJson(result: ClassicResult, rateRps: number): string {
  const file = {
    ...classicMetrics(result, rateRps),
    warnings: result.warnings,
    stranded_requests: result.strandedRequests,
    running_requests: result.runningRequests,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Labels and blanks exactly as printed. `wallSeconds` is the run's own duration. */
export function classicText(result: ClassicResult, rateRps: number, wallSeconds: number): string {
  const m = classicMetrics(result, rateRps);
  const three = (key: string): string => fixed(m[key] ?? NaN, 3);
  const lines = [
    '=== Simulation Metrics ===',
    `Completed Requests   : ${m['completed_requests']}`,
    `Request Rate(req/s)  : ${m['request_rate_per_s']}`,
    `Total Input Tokens   : ${m['total_input_tokens']}`,
    `Total Output Tokens  : ${m['total_output_tokens']}`,
    `Simulation Duration(s): ${fixed(wallSeconds, 3)}`,
    `vLLM estimated Duration(s): ${three('vllm_estimated_duration_s')}`,
  ];
  if (result.completed > 0) {
    lines.push(
      `Request throughput (req/s):  : ${three('request_throughput_per_s')}`,
      `Mean E2E(ms)     : ${three('e2e_mean_ms')}`,
      `Median E2E(ms)   : ${three('e2e_median_ms')}`,
      `P99 E2E(ms)      : ${three('e2e_p99_ms')}`,
      `Mean Active Steps     : ${three('mean_active_steps')}`,
      `Sim Ended Time : ${m['sim_ended_time_us']}`,
      `Avg KV Blocks Usage : ${three('kv_blocks_used_mean')}`,
      `Peak KV Usage       : ${m['kv_blocks_used_peak']} blocks`,
      '=== Saturation Metrics ===',
      `Throughput to arrival rate ratio:  : ${three('throughput_to_arrival_rate_ratio')}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
