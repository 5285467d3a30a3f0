// Options → latency model: which model, which coefficients, which architecture and GPU. BLIS 87cc70ed `cmd/root.go`, with
// the choices that its other versions make differently. Looks up, never guesses: there is no nearest match.

import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { BlackboxRow, Catalog, ModelFacts } from '../../catalog/catalog';
import { findBlackboxRow, findDefaults, findGpu, findModel } from '../../catalog/look-ups';
import { isCorrected, type Corrected } from '../../domain/corrections';
import type {
  Coefficients,
  GpuFacts,
  LatencyModel,
  LatencyModelName,
  Mode,
  ModelArchitecture,
  ReferenceVersion,
} from '../../domain/latency';
import { DEFAULT_PHYSICS, physicsCoefficients } from '../../domain/physics';
import { DEFAULT_MODEL_OF_VERSION, MODELS_OF_VERSION, type BlisOptions } from './blis-options';

export interface ResolvedLatency {
  readonly latency: LatencyModel;
  /** The model's configuration; absent only for blackbox, when it could not be found. */
  readonly facts?: ModelFacts;
  readonly gpu?: GpuFacts;
  /** The coefficient row of (model, GPU, TP, version) where the version keeps KV blocks with it. */
  readonly storedRow?: BlackboxRow;
  readonly warnings: readonly string[];
}

/** Where an instance runs, filled in from the defaults of its model where the user is silent. */
interface Place {
  readonly model: string;
  readonly hardware: string;
  readonly tp: number;
  readonly vllmVersion: string;
}

interface Context {
  readonly options: BlisOptions;
  readonly catalog: Catalog;
  readonly version: ReferenceVersion;
  readonly mode: Mode;
  readonly warnings: string[];
}

const refuse = (message: string, field: string, code: Problem['code'] = 'bad-value') =>
  fail<Problem>({ code, message, field });

export function resolveLatency(options: BlisOptions, catalog: Catalog): Result<ResolvedLatency> {
  const context: Context = {
    options,
    catalog,
    version: options.version ?? '87cc70ed',
    mode: options.mode ?? 'reference',
    warnings: [],
  };
  const name = chooseModel(context);
  if (!name.ok) return name;
  const resolved =
    name.value === 'blackbox' ? resolveBlackbox(context) : resolveAnalytical(context, name.value);
  return resolved.ok ? ok({ ...resolved.value, warnings: context.warnings }) : resolved;
}

function chooseModel({ options, version }: Context): Result<LatencyModelName> {
  const { latencyModel, alpha, beta } = options;
  const valid = MODELS_OF_VERSION[version];
  const named =
    latencyModel === 'physics' ? latencyModel : valid.find((name) => name === (latencyModel || undefined));
  if (latencyModel !== undefined && latencyModel !== '' && named === undefined) {
    const message = `Latency model "${latencyModel}" is not known; valid: ${valid.join(', ')}.`;
    return refuse(message, 'latency-model', 'unknown-name');
  }
  if ((alpha === undefined) !== (beta === undefined)) {
    const [given, missing] = alpha === undefined ? ['beta', 'alpha'] : ['alpha', 'beta'];
    return refuse(
      `--${given}-coeffs is given without --${missing}-coeffs; give both or neither.`,
      `${missing}-coeffs`,
    );
  }
  for (const [flag, values] of [
    ['alpha-coeffs', alpha],
    ['beta-coeffs', beta],
  ] as const) {
    const bad = values?.findIndex((value) => !(Number.isFinite(value) && value >= 0)) ?? -1;
    if (bad >= 0) {
      return refuse(
        `--${flag}: number ${bad + 1} is ${values?.[bad]}; it must be finite and not negative.`,
        flag,
      );
    }
  }
  if (named !== undefined) return ok(named);
  return ok(
    alpha !== undefined && valid.includes('blackbox') ? 'blackbox' : DEFAULT_MODEL_OF_VERSION[version],
  );
}

function placeOf(context: Context, fillsIn: boolean): Place {
  const { options, catalog, version, warnings } = context;
  const model = options.model.toLowerCase();
  const defaults = fillsIn ? findDefaults(catalog, model, version) : undefined;
  const filled = <T extends string | number>(flag: string, given: T, fallback: T | undefined): T => {
    if (given !== '' && given !== 0) return given;
    if (fallback === undefined || fallback === '') return given;
    warnings.push(`--${flag} is not given; ${fallback} is taken from the defaults of ${model}.`);
    return fallback;
  };
  return {
    model,
    tp: filled('tp', options.tp ?? 0, defaults?.tp),
    hardware: filled('hardware', options.hardware ?? '', defaults?.gpu),
    vllmVersion: filled('vllm-version', options.vllmVersion ?? '', defaults?.vllmVersion),
  };
}

const isAllZero = (values: readonly number[]): boolean => values.every((value) => value === 0);

/** A compute type that config.json does not state: vLLM serves in 16 bits. */
const DEFAULT_DTYPE_BYTES = 2;

function architectureOf(facts: ModelFacts, chosen: Corrected): ModelArchitecture {
  const { architecture } = facts;
  const fills = architecture.dtypeBytes === 0 && isCorrected(chosen, 'default-dtype');
  return fills ? { ...architecture, dtypeBytes: DEFAULT_DTYPE_BYTES } : architecture;
}

type Found = Omit<ResolvedLatency, 'warnings'>;

function resolveBlackbox(context: Context): Result<Found> {
  const { options, catalog, version, mode, warnings } = context;
  const isEarliest = version === 'b05154c';
  const hasConfigPath = options.modelFacts !== undefined || options.gpu !== undefined;
  const place = placeOf(context, !isEarliest || (options.alpha === undefined && !hasConfigPath));
  let coefficients: Coefficients = { alpha: options.alpha ?? [], beta: options.beta ?? [] };
  let storedRow: BlackboxRow | undefined;
  if (options.alpha === undefined) {
    const row = findBlackboxRow(
      catalog,
      { model: place.model, gpu: place.hardware, tp: place.tp, vllmVersion: place.vllmVersion },
      version,
    );
    if (!row.ok) {
      const canFallBack =
        isEarliest &&
        options.latencyModel === undefined &&
        options.modelFacts !== undefined &&
        options.gpu !== undefined;
      if (canFallBack && place.hardware !== '' && place.tp > 0) return resolveAnalytical(context, 'roofline');
      return row;
    }
    coefficients = { alpha: row.value.alpha, beta: row.value.beta };
    storedRow = row.value;
  }
  if (isAllZero(coefficients.alpha) && isAllZero(coefficients.beta)) {
    const message =
      'All coefficients of the blackbox model are zero; give --alpha-coeffs and --beta-coeffs, or choose another latency model.';
    return refuse(message, 'alpha-coeffs');
  }
  // Only the KV capacity needs the architecture and the GPU; without them the count stays as it is.
  const facts = factsOf(context);
  const gpu = place.hardware === '' && options.gpu === undefined ? undefined : gpuOf(context, place.hardware);
  if (!facts.ok) warnings.push(`${facts.error.message} KV capacity is not derived.`);
  if (gpu?.ok === false) warnings.push(`${gpu.error.message} KV capacity is not derived.`);
  return ok({
    latency: {
      name: 'blackbox',
      version,
      mode,
      ...(options.corrections === undefined ? {} : { corrections: options.corrections }),
      coefficients,
      tp: place.tp,
      ...(facts.ok ? { architecture: architectureOf(facts.value, options) } : {}),
      ...(gpu?.ok ? { gpu: gpu.value } : {}),
    },
    ...(facts.ok ? { facts: facts.value } : {}),
    ...(gpu?.ok ? { gpu: gpu.value } : {}),
    ...(storedRow === undefined ? {} : { storedRow }),
  });
}

const factsOf = ({ options, catalog }: Context): Result<ModelFacts> =>
  options.modelFacts === undefined ? findModel(catalog, options.model) : ok(options.modelFacts);

function gpuOf({ options, catalog, version, warnings }: Context, name: string): Result<GpuFacts> {
  if (options.gpu !== undefined) return ok(options.gpu);
  const gpu = findGpu(catalog, name, version);
  if (gpu.ok && gpu.value.kind !== 'calibrated') {
    warnings.push(
      `${name} is not known to the reference; its figures are those of the vendor, without calibration.`,
    );
  }
  return gpu;
}

function resolveAnalytical(context: Context, name: LatencyModelName): Result<Found> {
  const { options, catalog, version, mode, warnings } = context;
  const place = placeOf(context, version !== 'b05154c');
  const missing = [place.hardware === '' ? '--hardware' : '', place.tp === 0 ? '--tp' : ''].filter(
    (flag) => flag !== '',
  );
  if (missing.length > 0) {
    const message = `The ${name} model needs ${missing.join(' and ')}; ${place.model} has no default for it.`;
    return refuse(message, missing[0]?.slice(2) ?? 'hardware', 'missing-key');
  }
  const facts = factsOf(context);
  if (!facts.ok) return facts;
  const gpu = gpuOf(context, place.hardware);
  if (!gpu.ok) return gpu;
  const coefficients = vectorsOf(context, name, place);
  if (!coefficients.ok) return coefficients;
  const architecture = architectureOf(facts.value, options);
  warnAboutWeights(facts.value, architecture, name, warnings);
  const storedRow = storedRowOf(catalog, place, version);
  return ok({
    latency: {
      name,
      version,
      mode,
      ...(options.corrections === undefined ? {} : { corrections: options.corrections }),
      coefficients: coefficients.value,
      tp: place.tp,
      architecture,
      gpu: gpu.value,
      ...(options.dp === undefined ? {} : { dp: options.dp }),
      ...(options.moeCommBackend === undefined ? {} : { moeCommBackend: options.moeCommBackend }),
    },
    facts: facts.value,
    gpu: gpu.value,
    ...(storedRow === undefined ? {} : { storedRow }),
  });
}

/** The two older versions keep a KV block count with each coefficient row and use it for every model. */
function storedRowOf(catalog: Catalog, place: Place, version: ReferenceVersion): BlackboxRow | undefined {
  if (version !== 'b05154c' && version !== '0074c8c1') return undefined;
  const vllmVersion = place.vllmVersion || (findDefaults(catalog, place.model, version)?.vllmVersion ?? '');
  const row = findBlackboxRow(
    catalog,
    { model: place.model, gpu: place.hardware, tp: place.tp, vllmVersion },
    version,
  );
  return row.ok ? row.value : undefined;
}

const ZERO: readonly number[] = [0, 0, 0];
const SHORTEST_BETA = { crossmodel: 4, 'trained-roofline': 7, 'trained-physics': 7 } as const;

function vectorsOf(context: Context, name: LatencyModelName, place: Place): Result<Coefficients> {
  const { options, catalog, version, warnings } = context;
  const era = catalog.eras[version];
  if (name === 'roofline' || name === 'blackbox') {
    if (options.alpha !== undefined) {
      const message =
        'The roofline model takes no coefficients; leave out --alpha-coeffs and --beta-coeffs or choose another latency model.';
      return refuse(message, 'alpha-coeffs');
    }
    if (version !== 'b05154c') return ok({ alpha: ZERO, beta: ZERO });
    const row = storedRowOf(catalog, place, version);
    if (row === undefined) {
      warnings.push(
        `No coefficient row for ${place.model} on ${place.hardware} with TP ${place.tp}: no queueing and output-token overhead.`,
      );
    }
    return ok({ alpha: row?.alpha ?? ZERO, beta: ZERO });
  }
  if (options.alpha !== undefined && options.beta !== undefined) {
    return ok({ alpha: options.alpha, beta: options.beta });
  }
  if (name === 'physics') {
    warnings.push(
      `physics is not the reference’s: its default coefficients were fitted on H100 with vLLM 0.15.1, 16 bits and TP 1, 2 and 4${/^H100/i.test(place.hardware) ? '' : `; efficiencies are carried over to ${place.hardware}`}. A calibration replaces them.`,
    );
    return ok(physicsCoefficients(DEFAULT_PHYSICS));
  }
  const vector = {
    crossmodel: era.crossmodel,
    'trained-roofline': era.trainedRoofline,
    'trained-physics': era.trainedPhysics,
  }[name];
  if (vector === undefined || vector.beta.length < SHORTEST_BETA[name] || isAllZero(vector.beta)) {
    return refuse(
      `The catalogue has no coefficients for ${name}; give --alpha-coeffs and --beta-coeffs.`,
      'beta-coeffs',
    );
  }
  if (name !== 'crossmodel' && isAllZero(vector.alpha)) {
    warnings.push(
      `All alpha coefficients of ${name} are zero: no queueing, post-decode and output-token overhead.`,
    );
  }
  return ok({ alpha: vector.alpha, beta: vector.beta });
}

function warnAboutWeights(
  facts: ModelFacts,
  { weightBytes, dtypeBytes }: ModelArchitecture,
  name: LatencyModelName,
  warnings: string[],
): void {
  if (weightBytes > 0) {
    if (name === 'trained-roofline')
      warnings.push(
        'trained-roofline ignores quantised weights: its step times are those of 16-bit weights.',
      );
    return;
  }
  if (facts.hasQuantization) {
    warnings.push(
      'A quantization_config exists but states no weight width that is understood; weights count in the compute type.',
    );
  } else if (dtypeBytes > 0 && dtypeBytes <= 1) {
    warnings.push(
      `The compute type takes ${dtypeBytes} byte; KV cache and activations are counted in it too.`,
    );
  }
  if (dtypeBytes === 0 && name === 'trained-physics') {
    warnings.push('The compute type is not known: reading weights costs nothing in trained-physics.');
  }
}
