// Interpolation primitives of aiconfigurator v0.9.0 (sdk/interpolation.py): bracketing, the guarded straight line, and the
// surface over the two inner axes followed by a line over the outer one. A value that cannot be bracketed is `undefined`,
// which callers report as missing from the tables.

import { cloughTocher } from './clough-tocher';
import type { Grid, Line } from './sorted-map';

export type Bracket = readonly [left: number, right: number];

/** Neighbours of `x` among ascending `keys`: strictly inside (an exact hit becomes the left one), else nothing. */
export function bracketInside(x: number, keys: readonly number[]): Bracket | undefined {
  const first = keys[0];
  const last = keys[keys.length - 1];
  if (first === undefined || last === undefined || x < first || x > last) return undefined;
  return bracketLoosely(x, keys);
}

/** As `bracketInside`, but a value outside the keys gets the two end keys of its side. */
export function bracketLoosely(x: number, keys: readonly number[]): Bracket | undefined {
  const only = keys[0];
  if (only === undefined) return undefined;
  if (keys.length === 1) return [only, only];
  let right = 1;
  while (right < keys.length - 1 && x >= (keys[right] ?? Infinity)) right += 1;
  const leftKey = keys[right - 1];
  const rightKey = keys[right];
  return leftKey === undefined || rightKey === undefined ? undefined : [leftKey, rightKey];
}

/**
 * The straight line through two points, except that it never continues a trend falling with size: outside [x0, x1] such a pair
 * answers y0 on both sides.
 */
export function straightLine(x0: number, x1: number, y0: number, y1: number, x: number): number {
  const fallsOutside = (x0 - x1) * (y0 - y1) < 0 && (x - x0) * (x - x1) > 0;
  if (fallsOutside || y0 === y1) return y0;
  return y0 + ((y1 - y0) / (x1 - x0)) * (x - x0);
}

/** The line over one axis, extrapolating at the ends. */
export function alongLine(line: Line, x: number): number | undefined {
  const bracket = bracketLoosely(x, line.keys);
  if (bracket === undefined) return undefined;
  const y0 = line.get(bracket[0]);
  const y1 = line.get(bracket[1]);
  return y0 === undefined || y1 === undefined ? undefined : straightLine(bracket[0], bracket[1], y0, y1, x);
}

export type Surface = 'bilinear' | 'cubic';

/** A value of the grid: the surface over (y, z) at both neighbours of x, then the line over x. Never extrapolates. */
export function inGrid(grid: Grid, x: number, y: number, z: number, surface: Surface): number | undefined {
  const bracket = bracketInside(x, grid.keys);
  if (bracket === undefined) return undefined;
  const left = onPlane(grid, bracket[0], y, z, surface);
  const right = bracket[0] === bracket[1] ? left : onPlane(grid, bracket[1], y, z, surface);
  if (left === undefined || right === undefined) return undefined;
  return straightLine(bracket[0], bracket[1], left, right, x);
}

function onPlane(grid: Grid, x: number, y: number, z: number, surface: Surface): number | undefined {
  const plane = grid.get(x);
  if (plane === undefined) return undefined;
  const ys = bracketInside(y, plane.keys);
  if (ys === undefined) return undefined;
  const low = plane.get(ys[0]);
  const high = plane.get(ys[1]);
  if (low === undefined || high === undefined) return undefined;
  const zs = bracketInside(z, low.keys);
  // Both lines must offer the same rectangle; a lone key spans none.
  if (zs === undefined || ys[0] === ys[1] || zs[0] === zs[1]) return undefined;
  const f00 = low.get(zs[0]);
  const f01 = low.get(zs[1]);
  const f10 = high.get(zs[0]);
  const f11 = high.get(zs[1]);
  if (f00 === undefined || f01 === undefined || f10 === undefined || f11 === undefined) return undefined;
  if (surface === 'cubic') return cloughTocher(ys, zs, [f00, f01, f10, f11], y, z);
  const [y0, y1] = ys;
  const [z0, z1] = zs;
  const weighted =
    f00 * (y1 - y) * (z1 - z) +
    f01 * (y1 - y) * (z - z0) +
    f10 * (y - y0) * (z1 - z) +
    f11 * (y - y0) * (z - z0);
  return weighted / ((y1 - y0) * (z1 - z0));
}
