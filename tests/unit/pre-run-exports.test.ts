// What other simulators are given to run: traces, workloads, cluster files, command lines.

import { describe, expect, it } from 'vitest';
import { shellLine } from '../../src/adapters/pre-run/command-line';
import {
  constantArrivals,
  llmServingSimCluster,
  llmServingSimCommand,
  llmServingSimWorkload,
} from '../../src/adapters/pre-run/llmservingsim-export';
import { vidurCommand, vidurTrace } from '../../src/adapters/pre-run/vidur-export';
import type { MeasuredRequests } from '../../src/domain/experiment';
import { experimentOf, stageOf } from '../support/experiments';

const measured = (
  inputs: readonly number[],
  outputs: readonly number[],
  startS: readonly number[],
): MeasuredRequests => ({
  count: inputs.length,
  startS: Float64Array.from(startS),
  arrivalUs: Float64Array.from(startS, (s) => s * 1e6),
  inputTokens: Uint32Array.from(inputs),
  outputTokens: Uint32Array.from(outputs),
  ttftUs: new Float64Array(inputs.length),
  e2eUs: new Float64Array(inputs.length),
  failed: Uint8Array.from(inputs, (tokens) => (tokens === 0 ? 1 : 0)),
});

describe('Vidur', () => {
  it('sorts the trace by send time from 0, and warns about cut prompts and failed requests', () => {
    const { csv, warnings } = vidurTrace(measured([10, 4000, 0], [5, 200, 0], [12.5, 12, 13.00003125]));
    expect(csv).toBe(
      'arrived_at,num_prefill_tokens,num_decode_tokens\r\n0.0,4000,200\r\n0.5,10,5\r\n1.0000312499999993,0,0\r\n',
    );
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('1 requests exceed 4096 tokens');
    expect(vidurTrace(measured([], [], [])).csv).toBe('arrived_at,num_prefill_tokens,num_decode_tokens\r\n');
  });

  it('adds replicas and round robin for data parallelism, and refuses devices it has none for', () => {
    const parallel = vidurCommand(experimentOf({ dp: 2 }), 'trace.csv', 'out');
    const words = parallel.ok ? parallel.value : [];
    expect(words.slice(-4)).toEqual([
      '--cluster_config_num_replicas',
      '2',
      '--global_scheduler_config_type',
      'round_robin',
    ]);
    expect(vidurCommand(experimentOf({ hardware: 'L40S' }), 't', 'o')).toMatchObject({
      ok: false,
      error: { field: 'hw' },
    });
  });
});

describe('LLMServingSim', () => {
  const stages = [stageOf(0, 3, 1, 3), stageOf(1, 2, 1, 2)];
  const experiment = experimentOf({
    stages,
    requests: measured([5, 4, 3, 2, 1], [9, 8, 7, 6, 5], [0, 1, 2, 3, 4]),
  });

  it('accumulates arrivals in floating point across stages and truncates them to nanoseconds', () => {
    const third = 1 / 3;
    expect(constantArrivals(stages)).toEqual([
      0,
      third,
      third + third,
      third + third + third,
      third * 3 + 0.5,
    ]);
    const lines = llmServingSimWorkload(experiment, 0);
    if (!lines.ok) throw new Error(lines.error.message);
    const parsed = [...lines.value].map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed[1]).toEqual({
      input_toks: 4,
      output_toks: 8,
      arrival_time_ns: 333333333,
      input_tok_ids: [1, 2, 3, 4],
    });
    expect(parsed).toHaveLength(5);
  });

  it('samples in proportion under a cap, and says when there are too few measured requests', () => {
    const capped = llmServingSimWorkload(experiment, 3);
    expect(capped.ok && [...capped.value]).toHaveLength(3);
    const long = { ...experiment, stages: [stageOf(0, 3, 10, 30)] };
    expect(llmServingSimWorkload(long, 0)).toMatchObject({ ok: false, error: { code: 'bad-value' } });
    const { requests: _, ...without } = experiment;
    expect(llmServingSimWorkload(without, 0)).toMatchObject({ ok: false, error: { code: 'missing-file' } });
  });

  it('writes cluster files and commands of both versions', () => {
    const parse = (result: ReturnType<typeof llmServingSimCluster>) =>
      (result.ok ? JSON.parse(result.value) : {}) as {
        nodes: { num_instances: number; instances: object[] }[];
      };
    const [old] = parse(llmServingSimCluster(experimentOf({ tp: 2, dp: 2 }), '5b12a00')).nodes;
    expect(old).toMatchObject({
      num_instances: 2,
      instances: [
        { model_name: 'meta-llama/Llama-3.1-8B', npu_num: 2, npu_group: 1, npu_mem: { mem_size: 80 } },
        {},
      ],
    });
    const [head] = parse(llmServingSimCluster(experimentOf({ tp: 2, dp: 2 }), 'dcec3fd')).nodes;
    expect(head?.instances[1]).toMatchObject({
      model_name: 'meta-llama/Llama-3.1-8B-Instruct',
      tp_size: 2,
      num_npus: 2,
      dp_group: 'A',
    });
    const unknown = experimentOf({ model: 'nobody/nothing' });
    expect(llmServingSimCluster(unknown, '5b12a00')).toMatchObject({ ok: false, error: { field: 'model' } });

    const files = { cluster: 'c.json', dataset: 'w.jsonl', output: 'o.csv' };
    expect(shellLine(llmServingSimCommand(experimentOf({ dp: 2 }), '5b12a00', 100, files))).toBe(
      'python main.py --cluster-config c.json --dataset w.jsonl --output o.csv --fp 16 --block-size 16 --max-batch 128 --max-num-batched-tokens 2048 --num-req 100 --log-level WARNING --request-routing-policy RR',
    );
    expect(shellLine(llmServingSimCommand(experimentOf(), 'dcec3fd', 300, files))).toBe(
      'python3 -m serving --cluster-config c.json --dataset w.jsonl --output o.csv --dtype bfloat16 --block-size 16 --max-num-seqs 128 --max-num-batched-tokens 2048 --num-reqs 300 --log-level WARNING',
    );
    const dtypes = [{ precision: 'FP8' }, { model: 'meta-llama/Llama-2-70b-hf' }].map(
      (more) => llmServingSimCommand(experimentOf(more), 'dcec3fd', 0, files)[10],
    );
    expect(dtypes).toEqual(['fp8', 'float16']);
  });
});

describe('shell lines', () => {
  it('quotes what a shell would read as more than text', () => {
    expect(shellLine(['a', "it's $HOME", ''])).toBe("a 'it'\\''s $HOME' ''");
  });
});
