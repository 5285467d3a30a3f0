// What a run can be saved as, and which of it a given run has.

import type { SimulatedRun } from '../../../domain/simulated-run';
import type { RunFileKind } from '../../../workers/simulate-protocol';

export interface RunFile {
  readonly kind: RunFileKind;
  readonly label: string;
  readonly hint: string;
  /** Name of the saved file. */
  readonly name: string;
  /** This run cannot be saved so; the hint says why. */
  readonly isMissing?: boolean;
}

const FILES: readonly RunFile[] = [
  { kind: 'text', label: 'Printed text', hint: 'what the reference prints', name: 'simulation.txt' },
  { kind: 'aggregate', label: 'Aggregate (JSON)', hint: 'the reference’s keys', name: 'aggregate.json' },
  {
    kind: 'metrics',
    label: 'Metrics (JSON)',
    hint: 'aggregate and every request, as --metrics-path',
    name: 'metrics.json',
  },
  {
    kind: 'results',
    label: 'Results by request (JSON)',
    hint: 'TTFT and E2E in µs, as --results-path',
    name: 'results.json',
  },
  {
    kind: 'requests-csv',
    label: 'Requests (CSV)',
    hint: 'the requests of the metrics as rows',
    name: 'requests.csv',
  },
  {
    kind: 'steps',
    label: 'Steps (CSV)',
    hint: 'every step of the server, as --steps-path',
    name: 'steps.csv',
  },
  {
    kind: 'decisions',
    label: 'Decisions (CSV)',
    hint: 'admission and routing, as --decisions-path',
    name: 'decisions.csv',
  },
  {
    kind: 'chrome-trace',
    label: 'Chrome trace (JSON)',
    hint: 'for chrome://tracing and Perfetto',
    name: 'trace.json',
  },
  {
    kind: 'trace-data',
    label: 'Trace (TraceV2 data)',
    hint: 'requests that can be replayed, as --trace-output',
    name: 'trace.csv',
  },
  {
    kind: 'trace-header',
    label: 'Trace (TraceV2 header)',
    hint: 'the other half of the pair',
    name: 'trace.yaml',
  },
];

const OF_FOUNDING_VERSION: readonly RunFileKind[] = ['metrics', 'steps'];

const NO_STEPS = 'of one server alone: a fleet keeps no log of single steps';

/** The founding version writes its metrics and its steps; a fleet says that it has no steps. */
export function filesOf(run: SimulatedRun, isFounding: boolean): readonly RunFile[] {
  if (isFounding) return FILES.filter(({ kind }) => OF_FOUNDING_VERSION.includes(kind));
  if (run.instances.length === 1) return FILES;
  return FILES.map((file) => (file.kind === 'steps' ? { ...file, hint: NO_STEPS, isMissing: true } : file));
}
