// The C1 piecewise-cubic surface of Clough and Tocher over one rectangle, with corner gradients that minimise bending energy
// along the edges, as SciPy's two-dimensional cubic griddata computes it (aiconfigurator v0.9.0 calls that on four corners).
// The gradient iteration stops by an absolute rule for small gradients; latencies have gradients near 1e-5 per token, so it stops
// early and the early stop is part of the value. Solving the system exactly would give other digits.

type Pair = readonly [number, number];

/** Corner order everywhere: (y0,z0), (y0,z1), (y1,z0), (y1,z1). The diagonal joins corners 0 and 3. */
const NEIGHBOURS: readonly (readonly number[])[] = [
  [1, 2, 3],
  [0, 3],
  [0, 3],
  [0, 1, 2],
];
const MAX_SWEEPS = 400;
const GRADIENT_TOLERANCE = 1e-6;

/** The surface through the four corner values, at (y, z) inside the rectangle. */
export function cloughTocher(
  ys: Pair,
  zs: Pair,
  values: readonly [number, number, number, number],
  y: number,
  z: number,
): number {
  const points: readonly Pair[] = [
    [ys[0], zs[0]],
    [ys[0], zs[1]],
    [ys[1], zs[0]],
    [ys[1], zs[1]],
  ];
  const gradients = estimateGradients(points, values);
  // Above the diagonal lies (P0, P1, P3), below it (P0, P3, P2).
  const isUpper = (z - zs[0]) * (ys[1] - ys[0]) >= (y - ys[0]) * (zs[1] - zs[0]);
  const corners: readonly [number, number, number] = isUpper ? [0, 1, 3] : [0, 3, 2];
  const opposite = isUpper ? 2 : 1;
  return evaluate(points, values, gradients, corners, opposite, [y, z]);
}

const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index];
  if (value === undefined) throw new RangeError(`index ${String(index)} is outside the corner list`);
  return value;
};

/** Gauss–Seidel sweeps over the corners, in corner order, until the largest change of a sweep is small. */
export function estimateGradients(points: readonly Pair[], values: readonly number[]): readonly Pair[] {
  const gradients: [number, number][] = points.map(() => [0, 0]);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    let largest = 0;
    for (const [i, neighbours] of NEIGHBOURS.entries()) {
      const [py, pz] = at(points, i);
      let qyy = 0;
      let qyz = 0;
      let qzz = 0;
      let sy = 0;
      let sz = 0;
      for (const j of neighbours) {
        const [ny, nz] = at(points, j);
        const ey = ny - py;
        const ez = nz - pz;
        const length = Math.sqrt(ey * ey + ez * ez);
        const cube = length * length * length;
        qyy += (4 * ey * ey) / cube;
        qyz += (4 * ey * ez) / cube;
        qzz += (4 * ez * ez) / cube;
        const [gy, gz] = at(gradients, j);
        const pull = (6 * (at(values, i) - at(values, j)) + 2 * (ey * gy + ez * gz)) / cube;
        sy += pull * ey;
        sz += pull * ez;
      }
      const determinant = qyy * qzz - qyz * qyz;
      const ry = (qzz * sy - qyz * sz) / determinant;
      const rz = (-qyz * sy + qyy * sz) / determinant;
      const current = at(gradients, i);
      const change = Math.max(Math.abs(current[0] + ry), Math.abs(current[1] + rz));
      current[0] = -ry;
      current[1] = -rz;
      largest = Math.max(largest, change / Math.max(1, Math.abs(ry), Math.abs(rz)));
    }
    if (largest < GRADIENT_TOLERANCE) break;
  }
  return gradients;
}

/** Barycentric coordinates of `p` in the triangle (a, b, c). */
function barycentric(a: Pair, b: Pair, c: Pair, p: Pair): readonly [number, number, number] {
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
  const second = ((p[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (p[1] - a[1])) / area;
  const third = ((b[0] - a[0]) * (p[1] - a[1]) - (p[0] - a[0]) * (b[1] - a[1])) / area;
  return [1 - second - third, second, third];
}

/** Evaluates the cubic of one triangle; `opposite` is the corner across its diagonal edge. */
function evaluate(
  points: readonly Pair[],
  values: readonly number[],
  gradients: readonly Pair[],
  corners: readonly [number, number, number],
  opposite: number,
  target: Pair,
): number {
  const [i1, i2, i3] = corners;
  const [v1, v2, v3] = [at(points, i1), at(points, i2), at(points, i3)];
  const [d1, d2, d3] = [at(gradients, i1), at(gradients, i2), at(gradients, i3)];
  const dot = (g: Pair, from: Pair, to: Pair): number => g[0] * (to[0] - from[0]) + g[1] * (to[1] - from[1]);
  const mean = (a: number, b: number, c: number): number => (a + b + c) / 3;

  const c3000 = at(values, i1);
  const c0300 = at(values, i2);
  const c0030 = at(values, i3);
  const c2100 = c3000 + dot(d1, v1, v2) / 3;
  const c2010 = c3000 - dot(d1, v3, v1) / 3;
  const c1200 = c0300 - dot(d2, v1, v2) / 3;
  const c0210 = c0300 + dot(d2, v2, v3) / 3;
  const c1020 = c0030 + dot(d3, v3, v1) / 3;
  const c0120 = c0030 - dot(d3, v2, v3) / 3;
  const c2001 = mean(c3000, c2100, c2010);
  const c0201 = mean(c0300, c1200, c0210);
  const c0021 = mean(c0030, c1020, c0120);

  // Across the diagonal lies the other triangle; the outer edges have none and their weight is −1/2.
  const across: Pair = [
    mean(at(points, 0)[0], at(points, 3)[0], at(points, opposite)[0]),
    mean(at(points, 0)[1], at(points, 3)[1], at(points, opposite)[1]),
  ];
  const [b1, b2, b3] = barycentric(v1, v2, v3, across);
  // The vertex that is not on the diagonal faces it.
  const facing = corners.findIndex((corner) => corner !== 0 && corner !== 3);
  const gamma1 = facing === 0 ? (2 * b3 + b2 - 1) / (2 - 3 * b3 - 3 * b2) : -0.5;
  const gamma2 = facing === 1 ? (2 * b1 + b3 - 1) / (2 - 3 * b1 - 3 * b3) : -0.5;
  const gamma3 = facing === 2 ? (2 * b2 + b1 - 1) / (2 - 3 * b2 - 3 * b1) : -0.5;

  const c0111 =
    (gamma1 * (-c0300 + 3 * c0210 - 3 * c0120 + c0030) + (-c0300 + 2 * c0210 - c0120 + c0021 + c0201)) / 2;
  const c1011 =
    (gamma2 * (-c0030 + 3 * c1020 - 3 * c2010 + c3000) + (-c0030 + 2 * c1020 - c2010 + c2001 + c0021)) / 2;
  const c1101 =
    (gamma3 * (-c3000 + 3 * c2100 - 3 * c1200 + c0300) + (-c3000 + 2 * c2100 - c1200 + c2001 + c0201)) / 2;
  const c1002 = mean(c1101, c1011, c2001);
  const c0102 = mean(c1101, c0111, c0201);
  const c0012 = mean(c1011, c0111, c0021);
  const c0003 = mean(c1002, c0102, c0012);

  const [w1, w2, w3] = barycentric(v1, v2, v3, target);
  const least = Math.min(w1, w2, w3);
  const p = w1 - least;
  const q = w2 - least;
  const r = w3 - least;
  const s = 3 * least;
  return (
    p ** 3 * c3000 +
    q ** 3 * c0300 +
    r ** 3 * c0030 +
    s ** 3 * c0003 +
    3 * (p ** 2 * q * c2100 + p ** 2 * r * c2010 + p ** 2 * s * c2001) +
    3 * (p * q ** 2 * c1200 + q ** 2 * r * c0210 + q ** 2 * s * c0201) +
    3 * (p * r ** 2 * c1020 + q * r ** 2 * c0120 + r ** 2 * s * c0021) +
    3 * (p * s ** 2 * c1002 + q * s ** 2 * c0102 + r * s ** 2 * c0012) +
    6 * (p * q * s * c1101 + q * r * s * c0111 + p * r * s * c1011)
  );
}
