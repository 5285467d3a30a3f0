// ln, exp, pow and Γ as the reference computes them (workload spec 1.5: Go 1.24 math on x86-64 with fused multiply-add). A
// draw in a distribution's tail depends on the last bit of the logarithm, so the host's functions will not do.
// WebAssembly has no fused multiply-add; `fma` rounds once by way of error-free sums and a round-to-odd (Boldo and
// Melquiond 2008), valid while nothing overflows or is subnormal, which the range reduction below ensures.

const SQRT_HALF: f64 = 0.7071067811865476;
const L1: f64 = 6.66666666666673513e-1;
const L2: f64 = 3.999999999940941908e-1;
const L3: f64 = 2.857142874366239149e-1;
const L4: f64 = 2.222219843214978396e-1;
const L5: f64 = 1.818357216161805012e-1;
const L6: f64 = 1.531383769920937332e-1;
const L7: f64 = 1.479819860511658591e-1;
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

const EXPONENT_BIAS: i32 = 1023;
const MANTISSA_BITS: u64 = 52;
const TWO_52: f64 = 4503599627370496.0;

/** Binary exponent e of x = m·2^e with 0.5 <= m < 1; x positive and finite. */
function binaryExponent(x: f64): i32 {
  let shift = 0;
  if (x < 2.2250738585072014e-308) {
    x *= TWO_52;
    shift = -52;
  }
  return <i32>((reinterpret<u64>(x) >> MANTISSA_BITS) & 0x7ff) - (EXPONENT_BIAS - 1) + shift;
}

/** x·2^k, in steps that stay in range. */
function scale(x: f64, k: i32): f64 {
  while (k > 1000) {
    x *= reinterpret<f64>((<u64>(1000 + EXPONENT_BIAS)) << MANTISSA_BITS);
    k -= 1000;
  }
  while (k < -1000) {
    x *= reinterpret<f64>((<u64>(EXPONENT_BIAS - 1000)) << MANTISSA_BITS);
    k += 1000;
  }
  return x * reinterpret<f64>((<u64>(k + EXPONENT_BIAS)) << MANTISSA_BITS);
}

export function ln(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  if (x < 0) return NaN;
  if (x == 0) return -Infinity;
  let k = binaryExponent(x);
  let f1 = scale(x, -k);
  if (f1 < SQRT_HALF) {
    f1 *= 2;
    k--;
  }
  const f = f1 - 1;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const t1 = s2 * (L1 + s4 * (L3 + s4 * (L5 + s4 * L7)));
  const t2 = s4 * (L2 + s4 * (L4 + s4 * L6));
  const r = t1 + t2;
  const h = 0.5 * f * f;
  const kf = <f64>k;
  return kf * LN2_HIGH - (h - (s * (h + r) + kf * LN2_LOW) - f);
}

/** x·y + z, rounded once. */
function fma(x: f64, y: f64, z: f64): f64 {
  const high = x * y;
  const splitX = 134217729.0 * x;
  const xh = splitX - (splitX - x);
  const xl = x - xh;
  const splitY = 134217729.0 * y;
  const yh = splitY - (splitY - y);
  const yl = y - yh;
  const low = xl * yl - (high - xh * yh - xl * yh - xh * yl);
  // z + low = th + tl and high + th = vh + vl, both exactly.
  const th = z + low;
  const b1 = th - z;
  const tl = z - (th - b1) + (low - b1);
  const vh = high + th;
  const b2 = vh - high;
  const vl = high - (vh - b2) + (th - b2);
  return vh + addToOdd(tl, vl);
}

/** a + b, where an inexact sum gets an odd last bit. */
function addToOdd(a: f64, b: f64): f64 {
  const sum = a + b;
  const back = sum - a;
  const error = a - (sum - back) + (b - back);
  if (error == 0) return sum;
  const bits = reinterpret<i64>(sum);
  if ((bits & 1) == 1) return sum;
  // Away from zero where the error points away from zero.
  const away = error > 0 == sum > 0;
  return reinterpret<f64>(away ? bits + 1 : bits - 1);
}

const LOG2_E: f64 = 1.4426950408889634;
const EXP_LN2_HIGH: f64 = 0.69314718055966295651160180568695068359375;
const EXP_LN2_LOW: f64 = 0.28235290563031577122588448175013436025525412068e-12;
const EXP_MAX: f64 = 709.782712893384;
const EXP_MIN: f64 = -745.1332191019411;

export function exp(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  if (x > EXP_MAX) return Infinity;
  if (x < EXP_MIN) return 0;
  const k = nearest(x * LOG2_E);
  let r = fma(-k, EXP_LN2_HIGH, x);
  r = fma(-k, EXP_LN2_LOW, r);
  r *= 0.0625;
  let p: f64 = 1.0 / 40320.0;
  p = fma(p, r, 1.0 / 5040.0);
  p = fma(p, r, 1.0 / 720.0);
  p = fma(p, r, 1.0 / 120.0);
  p = fma(p, r, 1.0 / 24.0);
  p = fma(p, r, 1.0 / 6.0);
  p = fma(p, r, 0.5);
  p = fma(p, r, 1.0);
  r *= p;
  r *= r + 2;
  r *= r + 2;
  r *= r + 2;
  return scale(fma(r, r + 2, 1.0), <i32>k);
}

/** x^y for x >= 0. */
export function pow(x: f64, y: f64): f64 {
  if (y == 0 || x == 1) return 1;
  if (y == 1) return x;
  if (x != x || y != y) return NaN;
  if (x == 0) return y < 0 ? Infinity : 0;
  if (x == Infinity) return y < 0 ? 0 : Infinity;
  if (y == 0.5) return sqrt(x);
  if (y == -0.5) return 1 / sqrt(x);
  const size = abs(y);
  if (size == Infinity || size >= 9223372036854775808.0) return x < 1 == y > 0 ? 0 : Infinity;
  let whole = floor(size);
  let rest = size - whole;
  let mantissa: f64 = 1;
  let exponent: i64 = 0;
  if (rest != 0) {
    if (rest > 0.5) {
      rest -= 1;
      whole += 1;
    }
    mantissa = exp(rest * ln(x));
  }
  let baseExponent = <i64>binaryExponent(x);
  let base = scale(x, -(<i32>baseExponent));
  for (let i = <i64>whole; i != 0; i >>= 1) {
    if (baseExponent < -4096 || baseExponent > 4096) {
      // Over- or underflows whatever follows.
      exponent += baseExponent;
      break;
    }
    if ((i & 1) == 1) {
      mantissa *= base;
      exponent += baseExponent;
    }
    base *= base;
    baseExponent <<= 1;
    if (base < 0.5) {
      base += base;
      baseExponent--;
    }
  }
  if (y < 0) {
    mantissa = 1 / mantissa;
    exponent = -exponent;
  }
  return scale(mantissa, <i32>max<i64>(-100000, min<i64>(100000, exponent)));
}

/** Γ(x) for 1 <= x <= 33, all that occurs. */
export function gammaFunction(x: f64): f64 {
  let z: f64 = 1;
  while (x >= 3) {
    x -= 1;
    z *= x;
  }
  while (x < 2) {
    z /= x;
    x += 1;
  }
  if (x == 2) return z;
  x -= 2;
  let p: f64 = 1.60119522476751861407e-4;
  p = p * x + 1.19135147006586384913e-3;
  p = p * x + 1.04213797561761569935e-2;
  p = p * x + 4.76367800457137231464e-2;
  p = p * x + 2.0744822764843597515e-1;
  p = p * x + 4.94214826801497100753e-1;
  p = p * x + 9.99999999999999996796e-1;
  let q: f64 = -2.31581873324120129819e-5;
  q = q * x + 5.39605580493303397842e-4;
  q = q * x + -4.45641913851797240494e-3;
  q = q * x + 1.18139785222060435552e-2;
  q = q * x + 3.58236398605498653373e-2;
  q = q * x + -2.34591795718243348568e-1;
  q = q * x + 7.14304917030273074085e-2;
  q = q * x + 1;
  return (z * p) / q;
}
