// The result bundle: every file of a validation in one zip, with a manifest for programs. The same results give the same bytes,
// except for wall clocks (`runtime.csv`, and what repeats it). The page opens it again (`open-bundle.ts`).

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { zipSync } from 'fflate';
import { BUNDLE_MANIFEST, BUNDLE_PROJECT } from '../../sources/bundle-folder';
import { runtimeTableLatex, type RuntimeLine } from '../latex';
import { errorRecordsCsv, runtimeCsv } from '../record-csv';
import { reportJson } from '../tables-json';
import { errorTablesText, extraTablesText, runtimeTableText } from '../text-report';
import { BUNDLE_FORMAT, BUNDLE_VERSION, projectText } from './bundled-project';
import { htmlReport, type ReportFigure } from './html-report';
import {
  experimentFingerprint,
  optionLines,
  recordsOf,
  REMARK,
  runtimesOf,
  type ReportRun,
} from './report-run';

interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Zip entries need a time; a fixed one keeps equal results equal. The zip format starts in 1980. */
const ENTRY_TIME = new Date(1980, 0, 1);

/** Drawn elsewhere: the figures also appear in the HTML page, the rows become the LaTeX table. */
export interface BundlePictures {
  readonly figures: readonly ReportFigure[];
  readonly runtimes: readonly RuntimeLine[];
}

export function resultBundle(run: ReportRun, pictures: BundlePictures): Uint8Array {
  const files = reportFiles(run, pictures);
  const manifest = text(BUNDLE_MANIFEST, `${JSON.stringify(bundleManifest(run, files), null, 1)}\n`);
  const entries = [manifest, ...files].map(({ path, bytes }) => [path, bytes] as const);
  return zipSync(Object.fromEntries(entries), { mtime: ENTRY_TIME });
}

function reportFiles(run: ReportRun, { figures, runtimes: lines }: BundlePictures): BundleFile[] {
  const records = recordsOf(run);
  const runtimes = runtimesOf(run);
  const tables = [errorTablesText(records), runtimeTableText(runtimes), extraTablesText(records)];
  return [
    text('error_records.csv', errorRecordsCsv(records)),
    text('runtime.csv', runtimeCsv(runtimes)),
    text('tables.txt', `${tables.join('\n\n')}\n`),
    text('tables.json', `${JSON.stringify({ report: reportJson(records, runtimes) }, null, 1)}\n`),
    text('report.html', htmlReport(run, figures)),
    text(BUNDLE_PROJECT, projectText(run)),
    ...figures.map(({ name, svg }) => text(`figures/${name}.svg`, svg)),
    ...(lines.length === 0 ? [] : [text('figures/table1_runtime.tex', runtimeTableLatex(lines))]),
  ];
}

const text = (path: string, content: string): BundleFile => ({
  path,
  bytes: new TextEncoder().encode(content),
});

function bundleManifest(run: ReportRun, files: readonly BundleFile[]) {
  return {
    format: BUNDLE_FORMAT,
    formatVersion: BUNDLE_VERSION,
    options: Object.fromEntries(
      optionLines(run)
        .filter(({ name }) => name !== REMARK)
        .map(({ name, value }) => [name, value]),
    ),
    remarks: run.remarks ?? [],
    experiments: run.experiments.map((experiment) => ({
      exp_id: experiment.expId,
      folder: experiment.folder,
      model: experiment.model,
      workload: experiment.workload,
      hardware: experiment.hardware,
      tp: experiment.tp,
      kv_source: experiment.kvSource,
      fingerprint: experimentFingerprint(experiment),
      warnings: experiment.warnings,
    })),
    left_out: run.leftOut,
    simulators: run.simulators.map(({ name, label }) => ({ name, label })),
    pairs: [
      ...run.outcomes.map(({ result, isStale }) => ({
        folder: result.folder,
        simulator: result.simulator,
        outcome: 'done',
        wall_clock_seconds: result.wallClockSeconds ?? null,
        ...(result.basis === undefined
          ? {}
          : { basis: { mode: result.basis.mode, tables: result.basis.tables ?? null } }),
        ...(isStale ? { stale: true } : {}),
        notes: result.notes,
      })),
      ...run.missing.map(({ folder, simulator, kind, reason }) => ({
        folder,
        simulator,
        outcome: kind,
        reason,
      })),
    ],
    files: files.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: bytesToHex(sha256(bytes)) })),
  };
}
