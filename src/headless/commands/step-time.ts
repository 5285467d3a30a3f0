// `step-time`: the times of batches, row by row, all rows in one call of the module.
// A row names a model, GPU, TP, coefficient vectors and a batch; without a batch it asks whether the model can be built, and
// the step time is that of one prefill of 100 tokens beside one decode.

import { Command } from 'commander';
import type { Catalog } from '../../catalog/catalog';
import { LATENCY_MODELS, type LatencyModel, type LatencyModelName } from '../../domain/latency';
import { latencyErrors } from '../../engine/latency-errors';
import { batchColumns, evaluateStepTimes, type BatchMember } from '../../engine/step-times';
import { openCatalog } from '../catalog';
import type { Io } from '../io';
import { RowReader, gpuOfRow, modelOfRow, parseRows } from '../latency/rows';

const FIXED_BATCH: readonly BatchMember[] = [
  { promptTokens: 100, outputTokens: 5, computedTokens: 0, newTokens: 100 },
  { promptTokens: 100, outputTokens: 5, computedTokens: 102, newTokens: 1 },
];

interface Question {
  readonly model: LatencyModel;
  readonly members: readonly BatchMember[];
}

export const stepTimeCommand = (io: Io): Command =>
  new Command('step-time')
    .description('Answers step, queueing, output-token and post-decode times for a JSON array of batches.')
    .requiredOption('--input <file>', 'JSON array of rows')
    .option('--output <file>', 'write there instead of stdout')
    .action(async (options: { readonly input: string; readonly output?: string }) => {
      const catalog = openCatalog(io);
      const readers = parseRows(await io.readText(options.input), options.input).map(
        (row, index) => new RowReader(row, options.input, index),
      );
      const text = `[\n${answers(io, catalog, readers).join(',\n')}\n]\n`;
      if (options.output === undefined) io.stdout(text);
      else await io.writeText(options.output, text);
    });

function answers(io: Io, catalog: Catalog, readers: readonly RowReader[]): readonly string[] {
  const questions: Question[] = [];
  const asked = readers.map((reader) => {
    const question = questionOf(catalog, reader);
    return 'model' in question ? questions.push(question) - 1 : question;
  });
  const columns = batchColumns(questions.map(({ members }, model) => ({ model, members })));
  const times = evaluateStepTimes(
    io.wasm(),
    questions.map((question) => question.model),
    columns,
  );
  return readers.map((reader, row) => {
    const id = JSON.stringify(reader.id ?? null);
    const batch = asked[row];
    if (typeof batch !== 'number') return `{"id":${id},"errors":${JSON.stringify(batch)}}`;
    const queueing = [...times.queueingUs.subarray(columns.offsets[batch], columns.offsets[batch + 1])];
    return (
      `{"id":${id},"step_time_us":${ticks(times.stepUs[batch])},` +
      `"queueing_time_us":[${queueing.map(ticks).join(',')}],` +
      `"output_token_processing_us":${ticks(times.outputTokenUs[batch])},` +
      `"post_decode_fixed_us":${ticks(times.postDecodeUs[batch])}}`
    );
  });
}

/** The largest tick is no double; every smaller one that occurs is. */
const ticks = (value = NaN): string => (value >= 2 ** 63 ? '9223372036854775807' : String(value));

const isModelName = (name: string): name is LatencyModelName =>
  (LATENCY_MODELS as readonly string[]).includes(name);

/** A question, or the codes of why the model cannot be built. */
function questionOf(catalog: Catalog, reader: RowReader): Question | readonly string[] {
  const name = reader.text('latency_model', '') || 'roofline';
  if (!isModelName(name)) return ['unknown_model'];
  const needsFacts = name !== 'blackbox';
  const facts = needsFacts ? modelOfRow(catalog, reader) : undefined;
  const gpu = needsFacts ? gpuOfRow(catalog, reader) : undefined;
  if (typeof facts === 'string') return [facts];
  if (typeof gpu === 'string') return [gpu];
  const backend = reader.text('moe_comm_backend', '');
  const model: LatencyModel = {
    name,
    version: reader.version(),
    mode: 'reference',
    coefficients: { alpha: reader.numbers('alpha'), beta: reader.numbers('beta') },
    tp: reader.number('tp'),
    dp: reader.number('dp', 1),
    ...(facts === undefined ? {} : { architecture: facts.architecture }),
    ...(gpu === undefined ? {} : { gpu }),
    ...(backend === '' ? {} : { moeCommBackend: backend }),
  };
  const errors = latencyErrors(model);
  if (errors.length > 0) return errors.map((error) => error.code);
  const batch = reader.objects('batch');
  return {
    model,
    members: batch === undefined ? FIXED_BATCH : batch.map((member) => memberOf(member, reader)),
  };
}

function memberOf(member: Readonly<Record<string, unknown>>, reader: RowReader): BatchMember {
  const tokens = (key: string): number => {
    const value = member[key];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw reader.fault('batch', `a whole number for ${key} in every member`);
  };
  return {
    promptTokens: tokens('prompt_tokens'),
    outputTokens: tokens('output_tokens'),
    computedTokens: tokens('computed_tokens'),
    newTokens: tokens('new_tokens'),
  };
}
