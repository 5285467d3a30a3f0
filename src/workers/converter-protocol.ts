// Calls between the Convert place and its worker. Types only. The worker keeps what was read; the page gets summaries, and
// files as blobs that it hands to the browser.

import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import type { LoadSummary } from '../report/convert/summarise-load';
import type { Target } from '../report/convert/write-load';
import type { LoadPreview } from '../workload/load-preview';
import type { ReplayMetric } from '../validation/judge-replay/report';
import type { MetricComparison } from '../validation/judge-replay/statistics';
import type { RunnerSetup } from './protocol';
import type { FilesInput } from './protocol';

export interface ReadAnswer {
  readonly file: string;
  readonly format: string;
  readonly kind: 'spec' | 'trace' | 'measured';
  readonly notes: readonly string[];
  /** The specification to edit. */
  readonly yaml?: string;
  /** Of what is not edited. */
  readonly preview?: LoadPreview;
  readonly targets: readonly Target[];
}

export interface OutputOptions {
  readonly target: Target;
  readonly sortByStart: boolean;
  readonly dropFailed: boolean;
  /** The text as edited, for specifications. */
  readonly yaml?: string;
}

export interface OutputPreview {
  readonly files: readonly { readonly name: string; readonly firstLines: readonly string[] }[];
  readonly losses: readonly string[];
}

export interface OutputFile {
  readonly name: string;
  readonly blob: Blob;
}

export interface JudgeSettings {
  readonly warmUpRequests?: number;
  readonly networkRttUs?: number;
  readonly bandwidthMbps: number;
}

/** ms, one entry a request; and both distributions as quantiles. */
export interface JudgedMetric {
  readonly metric: ReplayMetric;
  readonly comparison: MetricComparison;
  readonly realMs: Float64Array;
  readonly simulatedMs: Float64Array;
  readonly realQuantilesMs: Float64Array;
  readonly simulatedQuantilesMs: Float64Array;
}

export interface JudgeAnswer {
  /** Files in hand. */
  readonly header?: string;
  readonly trace?: { readonly file: string; readonly records: number };
  readonly results?: { readonly file: string; readonly count: number };
  readonly chunks?: { readonly file: string; readonly count: number };
  /** What the header says, for the fields left to it. */
  readonly headerWarmUp: number;
  readonly headerRttUs: number;
  readonly verdict?: Result<JudgeVerdict>;
}

export interface JudgeVerdict {
  readonly metrics: readonly JudgedMetric[];
  readonly matched: number;
  readonly warmUpExcluded: number;
  readonly unmatched: number;
  readonly tokenMismatches: number;
  readonly itlDropped: number;
  /** The reference's report. */
  readonly reportJson: string;
}

export interface ConverterApi {
  open(setup: RunnerSetup): Promise<Result<readonly string[]>>;
  read(input: FilesInput): Promise<Result<ReadAnswer>>;
  /** A text typed or pasted. */
  paste(yaml: string): Promise<ReadAnswer>;
  preset(name: string, rateRps: number, numRequests: number): Promise<Result<ReadAnswer>>;
  check(yaml: string): Promise<Result<LoadSummary, readonly Problem[]>>;
  showOutput(options: OutputOptions): Promise<Result<OutputPreview>>;
  makeOutput(options: OutputOptions): Promise<Result<readonly OutputFile[]>>;
  judge(input: FilesInput | undefined, settings: JudgeSettings): Promise<Result<JudgeAnswer>>;
  forgetJudge(): Promise<void>;
}
