// A yardstick workload as a TraceV2 pair, for programs that read files.

import { BARE_HEADER } from '../src/domain/bare-trace';
import type { EngineConfig } from '../src/domain/run-config';
import type { TraceColumns } from '../src/domain/trace';
import { traceV2DataSlices, writeTraceV2Header } from '../src/sources/trace-v2-write';
import { CASES } from './suite';
import { yardstick } from './workloads';

/** Header text and slices of the data. */
export function yardstickTrace(caseName: string): { header: string; data: Iterable<string> } {
  const chosen = CASES[caseName];
  if (chosen === undefined)
    throw new Error(`unknown case ${caseName}; known: ${Object.keys(CASES).join(', ')}`);
  const { requests } = yardstick(chosen.shape);
  const { count } = requests;
  const zeros = new Uint32Array(count);
  const shared = chosen.shape.sharedTokens;
  const records: TraceColumns = {
    ...requests,
    roundIndex: new Float64Array(count),
    prefixGroup: {
      names: Array.from({ length: chosen.shape.groups }, (_, group) => `g${group}`),
      index: requests.prefixStream,
    },
    prefixLength: new Uint32Array(count).fill(shared),
    inputTokens: requests.inputTokens.map((tokens) => tokens - shared),
    serverInputTokens: zeros,
    sendUs: requests.arrivalUs,
    firstChunkUs: new Float64Array(count),
    lastChunkUs: new Float64Array(count),
    numChunks: zeros,
    status: { names: ['ok'], index: new Int32Array(count) },
    errorMessage: { names: [], index: new Int32Array(count).fill(-1) },
    finishReason: { names: [], index: new Int32Array(count).fill(-1) },
  };
  const header = writeTraceV2Header({ ...BARE_HEADER, timeUnit: 'microseconds' });
  return { header, data: traceV2DataSlices(records) };
}

/** Flags of the case as replay takes them: the black-box model of the recorded native runs. */
export function caseFlags(caseName: string): string[] {
  const config: Partial<EngineConfig> = CASES[caseName]?.config ?? {};
  return [
    ...[
      '--model',
      'bench',
      '--latency-model',
      'blackbox',
      '--alpha-coeffs',
      '0,0,0',
      '--beta-coeffs',
      '5000,20,15',
    ],
    ...['--max-num-running-reqs', '128', '--total-kv-blocks', String(config.totalKvBlocks)],
    ...(config.kvCpuBlocks === undefined ? [] : ['--kv-cpu-blocks', String(config.kvCpuBlocks)]),
    ...(config.kvTransferBandwidth === undefined
      ? []
      : ['--kv-transfer-bandwidth', String(config.kvTransferBandwidth)]),
  ];
}
