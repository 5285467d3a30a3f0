// A cohort is a population of equal clients with an activity pattern (spec 2.3; BLIS 87cc70ed sim/workload/cohort.go).
// Patterns become activity windows; several patterns act as a union.

import type { ActivityWindow, ClientSpec, CohortSpec } from './spec';

const HOUR_US = 3.6e9;
const HOURS = 24;
const DRAIN_SEGMENTS = 10;

/**
 * cos(2π·d/24) for d = 0 … 23 as bits of a double. Host cosines differ in the last bit in four places, which can move a
 * window edge by 1 µs (spec 1.5; Go 1.24 math.Cos).
 */
const COS_HOURS_BITS = [
  0x3ff0000000000000n,
  0x3feee8dd4748bf15n,
  0x3febb67ae8584cabn,
  0x3fe6a09e667f3bcdn,
  0x3fe0000000000001n,
  0x3fd0907dc1930690n,
  0x3c91a62633145c00n,
  0xbfd0907dc193068en,
  0xbfdffffffffffffcn,
  0xbfe6a09e667f3bccn,
  0xbfebb67ae8584cabn,
  0xbfeee8dd4748bf14n,
  0xbff0000000000000n,
  0xbfeee8dd4748bf15n,
  0xbfebb67ae8584cacn,
  0xbfe6a09e667f3bd0n,
  0xbfe0000000000004n,
  0xbfd0907dc193068en,
  0xbcaa79394c9e8a00n,
  0x3fd0907dc1930688n,
  0x3fe0000000000000n,
  0x3fe6a09e667f3bccn,
  0x3febb67ae8584ca8n,
  0x3feee8dd4748bf13n,
] as const;

const COS_HOURS = new Float64Array(new BigUint64Array(COS_HOURS_BITS).buffer);

/** Members `<id>-0`, `<id>-1`, … that share the cohort's weight. */
export function expandCohort(cohort: CohortSpec): ClientSpec[] {
  const { population, diurnal, spike, drain, ...sender } = cohort;
  const windows = [
    ...(diurnal === undefined ? [] : diurnalWindows(diurnal.peakHour, diurnal.peakToTroughRatio)),
    ...(spike === undefined ? [] : [{ startUs: spike.startUs, endUs: spike.startUs + spike.durationUs }]),
    ...(drain === undefined ? [] : drainWindows(drain.startUs, drain.rampUs)),
  ];
  return Array.from({ length: population }, (_, member) => ({
    ...sender,
    id: `${cohort.id}-${member}`,
    rateFraction: cohort.rateFraction / population,
    concurrency: 0,
    thinkTimeUs: 0,
    ...(windows.length === 0 ? {} : { windows }),
  }));
}

/** One window an hour of the first day, longest at the peak. */
export function diurnalWindows(peakHour: number, ratio: number): ActivityWindow[] {
  const trough = 1 / ratio;
  return Array.from({ length: HOURS }, (_, hour) => {
    const cosine = COS_HOURS[Math.abs(hour - peakHour)] ?? 1;
    const share = ((1 + cosine) / 2) * (1 - trough) + trough;
    const startUs = hour * HOUR_US;
    return { startUs, endUs: startUs + Math.min(HOUR_US, Math.max(1, Math.trunc(HOUR_US * share))) };
  });
}

/** Always active until `startUs`, then ten ever shorter windows. */
export function drainWindows(startUs: number, rampUs: number): ActivityWindow[] {
  const segment = Math.max(1, Math.floor(rampUs / DRAIN_SEGMENTS));
  const windows: ActivityWindow[] = startUs > 0 ? [{ startUs: 0, endUs: startUs }] : [];
  for (let index = 0; index < DRAIN_SEGMENTS; index++) {
    const from = startUs + index * segment;
    const share = (DRAIN_SEGMENTS - index) / DRAIN_SEGMENTS;
    windows.push({ startUs: from, endUs: from + Math.max(1, Math.trunc(segment * share)) });
  }
  return windows;
}
