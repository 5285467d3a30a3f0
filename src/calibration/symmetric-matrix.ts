// Small symmetric positive-definite systems (at most 13 unknowns): Cholesky factor, solution, inverse. Row-major n × n.

/** Lower factor L with L·Lᵀ = matrix; undefined where the matrix is not positive definite. */
export function choleskyFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] ?? NaN;
      for (let k = 0; k < j; k++) sum -= (factor[i * n + k] ?? NaN) * (factor[j * n + k] ?? NaN);
      if (i === j) {
        if (!(sum > 0)) return undefined;
        factor[i * n + i] = Math.sqrt(sum);
      } else {
        factor[i * n + j] = sum / (factor[j * n + j] ?? NaN);
      }
    }
  }
  return factor;
}

/** Solution of L·Lᵀ·x = right. */
export function choleskySolve(factor: Float64Array, n: number, right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    let sum = x[i] ?? NaN;
    for (let k = 0; k < i; k++) sum -= (factor[i * n + k] ?? NaN) * (x[k] ?? NaN);
    x[i] = sum / (factor[i * n + i] ?? NaN);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] ?? NaN;
    for (let k = i + 1; k < n; k++) sum -= (factor[k * n + i] ?? NaN) * (x[k] ?? NaN);
    x[i] = sum / (factor[i * n + i] ?? NaN);
  }
  return x;
}

/** Inverse of a positive-definite matrix; undefined where it is not one. */
export function invertPositive(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = choleskyFactor(matrix, n);
  if (factor === undefined) return undefined;
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const unit = new Float64Array(n);
    unit[column] = 1;
    choleskySolve(factor, n, unit).forEach((value, row) => (inverse[row * n + column] = value));
  }
  return inverse;
}
