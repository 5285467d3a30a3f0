// What the page asks about a finished run's course, and the columns that answer. Times in µs.

/** Lanes of state, in the order in which they are drawn. KV use is a share, 0 … 1. */
export const STATE_LANES = ['waiting', 'running', 'kvUse'] as const;
export type StateLane = (typeof STATE_LANES)[number];

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
  /** Pixel columns to divide it into. */
  readonly columns: number;
}

/** Least and greatest value of a lane in each pixel column; NaN where nothing is known. */
export interface LaneExtremes {
  readonly least: Float64Array;
  readonly greatest: Float64Array;
}

export interface LaneColumns extends Window {
  readonly lanes: Readonly<Record<StateLane, LaneExtremes>>;
  /** Preemptions in each column. */
  readonly preemptions: Uint32Array;
  /** Requests that arrived in each column. */
  readonly arrivals: Uint32Array;
  /** False where neighbouring states were merged for lack of room: extremes then hold for longer stretches than a column. */
  readonly isExact: boolean;
}

/** Peak KV use of one instance in each column. */
export interface KvStrip {
  readonly instance: number;
  readonly name: string;
  /** 0 … 1, NaN = unknown. */
  readonly peak: Float32Array;
  readonly preemptions: Uint32Array;
}

export interface KvStrips extends Window {
  /** By instance; where more instances exist than were asked for, those with the highest peak of the whole run. */
  readonly strips: readonly KvStrip[];
  readonly instances: number;
}
