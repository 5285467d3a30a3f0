// inference-perf's `*_lifecycle_metrics.json` → `StageMetrics` (sim-to-real 5b12a00, validator spec 4). Seconds in, ms out.
// The mean ITL is derived from three means: the file's own per-token times count stream events, about two a token. Percentiles
// of the derived quantity do not exist.

import { z } from 'zod';
import { parseJson } from '../../base/json';
import { checkJson, jsonCount, jsonNumber, jsonProblem } from '../../base/json-schema';
import { fail, ok, type Result } from '../../base/result';
import { SUMMARY_STAGE, type LatencyDistribution, type StageMetrics } from '../../domain/experiment';
import { readText, type SourceFile } from '../file-tree';
import type { StatedStage } from './load-profile';

const MAX_BYTES = 16e6;

const tail = z.object({ mean: jsonNumber(0), p90: jsonNumber(0), p99: jsonNumber(0) });
const counted = z.object({ successes: z.object({ count: jsonCount() }) });
const measured = z.object({
  successes: z.object({
    latency: z.object({ request_latency: tail, time_to_first_token: tail }),
    throughput: z.object({
      input_tokens_per_sec: jsonNumber(0),
      output_tokens_per_sec: jsonNumber(0),
      requests_per_sec: jsonNumber(0),
    }),
    output_len: z.object({ mean: jsonNumber(0) }),
  }),
});
/** Only read where the profile does not say it. */
const sent = z.object({
  load_summary: z
    .object({ requested_rate: jsonNumber(0).optional(), send_duration: jsonNumber(0).optional() })
    .optional(),
});

export type MetricsOf = 'summary' | { readonly stage: number; readonly stated: StatedStage };

export async function readLifecycle(file: SourceFile, of: MetricsOf): Promise<Result<StageMetrics>> {
  const text = await readText(file, MAX_BYTES);
  if (!text.ok) return text;
  const parsed = parseJson(text.value, file.path);
  if (!parsed.ok) return parsed;
  const document = { file: file.path, text: text.value, value: parsed.value };
  const count = checkJson(counted, document);
  if (!count.ok) return count;
  const numRequests = count.value.successes.count;
  if (numRequests === 0) {
    const where = of === 'summary' ? 'the whole run' : `stage ${of.stage}`;
    const what = `no successful request in ${where}, so there is nothing to compare with`;
    return fail(jsonProblem(document, ['successes', 'count'], 'bad-value', what));
  }
  const checked = checkJson(measured, document);
  if (!checked.ok) return checked;
  const { latency, throughput, output_len: outputLen } = checked.value.successes;
  const load = of === 'summary' ? ok({ rateRps: 0, durationS: 0 }) : readLoad(document, of.stated);
  if (!load.ok) return load;
  const e2eS = latency.request_latency;
  const ttftS = latency.time_to_first_token;
  return ok({
    stageIndex: of === 'summary' ? SUMMARY_STAGE : of.stage,
    ...load.value,
    numRequests,
    e2e: milliseconds(e2eS),
    ttft: milliseconds(ttftS),
    // Left to right in seconds, × 1000 last: other orders miss the reference's last digit.
    itl: { mean: ((e2eS.mean - ttftS.mean) / Math.max(outputLen.mean - 1, 1)) * 1000 },
    throughput: {
      inputTokensPerSec: throughput.input_tokens_per_sec,
      outputTokensPerSec: throughput.output_tokens_per_sec,
      requestsPerSec: throughput.requests_per_sec,
    },
  });
}

function readLoad(
  document: Parameters<typeof checkJson>[1],
  stated: StatedStage,
): Result<Pick<StageMetrics, 'rateRps' | 'durationS'>> {
  if (stated.rateRps !== undefined && stated.durationS !== undefined) {
    return ok({ rateRps: stated.rateRps, durationS: stated.durationS });
  }
  const checked = checkJson(sent, document);
  if (!checked.ok) return checked;
  const summary = checked.value.load_summary;
  return ok({
    rateRps: stated.rateRps ?? summary?.requested_rate ?? 0,
    durationS: stated.durationS ?? summary?.send_duration ?? 0,
  });
}

const milliseconds = (seconds: z.infer<typeof tail>): LatencyDistribution => ({
  mean: seconds.mean * 1000,
  p90: seconds.p90 * 1000,
  p99: seconds.p99 * 1000,
});
