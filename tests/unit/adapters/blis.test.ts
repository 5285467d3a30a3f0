// The BLIS adapters: what goes in (specification, command line, eligibility), what is read back, how both readings differ.

import { describe, expect, it } from 'vitest';
import type { Adapter, AdapterContext, AdapterOptions, Arrivals } from '../../../src/adapters/adapter';
import { BLIS_ADAPTERS, BLIS_REPLAYS } from '../../../src/adapters/blis/blis-adapters';
import { blisArguments, blisHardware } from '../../../src/adapters/blis/blis-command';
import { blisMetrics } from '../../../src/adapters/blis/blis-stages';
import { measuredWorkload } from '../../../src/adapters/blis/measured-workload';
import { workloadSpecYaml } from '../../../src/adapters/blis/profile-workload';
import { ADAPTERS, CANONICAL_NAMES, adapterNamed, withArrivals } from '../../../src/adapters/registry';
import type { Experiment, MeasuredRequests } from '../../../src/domain/experiment';
import { openRandomDoor } from '../../../src/engine/random-door';
import { simulatorInputsCommand } from '../../../src/headless/commands/simulator-inputs';
import { runCommand } from '../../support/captured-io';
import { shippedCatalog } from '../../support/catalog';
import { madeExperiment } from '../../support/made-experiment';
import { FOLDER, measuredTree } from '../../support/measured-folder';
import { releaseModule } from '../../support/wasm';

const PROFILE = {
  stages: [
    { rateRps: 5, durationS: 4 },
    { rateRps: 0.5, durationS: 5.9 },
  ],
  hasSharedPrefixObject: true,
  questionLen: 100,
  systemPromptLen: 32,
  outputLen: 8,
  numUniqueSystemPrompts: 2,
  numUsersPerSystemPrompt: 1,
  enableMultiTurnChat: true,
};

const LLAMA = 'meta-llama/Llama-3.1-8B-Instruct';
const experiment = (changes: Partial<Experiment> = {}): Experiment =>
  madeExperiment({ model: LLAMA, tp: 1, totalKvBlocks: 9000, profile: PROFILE, ...changes });

const context = (options: Partial<AdapterOptions> = {}): AdapterContext => ({
  catalog: shippedCatalog(),
  wasm: releaseModule(),
  options: { mode: 'reference', multiTurn: 'off', ...options },
});

const adapter = (name: string) => {
  const found = adapterNamed(`blis-${name}`);
  if (found === undefined) throw new Error(`no adapter ${name}`);
  return found;
};

const replay = (name: string): Adapter => {
  const found = BLIS_REPLAYS.get(`blis-${name}`);
  if (found === undefined) throw new Error(`no replay of ${name}`);
  return found;
};

it('lists every simulator in canonical order', () => {
  expect(ADAPTERS.map(({ name }) => name)).toEqual([...CANONICAL_NAMES]);
});

describe('the workload specification', () => {
  it('counts requests with halves to even, cuts durations, and keeps rates as floats', () => {
    // 20 + round(2.95)
    expect(workloadSpecYaml(PROFILE, 'as-profile')).toBe(
      [
        'inference_perf:',
        '  shared_prefix:',
        '    enable_multi_turn_chat: true',
        '    num_unique_system_prompts: 2',
        '    num_users_per_system_prompt: 1',
        '    output_len: 8',
        '    question_len: 100',
        '    system_prompt_len: 32',
        '  stages:',
        '  - duration: 4',
        '    rate: 5.0',
        '  - duration: 5',
        '    rate: 0.5',
        'num_requests: 23',
        'seed: 42',
        "version: '2'",
        '',
      ].join('\n'),
    );
  });

  it('changes one key when turns are read as single', () => {
    const [asProfile, off] = [workloadSpecYaml(PROFILE, 'as-profile'), workloadSpecYaml(PROFILE, 'off')];
    expect(off).toBe(asProfile.replace('chat: true', 'chat: false'));
  });

  it('fills in defaults for what the profile does not say', () => {
    const text = workloadSpecYaml(
      { stages: [{ rateRps: 1, durationS: 2 }], hasSharedPrefixObject: false },
      'as-profile',
    );
    expect(text).toContain('enable_multi_turn_chat: false\n    num_unique_system_prompts: 1\n');
    expect(text).toContain('output_len: 512\n    question_len: 512\n    system_prompt_len: 0\n');
  });
});

describe('the command line', () => {
  it('names the A100 as BLIS does, and the regression model not at all', () => {
    expect(blisHardware('A100-80GB')).toBe('A100-80');
    const args = blisArguments(experiment({ hardware: 'A100-80GB' }), 'blackbox', 'S', 'R');
    expect(args.slice(0, 7)).toEqual(['run', '--model', LLAMA, '--tp', '1', '--hardware', 'A100-80']);
    expect(args.slice(-4)).toEqual(['--workload-spec', 'S', '--results-path', 'R']);
    expect(blisArguments(experiment(), 'trained-physics', 'S', 'R').slice(-2)).toEqual([
      '--latency-model',
      'trained-physics',
    ]);
  });
});

describe('eligibility', () => {
  const verdict = (name: string, changes: Partial<Experiment> = {}, options: Partial<AdapterOptions> = {}) =>
    adapter(name).canRun(experiment(changes), context(options));

  it('holds for a known model on a known GPU', () => {
    for (const { name } of BLIS_ADAPTERS) expect([name, verdict(name.slice(5)).canRun]).toEqual([name, true]);
  });

  it.each([
    ['blackbox', { tp: 8 }, 'coefficients', /TP 8 on H100; none were published/],
    ['blackbox', { model: 'org/none' }, 'coefficients', /fitted to org\/none/],
    ['roofline', { model: 'org/none' }, 'model', /no architecture for the model "org\/none"/],
    ['crossmodel', { hardware: 'TPU' }, 'hardware', /GPU "TPU" is not known/],
    ['roofline', { maxNumBatchedTokens: 0 }, 'configuration', /0/],
    // The row that exists was fitted to another vLLM version than the model's default.
    [
      'blackbox',
      { hardware: 'A100-80GB' },
      'configuration',
      /rows for TP 1 exist for vllm\/vllm-openai:v0.8.4/,
    ],
  ])('%s of %j is refused: %s', (name, changes, cause, reason) => {
    expect(verdict(name, changes)).toMatchObject({
      canRun: false,
      cause,
      reason: expect.stringMatching(reason),
    });
  });

  it('finds coefficient rows whatever the case of the model, with the GPU renamed', () => {
    expect(verdict('blackbox', { model: 'Microsoft/Phi-4', hardware: 'A100-80GB' }).canRun).toBe(true);
  });

  it('needs per-request data to replay measured arrivals', () => {
    expect(replay('roofline').canRun(experiment(), context())).toMatchObject({
      canRun: false,
      cause: 'requests',
      reason: expect.stringContaining('no per-request data'),
    });
  });
});

describe('a run', () => {
  it('predicts each stage and the whole, and says how turns were read', async () => {
    const run = await adapter('roofline').run(experiment(), context());
    if (!run.ok) throw new Error(run.error.message);
    const { stages, summary, notes, simulator } = run.value;
    expect(simulator).toBe('blis-roofline');
    expect(summary.numRequests).toBe(stages[0]!.numRequests + stages[1]!.numRequests);
    expect(summary.e2e.mean).toBeGreaterThan(summary.ttft.mean ?? Infinity);
    expect(notes[0]).toContain('single turns');
    const closed = await adapter('roofline').run(experiment(), context({ multiTurn: 'as-profile' }));
    expect(closed.ok && closed.value.notes[0]).toContain('closed-loop session');
  });

  it('gives the same numbers again', async () => {
    const [first, second] = [
      await adapter('crossmodel').run(experiment(), context()),
      await adapter('crossmodel').run(experiment(), context()),
    ];
    expect(second).toEqual(first);
  });

  it('ends with a problem when cancelled', async () => {
    const long = experiment({ profile: { ...PROFILE, stages: [{ rateRps: 50, durationS: 400 }] } });
    const run = await adapter('roofline').run(long, { ...context(), isCancelled: () => true });
    expect(run).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  });

  it('refuses a profile that asks for nothing', async () => {
    const empty = experiment({ profile: { ...PROFILE, stages: [{ rateRps: 0.1, durationS: 1 }] } });
    const run = await adapter('roofline').run(empty, context());
    expect(run.ok).toBe(false);
  });
});

const requestsOf = (arrivalUs: readonly number[]): MeasuredRequests => {
  const count = arrivalUs.length;
  return {
    count,
    arrivalUs: Float64Array.from(arrivalUs),
    inputTokens: Uint32Array.from(arrivalUs, (_, row) => 100 + row),
    outputTokens: Uint32Array.from(arrivalUs, (_, row) => 5 + row),
    ttftUs: new Float64Array(count).fill(1000),
    e2eUs: new Float64Array(count).fill(9000),
    failed: new Uint8Array(count),
  };
};

describe('measured arrivals', () => {
  const requests = requestsOf([500, 0, 3_000_000]);
  const random = openRandomDoor(releaseModule());

  it('are replayed in their order, from the earliest, with measured lengths', () => {
    const made = measuredWorkload(experiment({ requests }), random);
    if (!made.ok) throw new Error(made.error.message);
    const table = made.value.workload.requests;
    expect([...table.arrivalUs]).toEqual([0, 500, 3_000_000]);
    expect([...table.inputTokens]).toEqual([101, 100, 102]);
    expect([...table.outputTokens]).toEqual([6, 5, 7]);
    expect([...table.prefixTokens]).toEqual([32, 32, 32]);
    expect([...table.prefixStream]).toEqual([0, 1, 0]);
  });

  it('take the profile’s output length where the server was told to ignore the end of text', () => {
    const made = measuredWorkload(experiment({ requests, profile: { ...PROFILE, ignoreEos: true } }), random);
    expect(made.ok && [...made.value.workload.requests.outputTokens]).toEqual([8, 8, 8]);
  });

  it('are drawn as the benchmark tool draws them where a file has none, and not called recorded', async () => {
    const many = requestsOf(Array.from({ length: 400 }, (_, i) => i * 250_000));
    const profile = {
      ...PROFILE,
      stages: [{ rateRps: 4, durationS: 100 }],
      rebuilt: { kind: 'drawn', burstiness: 1 },
    } as const;
    const made = measuredWorkload(experiment({ requests: many, profile }), random);
    if (!made.ok) throw new Error(made.error.message);
    const { arrivalUs } = made.value.workload.requests;
    // vLLM stretches the series so that the last request arrives at count / rate.
    expect(arrivalUs.at(-1)).toBe(100e6);
    const gaps = [...arrivalUs].slice(1).map((at, i) => at - (arrivalUs[i] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    // Exponential gaps spread as far as their mean; even ones not at all.
    expect(spread / mean).toBeGreaterThan(0.85);
    expect(spread / mean).toBeLessThan(1.15);
    expect([...measuredWorkloadAgain(many, profile)]).toEqual([...arrivalUs]);
    expect(replay('roofline').canRun(experiment({ requests: many, profile }), context())).toMatchObject({
      canRun: false,
      cause: 'requests',
    });
    const run = await adapterNamed('blis-roofline')?.run(experiment({ requests: many, profile }), context());
    if (run?.ok !== true) throw new Error(run?.error.message);
    expect(run.value.notes[0]).toContain('an assumption');
    expect(run.value.summary.numRequests).toBe(400);
  });

  const measuredWorkloadAgain = (rows: MeasuredRequests, profile: Experiment['profile']): Float64Array => {
    const made = measuredWorkload(experiment({ requests: rows, profile }), random);
    if (!made.ok) throw new Error(made.error.message);
    return made.value.workload.requests.arrivalUs;
  };

  it('drive a run', async () => {
    const run = await replay('crossmodel').run(experiment({ requests }), context());
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value.simulator).toBe('blis-crossmodel-replayed');
    expect(run.value.summary.numRequests).toBe(3);
    expect(run.value.notes[0]).toContain('arrive as measured');
    expect(run.value.notes[1]).toContain('No cycle of prompts');
  });

  it('carry the prompts that their lengths show to repeat', async () => {
    // Four prompts in turn, 160 requests, one a second; 32 tokens of every prompt are the system prompt's.
    const lengths = [320, 250, 401, 275];
    const cycle = requestsOf(Array.from({ length: 160 }, (_, i) => i * 1e6));
    const repeated = { ...cycle, inputTokens: cycle.inputTokens.map((_, i) => lengths[i % 4] ?? 0) };
    const made = measuredWorkload(experiment({ requests: repeated }), random);
    if (!made.ok) throw new Error(made.error.message);
    expect(made.value.prompts).toMatchObject({ kind: 'periodic', period: 4 });
    const { promptSegments } = made.value.workload.requests;
    const pieces = (row: number): number[][] => {
      const [from, to] = [
        promptSegments?.stream.offsets[row] ?? 0,
        promptSegments?.stream.offsets[row + 1] ?? 0,
      ];
      return Array.from({ length: to - from }, (_, k) => [
        promptSegments?.stream.values[from + k] ?? -1,
        promptSegments?.length[from + k] ?? -1,
      ]);
    };
    expect(pieces(5)).toEqual([
      [1, 32],
      [3, 218],
    ]);
    expect(pieces(9)).toEqual(pieces(5));
    expect(pieces(6)).not.toEqual(pieces(5));

    const distinct = { ...cycle, inputTokens: cycle.inputTokens.map((_, i) => 250 + ((i * i * 37) % 152)) };
    const ttft = async (requests: MeasuredRequests): Promise<number> => {
      const run = await replay('roofline').run(experiment({ requests }), context());
      if (!run.ok) throw new Error(run.error.message);
      return run.value.summary.ttft.mean ?? NaN;
    };
    // Cached prompts leave nearly nothing to prefill.
    expect(await ttft(repeated)).toBeLessThan(0.9 * (await ttft(distinct)));
  });

  it('run beside the profile, or instead of it', () => {
    const names = (arrivals: Arrivals): string[] => withArrivals(ADAPTERS, arrivals).map(({ name }) => name);
    expect(names('profile')).toEqual(ADAPTERS.map(({ name }) => name));
    expect(names('both').slice(0, 4)).toEqual([
      'blis-blackbox',
      'blis-blackbox-replayed',
      'blis-roofline',
      'blis-roofline-replayed',
    ]);
    expect(names('measured').slice(0, 2)).toEqual(['blis-blackbox-replayed', 'blis-roofline-replayed']);
    expect(names('both')).toContain('vidur');
  });
});

describe('stage statistics', () => {
  const windows = [
    { stageIndex: 0, rateRps: 1, durationS: 10 },
    { stageIndex: 1, rateRps: 1, durationS: 0.5 },
    { stageIndex: 2, rateRps: 1, durationS: 10 },
  ];
  const outcomes = (arrivedAtS: readonly number[]) => {
    const column = (scale: number) => Float64Array.from(arrivedAtS, (_, row) => (row + 1) * scale);
    return {
      arrivedAtS: Float64Array.from(arrivedAtS),
      e2eMs: column(100),
      ttftMs: column(10),
      itlMs: column(1),
      inputTokens: column(50),
      outputTokens: column(5),
    };
  };

  it('give a request on a boundary to the earlier stage, late ones to the last, and zeros to an empty one', () => {
    const { stages } = blisMetrics(windows.slice(0, 2), outcomes([0, 10, 99]), {});
    expect(stages.map(({ numRequests }) => numRequests)).toEqual([2, 1]);
    // At least one second: 150 tokens over a stage of half a second.
    expect(stages[1]?.throughput).toEqual({
      inputTokensPerSec: 150,
      outputTokensPerSec: 15,
      requestsPerSec: 1,
    });
    const { stages: sparse } = blisMetrics(windows, outcomes([0, 12]), {});
    expect(sparse[1]).toMatchObject({ numRequests: 0, e2e: { mean: 0, p90: 0, p99: 0 } });
  });

  it('interpolate percentiles linearly', () => {
    const { stages } = blisMetrics(windows.slice(0, 1), outcomes([0, 1, 2, 3]), {});
    expect(stages[0]?.e2e).toEqual({ mean: 250, p90: 370, p99: 397 });
  });

  it('take the summary from the aggregate; what it lacks counts as 0', () => {
    const { summary } = blisMetrics(windows, outcomes([]), {
      completed_requests: 7,
      e2e_mean_ms: 5,
      total_input_tokens: 410,
      tokens_per_sec: 3,
    });
    expect(summary).toEqual({
      stageIndex: -1,
      rateRps: 0,
      durationS: 0,
      numRequests: 7,
      e2e: { mean: 5, p90: 0, p99: 0 },
      ttft: { mean: 0, p90: 0, p99: 0 },
      itl: { mean: 0, p90: 0, p99: 0 },
      throughput: { inputTokensPerSec: 20, outputTokensPerSec: 3, requestsPerSec: 0 },
    });
  });
});

it('can be run outside: a specification and a command for each latency model', async () => {
  const { stdout, written } = await runCommand(
    simulatorInputsCommand,
    ['--simulator', 'blis', '--data-dir', 'data', '--output-dir', 'out', '--multi-turn', 'off'],
    {},
    { data: measuredTree() },
  );
  expect(written.get(`out/${FOLDER}/workload.yaml`)).toContain('num_requests: 180');
  const commands = stdout.trim().split('\n');
  expect(commands).toHaveLength(5);
  expect(commands[0]).toContain(`blis run --model meta-llama/Llama-2-70b-hf --tp 4`);
});
