// The header of a TraceV2 pair: strict YAML (BLIS 87cc70ed sim/workload/tracev2.go). Written with the reference's layout:
// four blanks of indentation, zero values left out where the reference leaves them out.

import { parseGoYaml } from '../base/go-yaml';
import {
  goDocument,
  goInteger,
  goMap,
  goNumber,
  goOptionalBigInteger,
  goText,
  yamlProblems,
} from '../base/go-yaml-schema';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { TraceHeader } from '../domain/trace';

const schema = goDocument({
  trace_version: goInteger(),
  time_unit: goText(),
  created_at: goText(),
  mode: goText(),
  warm_up_requests: goInteger(),
  workload_seed: goOptionalBigInteger(),
  workload_spec: goText(),
  server: goMap({
    type: goText(),
    model: goText(),
    tensor_parallel: goInteger(),
    max_num_seqs: goInteger(),
    block_size: goInteger(),
    gpu_memory_utilization: goNumber(),
    max_model_len: goInteger(),
  }),
  network: goMap({ measured_rtt_ms: goNumber() }),
});

export function parseTraceV2Header(text: string, file: string): Result<TraceHeader> {
  const document = parseGoYaml(text, file);
  if (!document.ok) return document;
  const parsed = schema.safeParse(document.value.tree);
  if (!parsed.success) {
    const [first] = yamlProblems(document.value, parsed.error);
    return fail(first ?? { code: 'malformed', message: `${file} is not a TraceV2 header.`, file });
  }
  const { server, network, workload_seed, ...top } = parsed.data;
  return ok({
    traceVersion: top.trace_version,
    timeUnit: top.time_unit,
    createdAt: top.created_at,
    mode: top.mode,
    warmUpRequests: top.warm_up_requests,
    ...(workload_seed === undefined ? {} : { workloadSeed: workload_seed }),
    workloadSpec: top.workload_spec,
    server: {
      type: server?.type ?? '',
      model: server?.model ?? '',
      tensorParallel: server?.tensor_parallel ?? 0,
      maxNumSeqs: server?.max_num_seqs ?? 0,
      blockSize: server?.block_size ?? 0,
      gpuMemoryUtilization: server?.gpu_memory_utilization ?? 0,
      maxModelLen: server?.max_model_len ?? 0,
    },
    measuredRttMs: network?.measured_rtt_ms ?? 0,
  });
}
