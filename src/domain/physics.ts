// The physical step-time model's 13 parameters: names, meaning, defaults, bounds and priors. Nothing here exists in the
// reference simulator. Parameters multiply or add to times, so the fit works with their natural logarithms and the priors
// are log-normal.
//
// Defaults: fitted on nine runs (four models, vLLM 0.15.1, H100 SXM, FP16, TP 1/2/4). Stated domain: that GPU, engine
// generation and precision; elsewhere they are a starting point for a calibration, and the page says so.

export const PHYSICS_PARAMETERS = [
  'eW',
  'eX',
  'eK',
  'eKg',
  'eC',
  't0',
  'tL',
  'tAR',
  'eN',
  'tS',
  'tM',
  'q',
  'pD',
] as const;
export type PhysicsParameterName = (typeof PHYSICS_PARAMETERS)[number];

/** One number a parameter: shares without unit, times in µs. */
export type PhysicsVector = Readonly<Record<PhysicsParameterName, number>>;

export interface PhysicsParameterFacts {
  /** What the number is, for a table heading. */
  readonly meaning: string;
  readonly unit: 'share' | 'µs';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Width (standard deviation of the logarithm) of the prior when one deployment is calibrated, centred on the default. */
  readonly sigma: number;
  /** Centre and width of the prior when the default vector itself is fitted again, over several models. */
  readonly refitCentre: number;
  readonly refitSigma: number;
}

const facts = (
  meaning: string,
  unit: 'share' | 'µs',
  [value, min, max]: readonly [number, number, number],
  sigma: number,
  [refitCentre, refitSigma]: readonly [number, number],
): PhysicsParameterFacts => ({ meaning, unit, default: value, min, max, sigma, refitCentre, refitSigma });

export const PHYSICS_FACTS: Readonly<Record<PhysicsParameterName, PhysicsParameterFacts>> = {
  eW: facts('achieved share of memory bandwidth, weights', 'share', [0.902, 0.5, 1], 0.08, [0.82, 0.1]),
  eX: facts(
    'achieved share of memory bandwidth, expert weights',
    'share',
    [0.899, 0.4, 1],
    0.08,
    [0.82, 0.1],
  ),
  eK: facts(
    'achieved share of memory bandwidth, KV reads, multi-head attention',
    'share',
    [0.874, 0.2, 1],
    0.06,
    [0.85, 0.12],
  ),
  eKg: facts(
    'achieved share of memory bandwidth, KV reads, grouped-query attention',
    'share',
    [0.555, 0.2, 1],
    0.06,
    [0.55, 0.15],
  ),
  eC: facts('achieved share of peak FLOP rate', 'share', [0.649, 0.1, 1], 0.25, [0.55, 0.25]),
  t0: facts('fixed time per step', 'µs', [1180, 10, 5000], 0.5, [600, 0.7]),
  tL: facts('fixed time per layer', 'µs', [11, 0.5, 100], 0.5, [10, 0.7]),
  tAR: facts('fixed time per all-reduce and peer', 'µs', [6.08, 0.5, 60], 0.5, [5, 0.7]),
  eN: facts('achieved share of link rate', 'share', [1.1, 0.05, 2], 0.25, [0.6, 0.6]),
  tS: facts('time per decoding sequence', 'µs', [2.49, 0.1, 100], 0.35, [4, 0.8]),
  tM: facts('surcharge of a step that contains prefill', 'µs', [218, 1, 8000], 0.5, [300, 1]),
  q: facts(
    'front-end delay before the scheduler sees a request',
    'µs',
    [6660, 200, 40_000],
    0.25,
    [7500, 0.3],
  ),
  pD: facts(
    'front-end time per decoding request, added to token times',
    'µs',
    [52.2, 1, 200],
    0.5,
    [30, 0.5],
  ),
};

/** A vector from a function of the parameter. */
export function physicsVector(value: (name: PhysicsParameterName) => number): PhysicsVector {
  const vector = {} as Record<PhysicsParameterName, number>;
  for (const name of PHYSICS_PARAMETERS) vector[name] = value(name);
  return vector;
}

export const DEFAULT_PHYSICS: PhysicsVector = physicsVector((name) => PHYSICS_FACTS[name].default);

/** Request-level parameters; in a `physics` LatencyModel they are α, in this order. */
export const PHYSICS_ALPHA = ['q', 'pD'] as const satisfies readonly PhysicsParameterName[];
/** Step-level parameters; in a `physics` LatencyModel they are β, in this order. */
export const PHYSICS_BETA = PHYSICS_PARAMETERS.filter((name) => name !== 'q' && name !== 'pD');

/** The vector as coefficient lists, which is how a resolved latency model carries it. */
export function physicsCoefficients(vector: PhysicsVector): { alpha: number[]; beta: number[] } {
  return {
    alpha: PHYSICS_ALPHA.map((name) => vector[name]),
    beta: PHYSICS_BETA.map((name) => vector[name]),
  };
}

/** Back from coefficient lists; a missing entry takes the default. */
export function physicsVectorOf(coefficients: {
  readonly alpha: readonly number[];
  readonly beta: readonly number[];
}): PhysicsVector {
  const given: { [name in PhysicsParameterName]?: number | undefined } = {};
  PHYSICS_ALPHA.forEach((name, k) => (given[name] = coefficients.alpha[k]));
  PHYSICS_BETA.forEach((name, k) => (given[name] = coefficients.beta[k]));
  return physicsVector((name) => given[name] ?? PHYSICS_FACTS[name].default);
}
