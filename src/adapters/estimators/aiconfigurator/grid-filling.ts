// Preparing a three-axis table for interpolation (aiconfigurator v0.9.0, sdk/interpolation.py): missing target points are filled
// axis by axis, z first, then y, then x, each from neighbours that may themselves have just been filled. The order matters.

import { bracketLoosely, straightLine } from './interpolation';
import { SortedMap, type Grid, type Line, type Plane } from './sorted-map';

export interface GridTargets {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly number[];
  /** Interpolate over y in the square root of the latency: prefill attention grows with the square of the length. */
  readonly isYQuadratic: boolean;
}

/** Fills `grid` in place. */
export function fillGrid(grid: Grid, targets: GridTargets): void {
  for (const plane of grid.values) {
    for (const line of plane.values) fillLine(line, targets.z);
    fillPlane(plane, targets.y, targets.isYQuadratic);
  }
  fillAcross(grid, targets.x);
}

function fillLine(line: Line, targets: readonly number[]): void {
  if (line.size < 2) return;
  for (const z of targets) {
    if (line.has(z)) continue;
    const bracket = bracketLoosely(z, line.keys);
    if (bracket === undefined) continue;
    const low = line.get(bracket[0]);
    const high = line.get(bracket[1]);
    if (low === undefined || high === undefined) continue;
    line.set(z, straightLine(bracket[0], bracket[1], low, high, z));
  }
}

function fillPlane(plane: Plane, targets: readonly number[], isQuadratic: boolean): void {
  for (const y of targets) {
    if (plane.has(y)) continue;
    if (plane.size < 2) return;
    addBetween(plane, plane.keys, y, (low, high) => {
      const line = new SortedMap<number>();
      for (const [z, left, right] of shared(low.line, high.line)) {
        if (!isQuadratic) line.set(z, straightLine(low.key, high.key, left, right, y));
        else if (left >= 0 && right >= 0) {
          line.set(z, straightLine(low.key, high.key, Math.sqrt(left), Math.sqrt(right), y) ** 2);
        }
      }
      return line.size === 0 ? undefined : line;
    });
  }
}

function fillAcross(grid: Grid, targets: readonly number[]): void {
  const present = [...grid.keys];
  if (present.length < 2) return;
  for (const x of targets) {
    if (grid.has(x)) continue;
    addBetween(grid, present, x, (low, high) => {
      const plane = new SortedMap<Line>();
      for (const [y, left, right] of shared(low.line, high.line)) {
        const line = new SortedMap<number>();
        for (const [z, a, b] of shared(left, right)) line.set(z, straightLine(low.key, high.key, a, b, x));
        if (line.size > 0) plane.set(y, line);
      }
      return plane.size === 0 ? undefined : plane;
    });
  }
}

interface Neighbour<V> {
  readonly key: number;
  readonly line: V;
}

/** Adds `key`, made from its two neighbours among `keys`. */
function addBetween<V>(
  map: SortedMap<V>,
  keys: readonly number[],
  key: number,
  make: (low: Neighbour<V>, high: Neighbour<V>) => V | undefined,
): void {
  const bracket = bracketLoosely(key, keys);
  if (bracket === undefined) return;
  const low = map.get(bracket[0]);
  const high = map.get(bracket[1]);
  if (low === undefined || high === undefined) return;
  const made = make({ key: bracket[0], line: low }, { key: bracket[1], line: high });
  if (made !== undefined) map.set(key, made);
}

/** The keys that two maps share, with both values. */
function* shared<V>(left: SortedMap<V>, right: SortedMap<V>): Generator<readonly [number, V, V]> {
  for (const [index, key] of left.keys.entries()) {
    const a = left.values[index];
    const b = right.get(key);
    if (a !== undefined && b !== undefined) yield [key, a, b];
  }
}

/** Raises every value that lies below `floor` to it: nothing measured runs faster than light. */
export function clampFromBelow(grid: Grid, floor: (x: number, y: number, z: number) => number): void {
  for (const [i, plane] of grid.values.entries()) {
    for (const [j, line] of plane.values.entries()) {
      for (const [k, value] of line.values.entries()) {
        const least = floor(grid.keys[i] ?? NaN, plane.keys[j] ?? NaN, line.keys[k] ?? NaN);
        if (value < least) line.values[k] = least;
      }
    }
  }
}

/** start, start + step, … up to and including `end`. */
const steps = (start: number, end: number, step: number): number[] =>
  Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);

const powersOfTwo = (last: number): number[] =>
  Array.from({ length: Math.log2(last) + 1 }, (_, exponent) => 2 ** exponent);

const GEMM_WIDTHS = [
  32, 64, 128, 256, 512, 768, 1024, 1536, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192, 10240, 12288,
  14336, 16384, 20480, 24576, 28672, 32768, 40960, 49152, 57344, 65536, 131072, 262144,
];

/** x = m, y = n, z = k. */
export const GEMM_TARGETS: GridTargets = {
  x: [
    1, 2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024,
    2048, 4096, 8192, 16384, 32768, 131072, 524288, 1048576, 16777216,
  ],
  y: GEMM_WIDTHS,
  z: GEMM_WIDTHS,
  isYQuadratic: false,
};

const HEAD_TARGETS = [
  1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 48, 56, 72, 96, 128,
];

/** Head counts are filled upwards from the smallest that was measured. */
const headTargets = (grid: Grid): number[] => HEAD_TARGETS.filter((heads) => heads >= (grid.keys[0] ?? 0));

/** x = query heads, y = sequence length, z = batch. */
export const contextTargets = (grid: Grid): GridTargets => ({
  x: headTargets(grid),
  y: [
    ...[1, 16, 32, 64, 128, 256, 512, 1024, 2048],
    ...steps(4096, 30720, 2048),
    ...steps(32768, 114688, 16384),
    ...steps(131072, 491520, 32768),
    ...steps(524288, 1048576, 65536),
  ],
  // 512 is filled before 384, as the program lists them.
  z: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 384, 1024, 2048],
  isYQuadratic: true,
});

/** x = query heads, y = batch, z = sequence length. */
export const generationTargets = (grid: Grid): GridTargets => ({
  x: headTargets(grid),
  y: [1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 1024, 2048, 8192],
  z: [...powersOfTwo(262144), 16777216],
  isYQuadratic: false,
});
