// Step times, construction errors, KV capacity, config.json reading and context lengths, row by row as recorded from the
// reference's own packages. The commands are what acceptance runs drive, so the tests go through them.
import { expect, it } from 'vitest';
import type { Command } from 'commander';
import { modelFactsOf } from '../../src/catalog/model-config';
import { capMaxModelLen, deriveMaxModelLen } from '../../src/catalog/max-model-len';
import { kvCapacityCommand } from '../../src/headless/commands/kv-capacity';
import { stepTimeCommand } from '../../src/headless/commands/step-time';
import type { Io } from '../../src/headless/io';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedJson, sharedPath } from '../support/shared';

type Row = Readonly<Record<string, unknown>>;

async function answersOf(command: (io: Io) => Command, file: string): Promise<Row[]> {
  const { stdout, problems } = await runCommand(command, ['--input', sharedPath('golden', 'latency', file)]);
  expect(problems).toEqual([]);
  return JSON.parse(stdout) as Row[];
}

/** Answers and expectations reduced to the fields that the golden rows state. */
function compare(answers: readonly Row[], golden: readonly Row[], fields: readonly string[]): void {
  const pick = (row: Row, like: Row): Row =>
    Object.fromEntries(
      ['id', ...fields.filter((field) => field in like)].map((field) => [field, row[field]]),
    );
  expect(answers.map((row, k) => pick(row, golden[k]!))).toEqual(golden.map((row) => pick(row, row)));
}

const TIMES = ['step_time_us', 'queueing_time_us', 'output_token_processing_us', 'post_decode_fixed_us'];

describeShared('recorded step times', () => {
  it.each([
    ['roofline', 247],
    ['blackbox', 243],
    ['crossmodel', 247],
    ['trained-roofline', 247],
    ['trained-physics', 247],
    ['roofline-b05154c', 108],
    ['roofline-0074c8c1', 108],
    ['trained-physics-f90a1e3a', 121],
  ])('%s: %i rows', async (name, count) => {
    const golden = sharedJson<Row[]>('golden', 'latency', `${name}.json`);
    expect(golden.length).toBe(count);
    compare(await answersOf(stepTimeCommand, `${name}.json`), golden, TIMES);
  });

  it('construction errors', async () => {
    const golden = sharedJson<Row[]>('golden', 'latency', 'errors.json');
    expect(golden.length).toBe(232);
    const answers = await answersOf(stepTimeCommand, 'errors.json');
    compare(
      answers.map((row) => ({ errors: [], ...row })),
      golden,
      ['errors', 'step_time_us'],
    );
  });
});

describeShared('recorded KV capacity', () => {
  it.each([
    ['kv-capacity', 325],
    ['kv-capacity-0074c8c1', 132],
    ['kv-capacity-f90a1e3a', 165],
  ])('%s: %i rows', async (name, count) => {
    const golden = sharedJson<Row[]>('golden', 'latency', `${name}.json`);
    expect(golden.length).toBe(count);
    compare(await answersOf(kvCapacityCommand, `${name}.json`), golden, [
      'blocks',
      'error',
      'kv_bytes_per_token_per_gpu',
    ]);
  });
});

interface ConfigRow {
  readonly id: string;
  readonly model: string;
  readonly config: Row;
  readonly expect: Row;
  readonly capacity: Row | string;
}

describeShared('recorded config.json reading', () => {
  it('facts and capacity shape', () => {
    const golden = sharedJson<ConfigRow[]>('golden', 'latency', 'config-parsing.json');
    expect(golden.length).toBe(89);
    const answers = golden.map(({ id, model, config }) => {
      const { architecture: a, capacity } = modelFactsOf(config, model);
      return {
        id,
        expect: {
          layers: a.layers,
          hidden: a.hidden,
          heads: a.heads,
          kv_heads: a.kvHeads,
          vocab: a.vocab,
          dtype_bytes: a.dtypeBytes,
          ffn: a.ffn,
          experts: a.experts,
          experts_per_token: a.expertsPerToken,
          expert_ffn: a.expertFfn,
          shared_expert_ffn: a.sharedExpertFfn,
          moe_interleave_step: a.interleaveStep,
          dense_ffn: a.denseFfn,
          activation: a.activation,
          weight_bytes: a.weightBytes,
        },
        capacity:
          capacity.kind === 'expert-count-missing'
            ? 'expert_count_missing'
            : {
                moe: capacity.kind === 'moe',
                experts: capacity.kind === 'moe' ? capacity.experts : 0,
                tied: a.tiedEmbeddings,
                activation: a.activation,
                expert_ffn: capacity.kind === 'moe' ? capacity.expertFfn : 0,
                shared_expert_ffn: capacity.kind === 'moe' ? capacity.sharedExpertFfn : 0,
              },
      };
    });
    expect(answers).toEqual(
      golden.map(({ id, expect: facts, capacity }) => ({ id, expect: facts, capacity })),
    );
  });

  it('longest context', () => {
    interface Case {
      readonly id: string;
      readonly max_positions: number | null;
      readonly model_type: string;
      readonly rope_scaling: unknown;
      readonly user_max_model_len: number | null;
      readonly total_kv_blocks: number;
      readonly block_size: number;
      readonly max_model_len: number;
      readonly capped: boolean;
    }
    const golden = sharedJson<Case[]>('golden', 'latency', 'max-model-len.json');
    expect(golden.length).toBe(34);
    const answers = golden.map((row) => {
      const config = {
        ...(row.max_positions === null ? {} : { max_position_embeddings: row.max_positions }),
        model_type: row.model_type,
        rope_scaling: row.rope_scaling,
      };
      const derived = row.user_max_model_len ?? deriveMaxModelLen(modelFactsOf(config, 'org/model'));
      const { maxModelLen, isCapped } = capMaxModelLen(derived, row.total_kv_blocks, row.block_size);
      return { id: row.id, max_model_len: maxModelLen, capped: isCapped };
    });
    expect(answers).toEqual(golden.map(({ id, max_model_len, capped }) => ({ id, max_model_len, capped })));
  });
});
