// Made-up figures of a run, for tests of what is done with them.

import type { RunFigures } from '../../src/domain/run-figures';

interface Change {
  readonly completed?: number;
  readonly ttftP99Ms?: number;
  readonly e2eP99Ms?: number;
  readonly gpus?: number;
  readonly instances?: number;
  readonly outputTokensPerSec?: number;
}

export function figuresWith({
  completed = 100,
  ttftP99Ms = 100,
  e2eP99Ms = 9000,
  gpus = 1,
  instances = gpus,
  outputTokensPerSec = 1000,
}: Change): RunFigures {
  const latency = (p99Ms: number) => ({ meanMs: p99Ms / 4, p90Ms: p99Ms / 2, p95Ms: p99Ms / 1.5, p99Ms });
  return {
    requests: 100,
    completed,
    ttft: latency(ttftP99Ms),
    itl: latency(20),
    e2e: latency(e2eP99Ms),
    outputTokensPerSec,
    requestsPerSec: 5,
    preemptions: 0,
    durationS: 20,
    instances,
    gpus,
    workloadHash: 'w',
    resultHash: 'r',
  };
}
