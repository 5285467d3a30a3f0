// The preview of a load. A specification is generated within small limits, so that editing stays quick; one that bounds
// nothing is shown by its first requests.

import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { RandomDoor } from '../../domain/random';
import { generateLists, type GeneratedLists } from '../../workload/generate';
import type { Limits } from '../../workload/limits';
import { previewOf, traceLoad, type LoadPreview } from '../../workload/load-preview';
import { readWorkloadSpec } from '../../workload/parse-spec';
import { openLoopRequests, requestLoad } from '../../workload/workload-trace';
import { measuredTrace } from '../../sources/measured-traces';
import type { Load } from './read-load';

export interface LoadSummary {
  readonly preview: LoadPreview;
  /** Sentences beside the preview. */
  readonly notes: readonly string[];
}

/** Reached in well under a second. */
export const PREVIEW_LIMITS: Limits = { requests: 250_000, steps: 2_000_000, tokenDraws: 500_000_000 };
const UNBOUNDED_REQUESTS = 1000;

/** All problems of a text, or what it generates. */
export function summariseSpec(
  yaml: string,
  file: string,
  random: RandomDoor,
): Result<LoadSummary, readonly Problem[]> {
  const read = readWorkloadSpec(yaml, file);
  if (!read.ok) return read;
  const { spec, warnings } = read.value;
  const isUnbounded = spec.numRequests === 0 && spec.horizonUs === 0;
  const lists = generateLists(
    spec,
    { random, limits: PREVIEW_LIMITS, ...(isUnbounded ? { numRequests: UNBOUNDED_REQUESTS } : {}) },
    false,
  );
  if (!lists.ok) return fail([lists.error]);
  return ok({
    preview: previewOf(requestLoad(openLoopRequests(lists.value))),
    notes: [
      ...warnings,
      ...lists.value.warnings,
      ...(isUnbounded
        ? [
            `Neither num_requests nor horizon bounds this load: the first ${UNBOUNDED_REQUESTS} requests are shown, and a run needs one of the two.`,
          ]
        : []),
      ...sessionNotes(lists.value),
    ],
  });
}

function sessionNotes({ closedLoop, openLoop, spec }: GeneratedLists): string[] {
  if (closedLoop === undefined) return [];
  const { sessions, order } = closedLoop;
  if (spec.clients.some((client) => client.concurrency > 0)) {
    return [`${sessions.length} virtual users send again after each answer; their first requests are shown.`];
  }
  const later = openLoop.order.length - order.length;
  return sessions.length === 0
    ? []
    : [
        `A run starts with ${order.length} requests; ${later} further rounds of ${sessions.length} sessions follow, each after the answer before it. They are drawn here at their think time.`,
      ];
}

/** A load that is not a text: nothing can be wrong with it any more. */
export function summariseLoad(load: Exclude<Load, { kind: 'spec' }>): LoadPreview {
  const trace =
    load.kind === 'trace'
      ? load.trace
      : measuredTrace(load.requests, { sortByStart: false, dropFailed: false });
  return previewOf(traceLoad(trace.records));
}
