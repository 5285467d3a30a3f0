// How close one list of numbers is to another, pair by pair and as distributions (spec 11; BLIS 87cc70ed
// sim/workload/calibrate.go). Fractions, not per cent; percentiles interpolate linearly at rank p/100·(n − 1).

export type Quality = 'excellent' | 'good' | 'fair' | 'poor';
export type Bias = 'over-predict' | 'under-predict' | 'neutral' | '';

export interface MetricComparison {
  readonly count: number;
  readonly realMean: number;
  readonly simMean: number;
  readonly meanError: number;
  readonly meanPercentError: number;
  readonly medianError: number;
  readonly medianPercentError: number;
  /** P50, P90, P95, P99. */
  readonly real: PercentileSet;
  readonly sim: PercentileSet;
  readonly mape: number;
  readonly pearsonR: number;
  readonly bias: Bias;
  readonly quality: Quality;
}

export interface PercentileSet {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

/** Lists of equal length, at least one pair. */
export function compareMetric(real: readonly number[], simulated: readonly number[]): MetricComparison {
  const realMean = mean(real);
  const simMean = mean(simulated);
  const realSet = percentiles(real);
  const simSet = percentiles(simulated);
  const { mape, bias } = relativeError(real, simulated);
  const pearsonR = pearson(real, simulated);
  return {
    count: real.length,
    realMean,
    simMean,
    meanError: simMean - realMean,
    meanPercentError: shareOf(simMean - realMean, realMean),
    medianError: simSet.p50 - realSet.p50,
    medianPercentError: shareOf(simSet.p50 - realSet.p50, realSet.p50),
    real: realSet,
    sim: simSet,
    mape,
    pearsonR,
    bias,
    quality: qualityOf(mape, pearsonR),
  };
}

const shareOf = (error: number, reference: number): number =>
  reference === 0 ? 0 : Math.abs(error) / reference;

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

function percentiles(values: readonly number[]): PercentileSet {
  const sorted = Float64Array.from(values).sort();
  const at = (p: number): number => {
    const rank = (p / 100) * (sorted.length - 1);
    const low = Math.floor(rank);
    const below = sorted[low] ?? 0;
    const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? below;
    return below + (rank - low) * (above - below);
  };
  return { p50: at(50), p90: at(90), p95: at(95), p99: at(99) };
}

/** Pairs whose real value is 0 have no relative error and are left out. */
function relativeError(real: readonly number[], simulated: readonly number[]): { mape: number; bias: Bias } {
  let absolute = 0;
  let signed = 0;
  let count = 0;
  real.forEach((value, at) => {
    if (value === 0) return;
    const error = (simulated[at] ?? 0) - value;
    absolute += Math.abs(error) / value;
    signed += error;
    count++;
  });
  if (count === 0) return { mape: 0, bias: '' };
  return {
    mape: absolute / count,
    bias: signed > 0 ? 'over-predict' : signed < 0 ? 'under-predict' : 'neutral',
  };
}

/** 0 below three pairs or where one side does not vary. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  if (n < 3) return 0;
  let [sumX, sumY, sumXY, sumXX, sumYY] = [0, 0, 0, 0, 0];
  for (let at = 0; at < n; at++) {
    const a = x[at] ?? 0;
    const b = y[at] ?? 0;
    sumX += a;
    sumY += b;
    sumXY += a * b;
    sumXX += a * a;
    sumYY += b * b;
  }
  const denominator = Math.sqrt((n * sumXX - sumX * sumX) * (n * sumYY - sumY * sumY));
  return denominator === 0 || Number.isNaN(denominator) ? 0 : (n * sumXY - sumX * sumY) / denominator;
}

const GRADES: readonly { readonly quality: Quality; readonly mape: number; readonly r: number }[] = [
  { quality: 'excellent', mape: 0.1, r: 0.95 },
  { quality: 'good', mape: 0.2, r: 0.85 },
  { quality: 'fair', mape: 0.35, r: 0.7 },
];

const qualityOf = (mape: number, r: number): Quality =>
  GRADES.find((grade) => mape < grade.mape && r > grade.r)?.quality ?? 'poor';
