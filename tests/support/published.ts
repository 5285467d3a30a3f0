// The re-tabulated published results as rows of the two CSV files, for tests that draw or check figures from them.

import type { MetricName } from '../../src/domain/prediction';
import type { ErrorRow, RowContext, RuntimeRow } from '../../src/domain/record-rows';
import { sharedText } from './shared';

type Cells = Record<string, string>;

function table(name: string): Cells[] {
  const [header = '', ...lines] = sharedText('published-results', name).trim().split(/\r?\n/);
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  });
}

const PLAIN = [
  'blis-roofline',
  'blis-trained-physics',
  'vidur',
  'llm-optimizer-estimate',
  'aiconfigurator-estimate',
];

export interface PublishedRows {
  readonly errors: ErrorRow[];
  readonly runtimes: RuntimeRow[];
  readonly laterRuntimes: RuntimeRow[];
}

/** `llmservingsim` rows are the matched 300-request runs, as the published figures use them. */
export function publishedRows(): PublishedRows {
  const actuals = table('actuals.csv');
  const contexts = new Map<string, Omit<RowContext, 'simulator'>>();
  const actualOf = new Map<string, number>();
  for (const row of actuals) {
    contexts.set(row.exp_id!, {
      experimentFolder: `${row.exp_id!}-x`,
      model: row.model!,
      workload: row.workload!,
      expId: Number(row.exp_id),
      hardware: row.hardware!,
      ...(row.dp === '' ? {} : { dp: Number(row.dp) }),
      cpuOffload: row.cpu_offload === 'True',
      gpuMemUtil: Number(row.gpu_mem_util),
      precision: row.precision!,
      tp: Number(row.tp),
      maxNumBatchedTokens: Number(row.max_num_batched_tokens),
    });
    actualOf.set([row.exp_id, row.stage, row.metric].join(), Number(row.actual));
  }
  const errorRow = (simulator: string, row: Cells, actual: number): ErrorRow => {
    const predicted = Number(row.predicted);
    const mpe = ((predicted - actual) / Math.abs(actual)) * 100;
    return {
      simulator,
      ...contexts.get(row.exp_id!)!,
      stageIndex: Number(row.stage),
      metricName: row.metric as MetricName,
      predicted,
      actual,
      mape: Math.abs(mpe),
      mpe,
      absoluteError: Math.abs(predicted - actual),
    };
  };
  const errors = PLAIN.flatMap((simulator) =>
    table(`predictions-${simulator}.csv`).map((row) =>
      errorRow(simulator, row, actualOf.get([row.exp_id, row.stage, row.metric].join())!),
    ),
  );
  for (const row of table('predictions-llmservingsim.csv')) {
    if (row.run === 'matched300') errors.push(errorRow('llmservingsim', row, Number(row.actual_subset)));
  }
  const runtimeRows = (column: string): RuntimeRow[] =>
    table('runtimes.csv').flatMap((row) => {
      const seconds = row[column] === '' && row.simulator === 'llmservingsim' ? row.runtime_s : row[column];
      if (seconds === '' || seconds === undefined) return [];
      return [
        { simulator: row.simulator!, ...contexts.get(row.exp_id!)!, wallClockSeconds: Number(seconds) },
      ];
    });
  return {
    errors,
    runtimes: runtimeRows('runtime_s'),
    laterRuntimes: runtimeRows('runtime_s_later_run'),
  };
}
