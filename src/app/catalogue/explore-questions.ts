// The explorer's questions to the catalogue worker, and the table that can be saved. One call answers all latency models.

import { textCell } from '../../report/record-csv';
import { batchColumns } from '../../engine/step-times';
import type { LatencyModel, LatencyModelName } from '../../domain/latency';
import type { CatalogueWorker } from '../../workers/catalogue-client';
import {
  DECODE_SWEEP,
  membersOf,
  operatingBatches,
  type Choice,
  type OperatingPoint,
  type Setup,
} from './explore';

export interface StepTimes {
  readonly name: LatencyModelName;
  /** Per size of DECODE_SWEEP. */
  readonly sweepUs: readonly number[];
  /** The chosen batch. */
  readonly stepUs: number;
  readonly queueingUs: number;
  readonly outputTokenUs: number;
  readonly postDecodeUs: number;
}

type Asked = Pick<CatalogueWorker, 'stepTimes' | 'loads'>;

export async function askTimes(
  worker: Pick<Asked, 'stepTimes'>,
  setups: readonly Setup[],
  choice: Choice,
): Promise<readonly StepTimes[]> {
  const models = setups.flatMap((setup) => (setup.latency === undefined ? [] : [setup.latency]));
  const sizes = [...DECODE_SWEEP, choice.decodeBatch];
  const columns = batchColumns(
    models.flatMap((_, model) =>
      sizes.map((size) => ({ model, members: membersOf(choice.prefillTokens, size, choice.contextTokens) })),
    ),
  );
  const times = await worker.stepTimes(models, columns);
  return models.map(({ name }, model) => {
    const first = model * sizes.length;
    const chosen = first + DECODE_SWEEP.length;
    return {
      name,
      sweepUs: [...times.stepUs.subarray(first, chosen)],
      stepUs: times.stepUs[chosen] ?? NaN,
      // Of the first member; an empty batch has none.
      queueingUs: times.queueingUs[columns.offsets[first] ?? 0] ?? NaN,
      outputTokenUs: times.outputTokenUs[chosen] ?? NaN,
      postDecodeUs: times.postDecodeUs[chosen] ?? NaN,
    };
  });
}

/** Operating points of a valid roofline model. */
export async function askPoints(
  worker: Asked,
  latency: LatencyModel,
  contextTokens: number,
): Promise<readonly OperatingPoint[]> {
  const batches = operatingBatches(contextTokens);
  const columns = batchColumns(batches.map(({ members }) => ({ model: 0, members })));
  const [loads, times] = await Promise.all([
    worker.loads(latency, columns),
    worker.stepTimes([latency], columns),
  ]);
  return batches.map(({ kind, size }, index) => {
    const flops = loads.flops[index] ?? NaN;
    const stepUs = times.stepUs[index] ?? NaN;
    return {
      kind,
      size,
      stepUs,
      intensity: flops / (loads.bytes[index] ?? NaN),
      flopRate: flops / (stepUs * 1e-6),
    };
  });
}

/** The sweep as a table: exact whole µs. */
export function timesCsv(choice: Choice, times: readonly StepTimes[]): string {
  const head = ['model', 'gpu', 'tp', 'mode', 'prefill_tokens', 'context_tokens', 'decode_batch'];
  const lines = DECODE_SWEEP.map((size, index) =>
    [
      choice.model,
      choice.gpu,
      choice.tp,
      choice.mode,
      choice.prefillTokens,
      choice.contextTokens,
      size,
      ...times.map(({ sweepUs }) => sweepUs[index] ?? ''),
    ]
      .map((value) => textCell(String(value)))
      .join(','),
  );
  return `${[[...head, ...times.map(({ name }) => textCell(`${name}_us`))].join(','), ...lines].join('\n')}\n`;
}
