// Where the requests of `run` come from: a specification file, a recorded CSV, a preset, or one client described by flags (BLIS
// 87cc70ed `cmd/root.go`).

import { horizonOf } from '../../adapters/blis/resolve-run';
import { excludes, generateOptionsOf, specOfFlags } from '../../adapters/blis/run-workload';
import type { Workload } from '../../domain/workload';
import { openRandomDoor } from '../../engine/random-door';
import { parseFiveColumnCsv } from '../../workload/five-column-csv';
import { generateWorkload } from '../../workload/generate';
import { decodeWorkloadSpec, parseWorkloadSpec } from '../../workload/parse-spec';
import type { WorkloadSpec } from '../../workload/spec';
import { UsageError, type Io } from '../io';
import { demand } from '../demand';
import { presetsOf, servegenOf } from '../workload/read-spec';
import { runValuesOf, type FlagValues } from './flags';

/** The workload of `run`; warnings go to stderr, a problem ends the command. */
export async function workloadOf(io: Io, flags: FlagValues): Promise<Workload> {
  const values = runValuesOf(flags);
  const specPath = pathOf(flags, 'workloadSpec');
  const tracesPath = pathOf(flags, 'workloadTracesFilepath');
  if (values.workload === 'traces' && specPath === undefined) {
    if (tracesPath === undefined) throw new UsageError('--workload traces needs --workload-traces-filepath.');
    return demand(parseFiveColumnCsv(await io.readText(tracesPath), tracesPath, horizonOf(values)));
  }
  if (tracesPath !== undefined) {
    throw new UsageError(
      '--workload-traces-filepath is read with --workload traces only, and not beside --workload-spec.',
    );
  }
  const options = generateOptionsOf(values, openRandomDoor(io.wasm()));
  if (specPath === undefined) {
    const presets = await presetsOf(io, pathOf(flags, 'defaultsFilepath'));
    return demand(generateWorkload(demand(specOfFlags(values, presets)), options));
  }
  if ((values.concurrency ?? 0) > 0) throw new UsageError(excludes('--workload-spec').message);
  const spec = await specOf(io, specPath);
  const servegenFiles = await servegenOf(io, spec, specPath);
  return demand(
    generateWorkload(spec, { ...options, ...(servegenFiles === undefined ? {} : { servegenFiles }) }),
  );
}

function pathOf(flags: FlagValues, key: string): string | undefined {
  const path = flags[key];
  return typeof path === 'string' ? path : undefined;
}

async function specOf(io: Io, path: string): Promise<WorkloadSpec> {
  const text = await io.readText(path);
  const spec = demand(parseWorkloadSpec(text, path));
  for (const warning of demand(decodeWorkloadSpec(text, path)).warnings) io.stderr(`warning: ${warning}\n`);
  return spec;
}
