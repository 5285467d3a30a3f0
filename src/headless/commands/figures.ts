// `figures`: the publication figures as SVG and PDF, the runtime table as LaTeX, and the numbers behind them as JSON, from a
// results folder alone. Defaults are those of the published figures.

import { join } from 'node:path';
import { Command, Option } from 'commander';
import { formatProblem } from '../../base/problem';
import { figureValues } from '../../figures/data/figure-values';
import { selectRuntimeTable } from '../../figures/data/runtime-table';
import { simulatorStyle } from '../../figures/data/simulators';
import { FIGURES, type FigureRequest } from '../../figures/figures';
import type { FontSet } from '../../figures/font/outlines';
import { readWoff } from '../../figures/font/woff';
import {
  ERROR_RECORDS_FILE,
  MATCHED_ERRORS_FILE,
  MATCHED_RUNTIME_FILE,
  readFigureFiles,
  RUNTIME_FILE,
  type FigureInputs,
  type TextFile,
} from '../../figures/inputs';
import { PRESETS, type DrawOptions, type FigureWidth, type Preset } from '../../figures/layout/look';
import { writePdf } from '../../figures/scene/pdf';
import { writeSvg } from '../../figures/scene/svg';
import { runtimeTableLatex } from '../../report/latex';
import { UsageError, type Io } from '../io';

interface FiguresOptions {
  readonly resultsDir: string;
  readonly outputDir: string;
  readonly metadata?: string;
  readonly excludeSimulators: readonly string[];
  readonly simComparisonNoAggregate: boolean;
  readonly preset: Preset;
  readonly width?: FigureWidth;
  readonly otherModels: boolean;
  readonly anyConfiguration: boolean;
  readonly embedFonts: boolean;
  readonly format: readonly string[];
  readonly only: readonly string[];
}

const FACES = { regular: '400-normal', bold: '700-normal', italic: '400-italic' } as const;
const FORMATS = ['svg', 'pdf'];

export const figuresCommand = (io: Io): Command =>
  new Command('figures')
    .description(
      'Draws the publication figures and the runtime table from error_records.csv and runtime.csv.',
    )
    .option('--results-dir <folder>', 'holds error_records.csv and runtime.csv', 'results')
    .option('--output-dir <folder>', 'where the figures go', 'results/figures')
    .option('--metadata <file>', 'CSV joined on experiment_folder')
    .option('--exclude-simulators <names...>', 'left out of all figures but 5, 0b and 0c', [])
    .option('--sim-comparison-no-aggregate', 'comparison figures without their top row', false)
    .addOption(
      new Option('--preset <name>', 'look of the figures').choices(Object.keys(PRESETS)).default('published'),
    )
    .addOption(
      new Option('--width <width>', 'width of the page or column').choices(['published', '7in', '3.3in']),
    )
    .option('--other-models', 'also show models outside the published list', false)
    .option('--any-configuration', 'do not limit figures 1 to 3 to default configurations', false)
    .option('--embed-fonts', 'put the typeface into each SVG', false)
    .option(
      '--format <names...>',
      'svg, pdf or both; PNG at 300 and 600 dpi comes from the Figures tab of the page, where the browser draws it',
      FORMATS,
    )
    .option('--only <names...>', 'draw only the figures whose name begins so, e.g. fig1', [])
    .action(async (options: FiguresOptions) => {
      const formats = options.format.flatMap((names) => names.split(','));
      const unknown = formats.filter((name) => !FORMATS.includes(name));
      if (unknown.length > 0)
        throw new UsageError(
          `--format ${unknown.join(', ')}: expected svg, pdf or both. For PNG, open the two CSV files in the Figures tab of the page.`,
        );
      const { data, warnings } = await readInputs(io, options);
      for (const warning of warnings) io.stderr(`WARNING: ${warning}\n`);
      const selection = {
        excluded: options.excludeSimulators.flatMap((names) => names.split(',')),
        otherModels: options.otherModels,
        anyConfiguration: options.anyConfiguration,
      };
      const request: FigureRequest = {
        data,
        selection,
        draw: drawOptions(options),
        hasAggregateRow: !options.simComparisonNoAggregate,
      };
      const only = options.only.flatMap((names) => names.split(','));
      const isWanted = (name: string): boolean =>
        only.length === 0 || only.some((start) => name.startsWith(start));
      for (const figure of FIGURES.filter(({ name }) => isWanted(name))) {
        io.stdout(`${await drawFigure(io, figure, request, options, formats)}\n`);
      }
      const lines = selectRuntimeTable(data, undefined, selection).map((row) => ({
        ...row,
        name: simulatorStyle(row.simulator).name,
      }));
      const write = (name: string, text: string): Promise<void> =>
        io.writeText(join(options.outputDir, name), text);
      if (lines.length === 0) {
        io.stdout('  SKIP: table1_runtime (insufficient data)\n');
      } else {
        await write('table1_runtime.tex', runtimeTableLatex(lines));
        io.stdout('  OK: table1_runtime\n');
      }
      await write('figures.json', `${JSON.stringify({ figures: figureValues(data, selection) }, null, 1)}\n`);
      io.stdout(`Figures saved to ${options.outputDir}\n`);
    });

async function readInputs(io: Io, options: FiguresOptions): Promise<FigureInputs> {
  const beside = (name: string): Promise<TextFile | undefined> =>
    readIfPresent(io, join(options.resultsDir, name), name);
  const [errors, runtimes, matchedErrors, matchedRuntimes] = [
    await beside(ERROR_RECORDS_FILE),
    await beside(RUNTIME_FILE),
    await beside(MATCHED_ERRORS_FILE),
    await beside(MATCHED_RUNTIME_FILE),
  ];
  if (errors === undefined) throw new UsageError(`${ERROR_RECORDS_FILE} not found in ${options.resultsDir}`);
  if (runtimes === undefined) throw new UsageError(`${RUNTIME_FILE} not found in ${options.resultsDir}`);
  const metadata =
    options.metadata === undefined ? undefined : await readIfPresent(io, options.metadata, options.metadata);
  const read = readFigureFiles({
    errors,
    runtimes,
    ...(metadata === undefined ? {} : { metadata }),
    ...(matchedErrors === undefined ? {} : { matchedErrors }),
    ...(matchedRuntimes === undefined ? {} : { matchedRuntimes }),
  });
  if (!read.ok) throw new UsageError(formatProblem(read.error));
  if (options.metadata === undefined || metadata !== undefined) return read.value;
  return {
    ...read.value,
    warnings: [...read.value.warnings, `Metadata file not found: ${options.metadata}`],
  };
}

/** A file that is not there is no error here; one that cannot be read is. */
async function readIfPresent(io: Io, path: string, name: string): Promise<TextFile | undefined> {
  try {
    return { name, text: await io.readText(path) };
  } catch (error) {
    if (error instanceof UsageError && error.message.includes('ENOENT')) return undefined;
    throw error;
  }
}

function drawOptions({ preset, width }: FiguresOptions): DrawOptions {
  const base = PRESETS[preset];
  return width === undefined ? base : { ...base, width };
}

/** One line of the log. A figure that fails does not stop the others. */
async function drawFigure(
  io: Io,
  figure: (typeof FIGURES)[number],
  request: FigureRequest,
  options: FiguresOptions,
  formats: readonly string[],
): Promise<string> {
  try {
    const outcome = figure.draw(request);
    if (outcome.kind === 'skipped') {
      io.stderr(`${figure.name}: ${outcome.reason}\n`);
      return `  SKIP: ${figure.name} (insufficient data)`;
    }
    const path = join(options.outputDir, figure.name);
    if (formats.includes('svg')) {
      const fonts = options.embedFonts ? { fonts: base64Fonts(io) } : {};
      await io.writeText(`${path}.svg`, writeSvg(outcome.scene, fonts));
    }
    if (formats.includes('pdf'))
      await io.writeBytes(`${path}.pdf`, await writePdf(outcome.scene, fontSet(io)));
    return `  OK: ${figure.name}`;
  } catch (error) {
    return `  FAIL: ${figure.name} (${error instanceof Error ? error.message : String(error)})`;
  }
}

function fontSet(io: Io): FontSet {
  const read = (name: string): FontSet['regular'] => readWoff(io.figureFont(name));
  return { regular: read(FACES.regular), bold: read(FACES.bold), italic: read(FACES.italic) };
}

function base64Fonts(io: Io): Record<keyof typeof FACES, string> {
  const encode = (name: string): string => Buffer.from(io.figureFont(name)).toString('base64');
  return { regular: encode(FACES.regular), bold: encode(FACES.bold), italic: encode(FACES.italic) };
}
