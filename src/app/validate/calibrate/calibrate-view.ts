// What the Calibrate tab shows, as rows: held-out and seen predictions by experiment and stage, and the sentence above them.

import type { CalibrationAnswer, PredictedExperiment } from '../../../calibration/answer';
import type { Prediction, StageMarks } from '../../../calibration/predict';
import type { FitMetric, RequestSet } from '../../../calibration/run-metrics';
import { showPercent } from '../../../base/display';

export const METRIC_LABELS: Readonly<Record<FitMetric, string>> = {
  e2e_mean: 'E2E mean',
  e2e_p90: 'E2E p90',
  e2e_p99: 'E2E p99',
  ttft_mean: 'TTFT mean',
  ttft_p90: 'TTFT p90',
  ttft_p99: 'TTFT p99',
  itl_mean: 'ITL mean',
};

/** One metric of one stage. Shares are relative to the measurement, in percent. */
export interface ShownRow {
  readonly metric: FitMetric;
  readonly label: string;
  readonly measuredMs: number;
  readonly predictedMs: number;
  readonly deltaPercent: number;
  readonly bandMs?: readonly [number, number];
  readonly bandPercent?: readonly [number, number];
  /** The measurement lies outside the band. */
  readonly isMissed: boolean;
}

export interface ShownStage {
  readonly key: string;
  readonly folder: string;
  readonly name: string;
  readonly stageIndex: number;
  readonly isTraining: boolean;
  readonly rows: readonly ShownRow[];
  readonly remarks: readonly string[];
}

function shownRow({ metric, measured, predicted, band }: Prediction): ShownRow {
  const delta = (value: number): number => 100 * (value / measured - 1);
  return {
    metric,
    label: METRIC_LABELS[metric],
    measuredMs: measured,
    predictedMs: predicted,
    deltaPercent: delta(predicted),
    ...(band === undefined ? {} : { bandMs: band, bandPercent: [delta(band[0]), delta(band[1])] as const }),
    isMissed: band !== undefined && !(band[0] <= measured && measured <= band[1]),
  };
}

function remarksOf(mark: StageMarks | undefined): string[] {
  if (mark === undefined) return [];
  const remarks: string[] = [];
  if (mark.isKnifeEdge) {
    const [low, high] = mark.ttftP90Range.map((share) => showPercent(100 * (share - 1)));
    remarks.push(
      `Near the batch-slot limit: queueing amplifies a 1 % step-time error. Step times 2 % shorter or longer move TTFT p90 by ${low ?? '?'} and ${high ?? '?'} %.`,
    );
  }
  if (mark.isSaturated)
    remarks.push('Saturated: the queue grows all along, so a small step-time error adds up.');
  if (mark.isExtrapolated) {
    remarks.push('Extrapolated in context length: the fit has seen no contexts like these; bands are wider.');
  }
  return remarks;
}

/** Stages of every predicted experiment, unseen ones first. */
export function shownStages(answer: CalibrationAnswer, set: RequestSet): ShownStage[] {
  const ofExperiment = ({
    folder,
    expId,
    isTraining,
    rows,
    marks,
    notes,
  }: PredictedExperiment): ShownStage[] => {
    // What was found in the run itself stands under "Found in the data".
    const found = answer.findings.find((each) => each.folder === folder)?.sentences ?? [];
    const ofRun = notes.filter((note) => !found.includes(note));
    // Generated arrivals know only the whole set.
    const own = rows.some((row) => row.set === set) ? rows.filter((row) => row.set === set) : rows;
    return [...new Set(own.map(({ stageIndex }) => stageIndex))].map((stageIndex) => ({
      key: `${folder}:${stageIndex}`,
      folder,
      name: expId === 0 ? folder : String(expId),
      stageIndex,
      isTraining,
      rows: own.filter((row) => row.stageIndex === stageIndex && Number.isFinite(row.measured)).map(shownRow),
      remarks:
        marks.length === 0
          ? ['Arrivals and lengths are generated from the stage summary; all requests, no bands.']
          : [...ofRun, ...remarksOf(marks.find((mark) => mark.stageIndex === stageIndex))],
    }));
  };
  const stages = answer.experiments.flatMap(ofExperiment);
  return [
    ...stages.filter(({ isTraining }) => !isTraining),
    ...stages.filter(({ isTraining }) => isTraining),
  ];
}

/** The accuracy sentence: held-out figures only. */
export function accuracySentence({ heldOut, source }: CalibrationAnswer): string {
  if (source === 'default') return 'Nothing was calibrated: predictions use the default vector.';
  if (heldOut === undefined) return 'Nothing could be held out, so the accuracy of this fit is unknown.';
  const of = (metric: FitMetric): string => {
    const error = heldOut.errors.find((each) => each.metric === metric && each.set === 'warm');
    return error === undefined || error.rows === 0 ? 'unknown' : `${showPercent(error.mape)} %`;
  };
  return `Held-out error: E2E ${of('e2e_mean')}, TTFT ${of('ttft_mean')}, ITL ${of('itl_mean')}.`;
}

/** Half-width of the drawn ratio axis, percent: covers every delta and band, in steps of 5, at most 50. */
export function axisPercent(stages: readonly ShownStage[]): number {
  const sizes = stages.flatMap(({ rows }) =>
    rows.flatMap(({ deltaPercent, bandPercent }) => [deltaPercent, ...(bandPercent ?? [])].map(Math.abs)),
  );
  const most = Math.max(5, ...sizes.filter(Number.isFinite));
  return Math.min(Math.ceil(most / 5) * 5, 50);
}

/** Points of the cost curve inside a box, on a log scale: `x,y` pairs of an SVG polyline. */
export function costPoints(costs: readonly number[], width: number, height: number): string {
  const known = costs.filter((cost) => cost > 0);
  if (known.length === 0) return '';
  const logs = known.map(Math.log);
  const low = Math.min(...logs);
  const range = Math.max(...logs) - low || 1;
  return logs
    .map((value, i) => {
      const x = known.length === 1 ? width : (i / (known.length - 1)) * width;
      return `${x.toFixed(1)},${(height - ((value - low) / range) * height).toFixed(1)}`;
    })
    .join(' ');
}
