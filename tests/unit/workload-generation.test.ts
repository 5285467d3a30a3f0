// Worked examples of generation that a reader can check by hand, and the traps in which the reference hangs or surprises.
import { describe, expect, it } from 'vitest';
import { textAt } from '../../src/base/columns';
import { openRandomDoor } from '../../src/engine/random-door';
import { arrivalSampler, weibullShape } from '../../src/workload/arrivals';
import { diurnalWindows, drainWindows, expandCohort } from '../../src/workload/cohorts';
import { lengthSampler, roundHalfAway } from '../../src/workload/distributions';
import { generateWorkload, type GenerateOptions } from '../../src/workload/generate';
import { parseWorkloadSpec, readWorkloadSpec } from '../../src/workload/parse-spec';
import { fnv1a64, generationSeed, namedSeed } from '../../src/workload/streams';
import { releaseModule } from '../support/wasm';

const door = openRandomDoor(releaseModule());

function workload(text: string, options: Partial<GenerateOptions> = {}) {
  const spec = parseWorkloadSpec(text, 'w.yaml');
  if (!spec.ok) throw new Error(spec.error.message);
  return generateWorkload(spec.value, { random: door, ...options });
}

function requestsOf(text: string, options: Partial<GenerateOptions> = {}) {
  const made = workload(text, options);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

const problemOf = (text: string, options: Partial<GenerateOptions> = {}) => {
  const made = workload(text, options);
  if (made.ok) throw new Error('was accepted');
  return made.error;
};

const CLIENT = `arrival: {process: poisson}
  input_distribution: {type: constant, params: {value: 5}}
  output_distribution: {type: constant, params: {value: 2}}`;
const one = (head: string, extra = ''): string =>
  `version: "2"\nseed: 42\naggregate_rate: 10\n${head}\nclients:\n- id: a\n  rate_fraction: 1\n  ${CLIENT}\n${extra}`;

describe('streams and samplers', () => {
  it('seeds named streams as the table of examples says', () => {
    expect(fnv1a64('workload-gen')).toBe(0x623e21a6896fc55fn);
    expect(generationSeed(42n)).toBe(7079132663427089781n);
    expect(namedSeed(42n, 'router')).toBe(-6855704586828941970n);
    expect(namedSeed(-1n, 'workload')).toBe(-1n);
    expect(door.open(generationSeed(42n)).int63()).toBe(8021973113318348621n);
  });

  it('spaces constant arrivals of 10 req/s by 99 999 µs, since 1/λ falls just short', () => {
    const next = arrivalSampler({ process: 'constant' }, (10 * 1) / 1e6, door.math);
    expect(next(door.open(1n))).toBe(99_999);
  });

  it('falls back to Poisson for gamma arrivals with cv > 10', () => {
    const gamma = arrivalSampler({ process: 'gamma', cv: 10.5 }, 1e-5, door.math);
    const poisson = arrivalSampler({ process: 'poisson' }, 1e-5, door.math);
    expect(gamma(door.open(3n))).toBe(poisson(door.open(3n)));
  });

  it('finds the Weibull shape whose coefficient of variation is asked for', () => {
    expect(weibullShape(1, door.math)).toBeCloseTo(1, 2);
    expect(weibullShape(0.5, door.math)).toBeCloseTo(2.1, 1);
  });

  it('rounds halves away from zero', () => {
    expect([0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994].map(roundHalfAway)).toEqual([1, 2, 3, -1, -3, 0]);
  });

  it.each([
    ['constant', { value: 3.9 }, 3],
    ['constant', { value: -2 }, 1],
    ['gaussian', { mean: 5, std_dev: 1, min: 0, max: 0 }, 0],
    ['gaussian', { mean: 5, std_dev: 1, min: 7.9, max: 7.1 }, 7],
    ['empirical', { '12abc': 1 }, 12],
    ['empirical', { '10': 0, '20': 0 }, 1],
    ['empirical', { '10.7': 1, '3': 0 }, 10],
  ])('draws nothing for %s %j', (type, params, expected) => {
    const sampler = lengthSampler(
      { type, params: new Map(Object.entries(params)), file: '' },
      door.math,
      'f',
    );
    if (!sampler.ok) throw new Error(sampler.error.message);
    const stream = door.open(9n);
    expect(sampler.value(stream)).toBe(expected);
    expect(stream.word()).toBe(door.open(9n).word());
  });

  it('lets max win where min is larger', () => {
    const params = new Map([
      ['mean', 5],
      ['std_dev', 1],
      ['min', 9],
      ['max', 4],
    ] as const);
    const sampler = lengthSampler({ type: 'gaussian', params, file: '' }, door.math, 'f');
    expect(sampler.ok && sampler.value(door.open(1n))).toBe(4);
  });

  it.each([
    ['gaussian', { mean: 1 }, 'std_dev, min, max'],
    ['pareto_lognormal', {}, 'alpha, xm, mu, sigma, mix_weight'],
    ['empirical', { x: 1 }, '"x"'],
    ['empirical', {}, 'entries'],
    ['zipf', {}, '"zipf"'],
  ])('names what a %s distribution lacks', (type, params, text) => {
    const sampler = lengthSampler(
      { type, params: new Map(Object.entries(params)), file: '' },
      door.math,
      'here',
    );
    expect(!sampler.ok && sampler.error.message).toContain(text);
    expect(!sampler.ok && sampler.error.message).toContain('here');
  });
});

describe('cohorts', () => {
  it('is active all hour at the peak and the trough share of it half a day away', () => {
    const windows = diurnalWindows(12, 4);
    expect(windows[12]).toEqual({ startUs: 12 * 3.6e9, endUs: 13 * 3.6e9 });
    expect(windows[0]).toEqual({ startUs: 0, endUs: 3.6e9 / 4 });
    expect(windows).toHaveLength(24);
  });

  it('drains in ten shrinking windows', () => {
    const windows = drainWindows(1000, 100);
    expect(windows[0]).toEqual({ startUs: 0, endUs: 1000 });
    expect(windows[1]).toEqual({ startUs: 1000, endUs: 1010 });
    expect(windows[10]).toEqual({ startUs: 1090, endUs: 1091 });
    expect(drainWindows(0, 5)).toHaveLength(10);
  });

  it('shares its weight over its members', () => {
    const spec = parseWorkloadSpec(
      one(
        '',
        `cohorts:\n- id: k\n  population: 4\n  rate_fraction: 2\n  spike: {start_time_us: 5, duration_us: 7}\n  ${CLIENT}`,
      ),
      'w.yaml',
    );
    if (!spec.ok) throw new Error(spec.error.message);
    const members = expandCohort(spec.value.cohorts[0]!);
    expect(members.map((member) => [member.id, member.rateFraction])).toEqual([
      ['k-0', 0.5],
      ['k-1', 0.5],
      ['k-2', 0.5],
      ['k-3', 0.5],
    ]);
    expect(members[0]?.windows).toEqual([{ startUs: 5, endUs: 12 }]);
  });
});

describe('sessions', () => {
  const talk = (turns: string): string =>
    one('num_requests: 9', `  prefix_group: g\n  prefix_length: 4\n  reasoning: {multi_turn: {${turns}}}\n`);

  it('starts conversations with round 0 only and lists their further rounds', () => {
    const { requests, sessions } = requestsOf(
      talk('max_rounds: 3, think_time_us: 7, context_growth: accumulate'),
    );
    expect([...requests.roundIndex].every((round) => round === 0)).toBe(true);
    expect(sessions?.count).toBe(requests.count);
    expect([...(sessions?.roundInputTokens.offsets ?? [])].slice(0, 3)).toEqual([0, 2, 4]);
    expect(sessions?.roundInputTokens.values[0]).toBe(5);
    expect(sessions?.roundThinkUs[0]).toBe(7);
    expect(sessions?.accumulates[0]).toBe(1);
    expect(sessions?.prefixTokens[0]).toBe(4);
    expect(textAt(requests.prefixGroup, 0)).toBe('');
    expect(requests.deadlineUs[0]).toBe(requests.arrivalUs[0]! + 300_000_000);
  });

  it('draws the rounds of virtual users on demand, the same however they are asked for', () => {
    const text = `version: "2"\nseed: 1\nnum_requests: 10\nclients:
- id: u
  concurrency: 2
  think_time_us: 1000
  input_distribution: {type: gaussian, params: {mean: 20, std_dev: 5, min: 1, max: 99}}
  output_distribution: {type: gaussian, params: {mean: 20, std_dev: 5, min: 1, max: 99}}\n`;
    const first = requestsOf(text);
    const second = requestsOf(text);
    expect(first.followUpBudget).toBe(8);
    expect([...first.requests.arrivalUs]).toEqual([0, 500]);
    const all = first.moreRounds!.draw(1, 5);
    const pieces = [second.moreRounds!.draw(1, 2), second.moreRounds!.draw(1, 3)];
    expect(pieces.flatMap((piece) => [...piece.inputTokens])).toEqual([...all.inputTokens]);
    expect(pieces.flatMap((piece) => [...piece.outputTokens])).toEqual([...all.outputTokens]);
    expect([...all.thinkUs]).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it('gives follow-ups no prefix where the length was left to the default of 50', () => {
    const text = talk('max_rounds: 2, think_time_us: 1').replace('prefix_length: 4', 'prefix_length: 0');
    const { requests, sessions } = requestsOf(text);
    expect(requests.prefixTokens[0]).toBe(50);
    expect(sessions?.prefixTokens[0]).toBe(0);
  });
});

/** Small ones, so that reaching them takes no time. */
const limits = { requests: 1000, steps: 100_000, tokenDraws: 100_000 };

describe('traps end in a clear state', () => {
  it('refuses a workload that nothing bounds', () => {
    expect(problemOf(one('')).message).toContain('nothing bounds it');
  });

  it('stops at the last window where the reference runs on for ever', () => {
    const stages = 'inference_perf:\n  stages: [{rate: 5, duration: 4}, {rate: 10, duration: 4}]\n';
    const text = `version: "2"\nseed: 42\nnum_requests: 1000\n${stages}  shared_prefix: {num_unique_system_prompts: 1, num_users_per_system_prompt: 2, question_len: 3, output_len: 1}\n`;
    const { requests } = requestsOf(text);
    expect(requests.count).toBeGreaterThan(30);
    expect(requests.arrivalUs.at(-1)).toBeLessThan(8_000_000);
  });

  it('gives an empty list for a horizon of zero or less', () => {
    expect(requestsOf(one('num_requests: 5'), { horizonUs: 0 }).requests.count).toBe(0);
    expect(requestsOf(one('num_requests: 5\nhorizon: -1')).requests.count).toBe(0);
  });

  it('gives up on windows that lie beyond any reasonable number of draws', () => {
    const far = '  lifecycle: {windows: [{start_us: 1000000000000000, end_us: 1000000000000001}]}\n';
    const problem = problemOf(
      one('num_requests: 5', far).replace('aggregate_rate: 10', 'aggregate_rate: 1000000'),
      { limits },
    );
    expect(problem).toMatchObject({ code: 'too-large' });
    expect(problem.message).toContain('"a"');
  });

  it('refuses lengths that no machine holds, and negative ones', () => {
    const negative = one('num_requests: 5').replace(
      'type: constant, params: {value: 5}',
      'type: gaussian, params: {mean: 1, std_dev: 1, min: -3, max: -3}',
    );
    expect(problemOf(negative).message).toContain('-3 tokens');
    expect(problemOf(one('num_requests: 5').replace('value: 5', 'value: 1e12')).code).toBe('bad-value');
  });

  it('refuses more requests than fit, and times past 2^53 µs', () => {
    expect(problemOf(one('horizon: 100000000000000'), { limits }).code).toBe('too-large');
    const long = one('num_requests: 900').replace('value: 5', 'value: 500');
    expect(problemOf(long, { limits }).message).toContain('100000 tokens');
    expect(
      problemOf(one('num_requests: 50').replace('aggregate_rate: 10', 'aggregate_rate: 1e-12')).code,
    ).toBe('not-supported');
  });

  it('generates twice from one specification without change', () => {
    const text =
      'version: "2"\nseed: 3\nnum_requests: 9\ninference_perf:\n  stages: [{rate: 3, duration: 3}]\n  shared_prefix: {num_unique_system_prompts: 3, num_users_per_system_prompt: 1}\n';
    const spec = parseWorkloadSpec(text, 'w.yaml');
    if (!spec.ok) throw new Error(spec.error.message);
    const [first, second] = [1, 2].map(() => generateWorkload(spec.value, { random: door }));
    expect(second).toEqual(first);
    expect(first?.ok && first.value.requests.count).toBe(9);
  });

  it('lets a rate client use up the cap, so that no virtual user starts', () => {
    const users = `- id: u\n  concurrency: 3\n  input_distribution: {type: constant, params: {value: 1}}\n  output_distribution: {type: constant, params: {value: 1}}\n`;
    const { requests, sessions, followUpBudget } = requestsOf(one('num_requests: 4', users));
    expect(requests.count).toBe(4);
    expect(sessions?.count).toBe(0);
    expect(followUpBudget).toBe(0);
  });

  it('keeps only arrivals inside the windows', () => {
    const window =
      '  lifecycle: {windows: [{start_us: 300000, end_us: 900000}, {start_us: 1500000, end_us: 1600000}]}\n';
    const arrivals = [...requestsOf(one('horizon: 9000000', window)).requests.arrivalUs];
    expect(arrivals.length).toBeGreaterThan(3);
    expect(
      arrivals.every((us) => (us >= 300_000 && us < 900_000) || (us >= 1_500_000 && us < 1_600_000)),
    ).toBe(true);
  });
});

describe('problems in a file', () => {
  it.each([
    [one('num_requests: 1').replace('poisson', 'uniform'), 'clients[0].arrival.process', 8],
    [one('num_requests: 1').replace('rate_fraction: 1', 'rate_fraction: -1'), 'clients[0].rate_fraction', 7],
    [one('num_requests: 1\ncategory: vision'), 'category', 5],
    [one('num_requests: 1', '  timeout: -1\n'), 'clients[0].timeout', 11],
    [one('num_requests: 1', '  timeuot: 1\n'), 'clients[0].timeuot', 11],
  ])('names field and line (%#)', (text, field, line) => {
    const read = readWorkloadSpec(text, 'w.yaml');
    expect(!read.ok && read.error[0]).toMatchObject({ field, line, file: 'w.yaml' });
  });

  it('upgrades the names of version 1 with a warning', () => {
    const read = readWorkloadSpec(
      one('num_requests: 1', '  slo_class: realtime\n').replace('"2"', '"1"'),
      'w.yaml',
    );
    expect(read.ok && read.value.spec.clients[0]?.sloClass).toBe('critical');
    expect(read.ok && read.value.warnings).toHaveLength(1);
  });
});
