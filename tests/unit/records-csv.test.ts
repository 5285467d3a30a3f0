import { describe, expect, it } from 'vitest';
import { joinMetadata, readErrorRecords, readMetadata, readRuntimes } from '../../src/sources/records-csv';

const HEADER =
  'simulator,experiment_folder,model,workload,stage_index,metric_name,predicted,actual,mape,mpe,absolute_error,' +
  'exp_id,hardware,dp,cpu_offload,gpu_mem_util,precision,tp,max_num_batched_tokens';

function errors(...lines: string[]) {
  const read = readErrorRecords([HEADER, ...lines].join('\r\n') + '\r\n', 'error_records.csv');
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

describe('error_records.csv', () => {
  it('reads a row of the reference tool', () => {
    const { rows, warnings } = errors(
      'vidur,40-cl,codellama/x,general,-1,e2e_mean,90.0,100.0,10.0,-10.0,10.0,40,H100,,False,0.9,FP16,2,2048',
    );
    expect(warnings).toEqual([]);
    expect(rows).toEqual([
      {
        simulator: 'vidur',
        experimentFolder: '40-cl',
        model: 'codellama/x',
        workload: 'general',
        stageIndex: -1,
        metricName: 'e2e_mean',
        predicted: 90,
        actual: 100,
        mape: 10,
        mpe: -10,
        absoluteError: 10,
        expId: 40,
        hardware: 'H100',
        cpuOffload: false,
        gpuMemUtil: 0.9,
        precision: 'FP16',
        tp: 2,
        maxNumBatchedTokens: 2048,
      },
    ]);
  });

  it('reads infinities, neutralised cells and Python floats', () => {
    const { rows } = errors(
      "'=x,f,m,general,0,ttft_mean,5.0,0.0,inf,'-inf,5.0,1,H100,2.0,True,0.95,FP8,1.0,2048.0",
      'y,f,m,general,0,ttft_mean,1e-05,1,99.999,-99.999,1,1,H100,,,,,,',
    );
    expect(rows[0]).toMatchObject({
      simulator: '=x',
      mape: Infinity,
      mpe: -Infinity,
      dp: 2,
      cpuOffload: true,
    });
    expect(rows[1]).toMatchObject({ predicted: 1e-5 });
    expect(rows[1]).not.toHaveProperty('tp');
  });

  it('skips unusable rows, saying which and why', () => {
    const { rows, warnings } = errors(
      'a,f,m,general,-1,e2e_mean,1,1,0,0,0,1,H100,,,,,,',
      'a,f,m,general,-1,e2e_p50,1,1,0,0,0,1,H100,,,,,,',
      'a,f,m,general,-1,e2e_p90,1,1,,0,0,1,H100,,,,,,',
      'a,f,m,general,-1,e2e_p99,1,1,twelve,0,0,1,H100,,,,,,',
    );
    expect(rows).toHaveLength(1);
    expect(warnings).toEqual([
      expect.stringContaining('line 3 is skipped: metric_name is none of'),
      'error_records.csv: 2 lines (4, 5), each is skipped: mape is not a number.',
    ]);
  });

  it('names the columns that are missing', () => {
    const read = readErrorRecords('simulator,mape\nx,1\n', 'e.csv');
    expect(!read.ok && read.error.message).toBe(
      'e.csv lacks the columns experiment_folder, model, workload, stage_index, metric_name; its header has simulator, mape.',
    );
    const empty = readErrorRecords('', 'e.csv');
    expect(!empty.ok && empty.error.message).toContain('it is empty');
  });
});

describe('runtime.csv', () => {
  it('reads seconds and refuses negative ones', () => {
    const read = readRuntimes(
      'simulator,experiment_folder,model,workload,wall_clock_seconds,exp_id\na,f,m,w,2.5,7\na,f,m,w,-1,8\n',
      'runtime.csv',
    );
    expect(read.ok && read.value.rows).toEqual([
      { simulator: 'a', experimentFolder: 'f', model: 'm', workload: 'w', wallClockSeconds: 2.5, expId: 7 },
    ]);
    expect(read.ok && read.value.warnings).toHaveLength(1);
  });
});

describe('metadata', () => {
  it('adds columns that the records lack and keeps those that they have', () => {
    const records = readErrorRecords(
      'simulator,experiment_folder,model,workload,stage_index,metric_name,mape,tp\n' +
        'a,/data/7-x,m,general,-1,e2e_mean,1,\na,8-y,m,general,-1,e2e_mean,1,4\n',
      'e.csv',
    );
    const metadata = readMetadata('experiment_folder,hardware,tp\n7-x,H100,2\n7-x,L40S,2\n', 'm.csv');
    if (!records.ok || !metadata.ok) throw new Error('unreadable');
    const joined = joinMetadata(records.value, metadata.value);
    expect(joined.rows[0]).toMatchObject({ hardware: 'H100' });
    expect(joined.rows[0]).not.toHaveProperty('tp');
    expect(joined.rows[1]).not.toHaveProperty('hardware');
    expect(joined.warnings).toEqual(['m.csv: line 3 repeats an experiment.']);
  });
});
