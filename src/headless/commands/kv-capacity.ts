// `kv-capacity`: KV blocks and KV bytes per token for a JSON array of (model, GPU, TP, block size, utilisation).
// A row that fails still states the bytes per token where these do not depend on what failed.

import { Command } from 'commander';
import type { Catalog } from '../../catalog/catalog';
import { kvBytesPerToken, kvCapacity } from '../../catalog/kv-capacity';
import type { Mode } from '../../domain/latency';
import { openCatalog } from '../catalog';
import type { Io } from '../io';
import { RowReader, gpuOfRow, modelOfRow, parseRows } from '../latency/rows';

export const kvCapacityCommand = (io: Io): Command =>
  new Command('kv-capacity')
    .description('Answers KV blocks and KV bytes per token for a JSON array of configurations.')
    .requiredOption('--input <file>', 'JSON array of rows')
    .option('--output <file>', 'write there instead of stdout')
    .action(async (options: { readonly input: string; readonly output?: string }) => {
      const catalog = openCatalog(io);
      const rows = parseRows(await io.readText(options.input), options.input).map((row, index) =>
        JSON.stringify(answer(catalog, new RowReader(row, options.input, index))),
      );
      const text = `[\n${rows.join(',\n')}\n]\n`;
      if (options.output === undefined) io.stdout(text);
      else await io.writeText(options.output, text);
    });

function answer(catalog: Catalog, reader: RowReader): Readonly<Record<string, unknown>> {
  const model = modelOfRow(catalog, reader);
  const gpu = gpuOfRow(catalog, reader);
  const missing = [model, gpu].find((fact) => typeof fact === 'string');
  if (typeof model === 'string' || typeof gpu === 'string') {
    return { id: reader.id ?? null, error: missing, blocks: null, kv_bytes_per_token_per_gpu: null };
  }
  const question = {
    architecture: model.architecture,
    shape: model.capacity,
    gpu,
    tp: reader.number('tp'),
    dp: reader.number('dp', 1),
    blockSizeTokens: reader.number('block_size', 16),
    gpuMemoryUtilization: reader.number('gpu_memory_utilization', 0.9),
    version: reader.version(),
    mode: modeOf(reader),
  };
  const kappa = kvBytesPerToken(question);
  const capacity = kvCapacity(question);
  return {
    id: reader.id ?? null,
    ...(capacity.ok ? { blocks: capacity.value.blocks } : { error: capacity.error.code, blocks: null }),
    kv_bytes_per_token_per_gpu: kappa.ok ? kappa.value : null,
  };
}

function modeOf(reader: RowReader): Mode {
  const mode = reader.text('mode', 'reference');
  if (mode === 'reference' || mode === 'corrected') return mode;
  throw reader.fault('mode', 'reference or corrected');
}
