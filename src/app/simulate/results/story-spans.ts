// One request's life as spans without gaps, from the events of a run that watched it.

import type { LifeEvent } from '../../../domain/cluster-result';
import type { RequestStory } from '../../../domain/run-answers';

export type StoryKind = 'front end' | 'transfer' | 'waiting' | 'prefill' | 'decode' | 'held' | 'overheads';

export interface StorySpan {
  readonly kind: StoryKind;
  readonly startUs: number;
  readonly endUs: number;
  /** Prompt tokens of a prefill, output tokens of decoding. */
  readonly tokens: number;
  /** Index of the instance, −1 where none has it. */
  readonly instance: number;
}

export interface Story {
  readonly spans: readonly StorySpan[];
  readonly preemptionsUs: readonly number[];
}

/** @param untilUs end of the run, for requests that did not end. */
export function storySpans({ request, events }: RequestStory, untilUs: number): Story {
  const spans: StorySpan[] = [];
  const preemptionsUs: number[] = [];
  let nowUs = request.arrivalUs;
  let isQueued = false;
  let instance = -1;
  const until = (endUs: number, kind: StoryKind): void => {
    if (endUs > nowUs) spans.push({ kind, startUs: nowUs, endUs, tokens: 0, instance });
    nowUs = Math.max(nowUs, endUs);
  };
  for (const event of events) {
    // Between leaving the prefill instance and queueing at the decode instance its KV blocks travel.
    until(event.startUs, isQueued ? 'waiting' : instance < 0 ? 'front end' : 'transfer');
    instance = event.instance;
    if (event.kind === 'preempted') preemptionsUs.push(event.startUs);
    isQueued = event.kind === 'queued' || event.kind === 'preempted';
    if (isSpan(event)) spans.push({ ...event, kind: event.kind });
    nowUs = Math.max(nowUs, event.endUs);
  }
  if (!Number.isNaN(request.e2eUs)) until(request.arrivalUs + request.e2eUs, 'overheads');
  else if (isQueued && request.status === 'queued') until(untilUs, 'waiting');
  return { spans, preemptionsUs };
}

const isSpan = (event: LifeEvent): event is LifeEvent & { readonly kind: 'prefill' | 'decode' | 'held' } =>
  event.kind === 'prefill' || event.kind === 'decode' || event.kind === 'held';

export interface StorySum {
  readonly kind: StoryKind;
  readonly count: number;
  readonly totalUs: number;
  readonly tokens: number;
}

/** By kind, in order of first appearance. */
export function storySums(spans: readonly StorySpan[]): readonly StorySum[] {
  const sums = new Map<StoryKind, StorySum>();
  for (const { kind, startUs, endUs, tokens } of spans) {
    const before = sums.get(kind) ?? { kind, count: 0, totalUs: 0, tokens: 0 };
    sums.set(kind, {
      kind,
      count: before.count + 1,
      totalUs: before.totalUs + endUs - startUs,
      tokens: before.tokens + tokens,
    });
  }
  return [...sums.values()];
}
