// `fit`: calibrates the physical step-time model on some experiments of a folder and predicts others.

import { Command, Option } from 'commander';
import { fitRequest, judgeAndPredict, type CalibrationRequest } from '../../calibration/calibrate';
import { fitReport } from '../../calibration/fit-report';
import { finish } from '../../calibration/least-squares';
import type { PrepareOptions } from '../../calibration/prepare';
import { findGpu, findModel } from '../../catalog/look-ups';
import { formatProblem } from '../../base/problem';
import { ok } from '../../base/result';
import type { Experiment } from '../../domain/experiment';
import { discover } from '../../sources/ground-truth/discover';
import { readExperiment } from '../../sources/ground-truth/read-experiment';
import { openCatalog } from '../catalog';
import { UsageError, type Io } from '../io';
import { openFolder } from '../open-folder';
import { listOption, wholeOption } from '../option-values';

interface FitOptions {
  readonly dataDir: string;
  readonly calibrate: readonly string[];
  readonly predict: readonly string[];
  readonly output: string;
  readonly pipelinedScheduling: 'on' | 'off';
  readonly prefixCaching: 'on' | 'off';
  readonly distinctPrompts?: string;
  readonly blockSizeInTokens: number;
}

export const fitCommand = (io: Io): Command =>
  new Command('fit')
    .description('Fits the physical step-time model to measured requests and predicts other experiments.')
    .requiredOption('--data-dir <folder>', 'folder of measurements')
    .requiredOption(
      '--calibrate <ids...>',
      'experiment ids to fit on, or none for the default vector',
      listOption,
    )
    .requiredOption('--predict <ids...>', 'experiment ids to predict', listOption)
    .requiredOption('--output <file>', 'JSON with parameters, detections and predictions')
    .addOption(
      new Option('--pipelined-scheduling <state>', 'batches decided one step ahead (vLLM 0.14 and later)')
        .choices(['on', 'off'])
        .default('on'),
    )
    .addOption(
      new Option('--prefix-caching <state>', 'prefix cache of the server')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option(
      '--distinct-prompts <n>',
      'number of distinct prompts that repeat in order, or all; default: detected',
    )
    .option('--block-size-in-tokens <n>', 'tokens per KV block', wholeOption('block-size-in-tokens', 1), 16)
    .action(async (options: FitOptions) => {
      const wanted = {
        calibrate: experimentIds('calibrate', options.calibrate),
        predict: experimentIds('predict', options.predict),
      };
      const known = await readExperiments(options.dataDir, [...wanted.calibrate, ...wanted.predict]);
      const catalog = openCatalog(io);
      const request: CalibrationRequest = {
        calibrate: wanted.calibrate.map((id) => known(id)),
        predict: wanted.predict.map((id) => known(id)),
        hardwareOf: (experiment) => {
          const model = findModel(catalog, experiment.model);
          if (!model.ok) return model;
          const gpu = findGpu(catalog, experiment.hardware);
          return gpu.ok ? ok({ architecture: model.value.architecture, gpu: gpu.value }) : gpu;
        },
        options: prepareOptions(options),
      };
      const wasm = io.wasm();
      const begin = io.nowMs();
      const timed = finish(fitRequest(wasm, request));
      const seconds = (io.nowMs() - begin) / 1000;
      if (!timed.ok) throw new UsageError(formatProblem(timed.error));
      const outcome = finish(judgeAndPredict(wasm, request, timed.value));
      await io.writeText(options.output, `${JSON.stringify(fitReport(outcome, seconds), null, 1)}\n`);
      for (const { experiment, problem } of outcome.leftOut) {
        io.stderr(`Experiment ${experiment.expId} was not predicted: ${formatProblem(problem)}\n`);
      }
      for (const reason of outcome.assessment?.reasons ?? []) io.stderr(`Doubtful fit: ${reason}\n`);
      if (outcome.predictions.length === 0) throw new UsageError('No experiment could be predicted.');
    });

/** `none` alone stands for no experiment. */
function experimentIds(option: string, texts: readonly string[]): readonly number[] {
  if (option === 'calibrate' && texts.length === 1 && texts[0] === 'none') return [];
  return texts.map((text) => {
    if (!/^\d+$/.test(text)) {
      throw new UsageError(`--${option}: found "${text}", expected experiment ids such as 1,2,3.`);
    }
    return Number(text);
  });
}

function prepareOptions(options: FitOptions): PrepareOptions {
  const prompts = options.distinctPrompts;
  if (prompts !== undefined && prompts !== 'all' && !/^[1-9]\d*$/.test(prompts)) {
    throw new UsageError(`--distinct-prompts: found "${prompts}", expected a number of prompts, or all.`);
  }
  return {
    pipelinedScheduling: options.pipelinedScheduling === 'on',
    prefixCaching: options.prefixCaching === 'on',
    blockSizeTokens: options.blockSizeInTokens,
    ...(prompts === undefined ? {} : { promptPeriod: prompts === 'all' ? 'distinct' : Number(prompts) }),
  };
}

/** Reads the folders of the wanted experiments, unsafe ones too, and answers by id. */
async function readExperiments(folder: string, ids: readonly number[]): Promise<(id: number) => Experiment> {
  const tree = await openFolder(folder).catch((error: unknown) => {
    throw new UsageError(
      `--data-dir ${folder}: cannot be listed (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  const discovery = await discover(tree, { all: true });
  if (!discovery.ok) throw new UsageError(formatProblem(discovery.error));
  const byId = new Map<number, Experiment>();
  const problems: string[] = [];
  const wanted = new Set(ids);
  for (const found of discovery.value.found) {
    // Without a manifest the id is only known after reading.
    if (found.entry !== undefined && !wanted.has(found.entry.id)) continue;
    const experiment = await readExperiment(tree, found, { requests: 'load' });
    if (experiment.ok) byId.set(experiment.value.expId, experiment.value);
    else problems.push(`${found.folder}: ${formatProblem(experiment.error)}`);
  }
  return (id) => {
    const experiment = byId.get(id);
    if (experiment !== undefined) return experiment;
    throw new UsageError(`${folder} has no readable experiment ${id}.`, ...problems);
  };
}
