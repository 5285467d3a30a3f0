// The converter worker: reads loads, checks specifications while they are typed, writes other forms, judges replays.

import * as Comlink from 'comlink';
import { fail, ok, type Result } from '../base/result';
import { loadCatalog } from '../catalog/load-catalog';
import type { RandomDoor } from '../domain/random';
import type { WorkloadPreset } from '../domain/workload-preset';
import { openRandomDoor } from '../engine/random-door';
import { readLoad, type Load } from '../report/convert/read-load';
import { PREVIEW_LIMITS, summariseLoad, summariseSpec } from '../report/convert/summarise-load';
import { targetsOf, writeLoad, type WrittenLoad } from '../report/convert/write-load';
import { addJudgeInputs, type JudgeInputs } from '../validation/judge-replay/read-inputs';
import { judgeReplay, replayReport } from '../validation/judge-replay/report';
import { quantilesOf } from '../validation/judge-replay/quantiles';
import type { Limits } from '../workload/limits';
import { presetSpec } from '../workload/synthesise';
import { writeWorkloadSpec } from '../workload/write-spec';
import type {
  ConverterApi,
  JudgeAnswer,
  JudgedMetric,
  JudgeSettings,
  JudgeVerdict,
  OutputOptions,
  ReadAnswer,
} from './converter-protocol';
import { treeOf } from './source-tree';

const FIRST_LINES = 20;
const QUANTILES = 512;
const US_PER_MS = 1000;
const PASTED = 'workload.yaml';

let door: RandomDoor | undefined;
let presets: ReadonlyMap<string, WorkloadPreset> = new Map();
let load: Load | undefined;
let judged: JudgeInputs = {};

function random(): RandomDoor {
  if (door === undefined) throw new Error('The converter worker was asked before it was opened.');
  return door;
}

/** Keeps a load and says what it is. */
function keep(read: Load): ReadAnswer {
  load = read;
  const { file, format, kind, notes } = read;
  const head = { file, format, kind, notes, targets: targetsOf(read) };
  return read.kind === 'spec' ? { ...head, yaml: read.yaml } : { ...head, preview: summariseLoad(read) };
}

const typed = (yaml: string, format: string): Load => ({
  kind: 'spec',
  file: PASTED,
  format,
  yaml,
  notes: [],
});

function write(options: OutputOptions, limits?: Limits): Result<WrittenLoad> {
  if (load === undefined) return fail({ code: 'missing-file', message: 'There is nothing to convert yet.' });
  const source: Load =
    load.kind === 'spec' && options.yaml !== undefined ? { ...load, yaml: options.yaml } : load;
  const { target, sortByStart, dropFailed } = options;
  return writeLoad(source, target, {
    random: random(),
    sortByStart,
    dropFailed,
    ...(limits === undefined ? {} : { limits }),
  });
}

const api: ConverterApi = {
  async open({ wasm, catalogTexts }) {
    const catalog = loadCatalog(catalogTexts);
    if (!catalog.ok) return catalog;
    door = openRandomDoor(wasm);
    presets = catalog.value.presets;
    return ok([...presets.keys()]);
  },

  async read(input) {
    const read = await readLoad(await treeOf(input, () => undefined));
    return read.ok ? ok(keep(read.value)) : read;
  },

  async paste(yaml) {
    return keep(typed(yaml, 'Typed specification'));
  },

  async preset(name, rateRps, numRequests) {
    const preset = presets.get(name);
    if (preset === undefined) return fail({ code: 'unknown-name', message: `There is no preset "${name}".` });
    const spec = presetSpec(preset, { rate: rateRps, numRequests, seed: 0n }, `preset-${name}`);
    return spec.ok ? ok(keep(typed(writeWorkloadSpec(spec.value), `Preset ${name}`))) : spec;
  },

  async check(yaml) {
    return summariseSpec(yaml, load?.file ?? PASTED, random());
  },

  async showOutput(options) {
    const written = write(options, PREVIEW_LIMITS);
    if (!written.ok) return written;
    const { files, losses } = written.value;
    return ok({ losses, files: files.map(({ name, slices }) => ({ name, firstLines: firstLines(slices) })) });
  },

  async makeOutput(options) {
    const written = write(options);
    if (!written.ok) return written;
    return ok(written.value.files.map(({ name, slices }) => ({ name, blob: new Blob([...slices]) })));
  },

  async judge(input, settings) {
    if (input !== undefined) {
      const added = await addJudgeInputs(judged, await treeOf(input, () => undefined));
      if (!added.ok) return added;
      judged = added.value;
    }
    const answer = judgeAnswer(settings);
    const buffers =
      answer.verdict?.ok === true ? answer.verdict.value.metrics.flatMap((metric) => buffersOf(metric)) : [];
    return Comlink.transfer(ok(answer), buffers);
  },

  async forgetJudge() {
    judged = {};
  },
};

function firstLines(slices: Iterable<string>): string[] {
  let text = '';
  for (const slice of slices) {
    text += slice;
    if (text.split('\n', FIRST_LINES + 2).length > FIRST_LINES + 1) break;
  }
  return text.trimEnd().split(/\r?\n/, FIRST_LINES + 1);
}

function judgeAnswer(settings: JudgeSettings): JudgeAnswer {
  const { header, trace, results, chunks } = judged;
  const verdict =
    trace === undefined || results === undefined
      ? undefined
      : judgeReplay(trace.value, results.value, chunks?.value, settings);
  const head = trace?.value.header;
  return {
    ...(header === undefined ? {} : { header: header.file }),
    ...(trace === undefined ? {} : { trace: { file: trace.file, records: trace.value.records.count } }),
    ...(results === undefined ? {} : { results: { file: results.file, count: results.value.count } }),
    ...(chunks === undefined ? {} : { chunks: { file: chunks.file, count: chunks.value.count } }),
    headerWarmUp: head?.warmUpRequests ?? 0,
    headerRttUs:
      head !== undefined && head.measuredRttMs > 0 ? Math.trunc(head.measuredRttMs * US_PER_MS) : 0,
    ...(verdict === undefined ? {} : { verdict: verdict.ok ? ok(verdictOf(verdict.value)) : verdict }),
  };
}

function verdictOf(verdict: Parameters<typeof replayReport>[0]): JudgeVerdict {
  const { match } = verdict;
  const ms = (values: readonly number[]): Float64Array =>
    Float64Array.from(values, (value) => value / US_PER_MS);
  return {
    metrics: [...verdict.metrics].map(([metric, comparison]): JudgedMetric => {
      const { real, simulated } = match[metric];
      return {
        metric,
        comparison,
        realMs: ms(real),
        simulatedMs: ms(simulated),
        realQuantilesMs: quantilesOf(real, QUANTILES).map((us) => us / US_PER_MS),
        simulatedQuantilesMs: quantilesOf(simulated, QUANTILES).map((us) => us / US_PER_MS),
      };
    }),
    matched: match.matched,
    warmUpExcluded: match.warmUpExcluded,
    unmatched: match.unmatchedReal,
    tokenMismatches: match.tokenMismatches,
    itlDropped: match.itlDropped,
    reportJson: `${JSON.stringify(replayReport(verdict), null, 2)}\n`,
  };
}

const buffersOf = (metric: JudgedMetric): ArrayBuffer[] =>
  [metric.realMs, metric.simulatedMs, metric.realQuantilesMs, metric.simulatedQuantilesMs].map(
    (values) => values.buffer as ArrayBuffer,
  );

Comlink.expose(api);
