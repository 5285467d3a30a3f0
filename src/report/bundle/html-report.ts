// A validation as one HTML file that opens without a network: verdict, tables with their coverage, figures, each experiment's
// predicted against measured latencies, and what could not run. No script; the page's own policy forbids every request.

import { pythonFixed2 } from '../../base/python-numbers';
import { METRICS, type ErrorRecord, type MetricName } from '../../domain/prediction';
import { errorsBySimulator, type Pooling } from '../verdict/error-table';
import { experimentDetail, metricLabel } from '../verdict/experiment-detail';
import { isRanked, verdictOf } from '../verdict/headline';
import { crossTable, errorTable, runtimeRows, type ErrorTable } from '../tables';
import { optionLines, recordsOf, runtimesOf, type ReportRun } from './report-run';

export interface ReportFigure {
  /** File name without ending. */
  readonly name: string;
  readonly caption: string;
  /** A complete SVG document. */
  readonly svg: string;
}

const POOLING: Pooling = { statistic: 'mean', rows: 'all' };
/** ITL percentiles were not measured, so no record has them. */
const SHOWN = METRICS.filter((metric) => metric !== 'itl_p90' && metric !== 'itl_p99');

export function htmlReport(run: ReportRun, figures: readonly ReportFigure[]): string {
  const records = recordsOf(run);
  const body = [
    verdictSection(run, records),
    section('What was compared, and how', optionTable(run)),
    section('Error by simulator', simulatorTable(run, records), MAPE_NOTE),
    section('Bias by simulator', meansTable(named(run, errorTable(records, 'Simulator', 'mpe'))), BIAS_NOTE),
    ...(['Model', 'Workload', 'Hardware'] as const).map((label) => groupSection(run, label, records)),
    section('Run time', runtimeTable(run)),
    ...figures.map(figureSection),
    ...run.experiments.map((experiment) => detailSection(run, experiment, records)),
    missingSection(run),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Plumbline: simulators against measurements</title>',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    ...body.filter((part) => part !== ''),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const MAPE_NOTE =
  'Mean absolute percentage error over all stage and summary rows; n is the number of experiments behind it. Averages over different experiments are not comparable one to one.';
const BIAS_NOTE = 'Mean signed percentage error; positive = predicted slower than measured.';

function verdictSection(run: ReportRun, records: readonly ErrorRecord[]): string {
  const names = run.simulators.map(({ name }) => name);
  const table = errorsBySimulator(records, runtimesOf(run), names, POOLING);
  const experimentCount = run.experiments.length;
  const ranked = table.filter(({ experiments }) => isRanked(experiments.size, experimentCount));
  const verdict = verdictOf({
    table,
    records,
    pooling: POOLING,
    experimentCount,
    ranked: new Set(ranked.map(({ simulator }) => simulator)),
    labelOf: (name) => labelOf(run, name),
  });
  const headline = verdict?.headline ?? 'No simulator covers half of the experiments.';
  const support = (verdict?.support ?? []).map((sentence) => `<p>${escape(sentence)}</p>`);
  return `<h1>${escape(headline)}</h1>\n${support.join('\n')}`;
}

const labelOf = (run: ReportRun, name: string): string =>
  run.simulators.find((simulator) => simulator.name === name)?.label ?? name;

const optionTable = (run: ReportRun): string =>
  table(
    ['Choice', 'Value', 'Meaning'],
    optionLines(run).map(({ name, value, meaning }) => [name, value, meaning]),
    'words',
  );

function simulatorTable(run: ReportRun, records: readonly ErrorRecord[]): string {
  const rows = errorTable(records, 'Simulator').rows;
  return table(
    ['Simulator', 'n', ...SHOWN.map(metricLabel)],
    rows.map(({ key, means }) => {
      const covered = new Set(
        records.filter(({ simulator }) => simulator === key).map(({ experimentFolder }) => experimentFolder),
      );
      return [
        labelOf(run, key),
        `${covered.size} of ${run.experiments.length}`,
        ...SHOWN.map((metric) => cell(means[metric])),
      ];
    }),
  );
}

const meansTable = ({ label, rows }: ErrorTable): string =>
  table(
    [label, ...SHOWN.map(metricLabel)],
    rows.map(({ key, means }) => [key, ...SHOWN.map((metric) => cell(means[metric]))]),
  );

const cell = (value: number | undefined): string => (value === undefined ? 'N/A' : pythonFixed2(value));

/** Simulators' labels in place of their names. */
const named = (run: ReportRun, { label, rows }: ErrorTable): ErrorTable => ({
  label,
  rows: rows.map(({ key, means }) => ({ key: labelOf(run, key), means })),
});

/** Pooled over simulators, then simulator by simulator for the E2E mean. */
function groupSection(
  run: ReportRun,
  label: 'Model' | 'Workload' | 'Hardware',
  records: readonly ErrorRecord[],
): string {
  const crossed = crossTable(records, label);
  const names = [...new Set(records.map(({ simulator }) => simulator))].sort();
  const metric: MetricName = 'e2e_mean';
  const pivot = table(
    ['E2E mean of', ...crossed.map(({ key }) => key)],
    names.map((name) => [
      labelOf(run, name),
      ...crossed.map(({ table: own }) => cell(own.rows.find(({ key }) => key === name)?.means[metric])),
    ]),
  );
  return section(`Error by ${label.toLowerCase()}`, `${meansTable(errorTable(records, label))}\n${pivot}`);
}

const runtimeTable = (run: ReportRun): string =>
  table(
    ['Simulator', 'Mean, s', 'Min, s', 'Max, s', 'Total, s', 'Runs'],
    runtimeRows(runtimesOf(run)).map((row) => [
      labelOf(run, row.simulator),
      ...[row.meanS, row.minS, row.maxS, row.totalS].map(pythonFixed2),
      String(row.runs),
    ]),
  );

/** As an image, so that the ids inside one figure cannot meet those of another. */
const figureSection = ({ name, caption, svg }: ReportFigure): string =>
  `<figure><img alt="${escape(caption)}" src="data:image/svg+xml,${encodeURIComponent(svg)}"><figcaption>${escape(`${name}: ${caption}`)}</figcaption></figure>`;

function detailSection(
  run: ReportRun,
  experiment: ReportRun['experiments'][number],
  records: readonly ErrorRecord[],
): string {
  const names = run.outcomes
    .filter(({ result }) => result.folder === experiment.folder)
    .map(({ result }) => result.simulator);
  const stages = experimentDetail(experiment, records, names);
  const rows = stages.flatMap((stage) =>
    stage.rows.map(({ metric, measuredMs, cells }) => [
      stage.stageIndex < 0 ? 'all' : String(stage.stageIndex),
      metricLabel(metric),
      pythonFixed2(measuredMs),
      ...cells.map((value) =>
        value === undefined ? 'N/A' : `${pythonFixed2(value.predictedMs)} (${signed(value.deltaPercent)} %)`,
      ),
    ]),
  );
  const facts = `${experiment.model}, ${experiment.workload}, ${experiment.hardware}, TP ${experiment.tp}; KV size from ${experiment.kvSource}.`;
  const warnings = experiment.warnings.map((warning) => `<p>${escape(warning)}</p>`).join('\n');
  const header = ['Stage', 'Metric', 'Measured, ms', ...names.map((name) => `${labelOf(run, name)}, ms`)];
  return `<details><summary>${escape(experiment.folder)}</summary>\n<p>${escape(facts)}</p>\n${warnings}\n${table(header, rows)}\n</details>`;
}

const signed = (value: number): string =>
  `${value > 0 ? '+' : ''}${value === Infinity ? 'inf' : value.toFixed(1)}`;

function missingSection({ missing, leftOut }: ReportRun): string {
  const rows = [
    ...leftOut.map(({ folder, reason }) => [folder, 'all', 'not read', reason]),
    ...missing.map(({ folder, simulator, kind, reason }) => [folder, simulator, kind, reason]),
  ];
  if (rows.length === 0) return '';
  return section(
    'What did not run, and why',
    table(['Experiment', 'Simulator', 'Outcome', 'Reason'], rows, 'words'),
  );
}

const section = (title: string, content: string, note = ''): string =>
  `<section><h2>${escape(title)}</h2>\n${note === '' ? '' : `<p>${escape(note)}</p>\n`}${content}</section>`;

function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  kind: 'numbers' | 'words' = 'numbers',
): string {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((text) => `<${tag}>${escape(text)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table class="${kind}">\n<thead>${line(header, 'th')}</thead>\n<tbody>\n${rows.map((row) => line(row, 'td')).join('\n')}\n</tbody></table></div>`;
}

/** Names come from files: text, never markup. */
const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 1100px; margin: 2rem auto; padding: 0 1rem; color: light-dark(#14181d, #f1f4f6); background: light-dark(#ffffff, #12161a); }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: 0.75rem 0; font-size: 0.875rem; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid light-dark(#dadee3, #272d34); text-align: left; vertical-align: top; }
.numbers th:not(:first-child), .numbers td:not(:first-child) { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 2rem 0; } figure img { max-width: 100%; background: #ffffff; } figcaption { font-size: 0.875rem; }
summary { cursor: pointer; margin: 0.5rem 0; }
`;
