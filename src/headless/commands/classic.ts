// `classic`: the founding version's run, its flags and printed metrics (BLIS 148be7f3 cmd/root.go).

import { Command, Option } from 'commander';
import { formatProblem } from '../../base/problem';
import type { ClassicConfig, ClassicWarnings } from '../../domain/classic';
import { openRandomDoor } from '../../engine/random-door';
import { simulateClassic } from '../../engine/simulate-classic';
import { classicJson, classicText } from '../../report/classic-output';
import { stepsFile } from '../../report/blis-output';
import { generateClassicRequests, parseClassicGenerator } from '../../workload/classic-generator';
import { UsageError, type Io } from '../io';
import { int64Option, listOption, wholeOption } from '../option-values';

const UNLIMITED_TICKS = 2n ** 63n - 1n;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'];
/** Levels at which warnings are shown. */
const SHOWS_WARNINGS = ['trace', 'debug', 'info', 'warn', 'warning'];

interface ClassicFlags {
  readonly reqgenConfigPath: string;
  readonly totalKvBlocks: number;
  readonly blockSizeInTokens: number;
  readonly maxNumRunningReqs: number;
  readonly maxNumScheduledTokens: number;
  readonly longPrefillTokenThreshold: number;
  readonly horizon: bigint;
  readonly regressionCoeffs: readonly string[];
  readonly queuingCoeffs: readonly string[];
  readonly finishedCoeffs: readonly string[];
  readonly log: string;
  readonly metricsPath?: string;
  readonly stepsPath?: string;
}

export const classicCommand = (io: Io): Command => {
  const command = new Command('classic')
    .description('The early engine behind the founding README, warts included; for reproduction.')
    .option('--reqgen-config-path <file>', 'request-generator YAML', 'requestgenconfig.yaml')
    .addOption(
      new Option('--horizon <us>', 'end of the run, µs')
        .argParser(int64Option('horizon'))
        // Commander prints a default as JSON, which knows no 64-bit integers.
        .default(UNLIMITED_TICKS, 'none'),
    )
    .option('--regression-coeffs <numbers...>', 'step time, seconds: constant, prefill, decode', listOption)
    .option('--queuing-coeffs <numbers...>', 'queueing delay, µs: per prompt token, constant', listOption)
    .option('--finished-coeffs <numbers...>', 'finish delay, µs: per prompt token, constant', listOption)
    .addOption(new Option('--log <level>', 'verbosity on stderr').choices(LOG_LEVELS).default('error'))
    .option('--metrics-path <file>', 'the printed values as JSON')
    .option('--steps-path <file>', 'every step as CSV');
  const whole = (flag: string, about: string, otherwise: number, least: number): Command =>
    command.option(`--${flag} <n>`, about, wholeOption(flag, least), otherwise);
  whole('total-kv-blocks', 'KV blocks', 8_000_000, 0);
  whole('block-size-in-tokens', 'tokens per KV block', 16, 1);
  whole('max-num-running-reqs', 'batch slots', 35, 0);
  whole('max-num-scheduled-tokens', 'token budget of a step', 8192, 0);
  whole('long-prefill-token-threshold', 'most prompt tokens of one request in a step; 0 = off', 0, 0);
  whole('max-model-len', 'accepted, without effect', 2048, -Infinity);
  whole('queuing-delay', 'accepted, without effect', 0, -Infinity);
  whole('finished-delay', 'accepted, without effect', 0, -Infinity);
  return command.action((flags: ClassicFlags) => run(io, flags));
};

async function run(io: Io, flags: ClassicFlags): Promise<void> {
  const start = io.nowMs();
  const config = configOf(flags);
  const file = flags.reqgenConfigPath;
  const generator = parseClassicGenerator(await io.readText(file), file);
  if (!generator.ok) throw new UsageError(formatProblem(generator.error));
  const requests = generateClassicRequests(generator.value, config.horizonUs, openRandomDoor(io.wasm()));
  if (!requests.ok) throw new UsageError(formatProblem(requests.error));
  const stepLog = flags.stepsPath !== undefined;
  const outcome = await simulateClassic(io.wasm(), config, requests.value, { stepLog });
  if (!outcome.ok) throw new UsageError(formatProblem(outcome.error));
  const result = outcome.value;
  const { rateRps } = generator.value;
  if (flags.metricsPath !== undefined) await io.writeText(flags.metricsPath, classicJson(result, rateRps));
  if (flags.stepsPath !== undefined && result.steps !== undefined) {
    await io.writeChunks(flags.stepsPath, stepsFile(result.steps));
  }
  if (SHOWS_WARNINGS.includes(flags.log)) io.stderr(warningLines(result.warnings));
  io.stdout(classicText(result, rateRps, (io.nowMs() - start) / 1000));
}

function configOf(flags: ClassicFlags): ClassicConfig {
  const { horizon } = flags;
  if (horizon <= 0n) throw new UsageError(`--horizon must be > 0, got ${horizon}`);
  const [r0, r1, r2] = coefficients('regression-coeffs', flags.regressionCoeffs, 3);
  const [q0, q1] = coefficients('queuing-coeffs', flags.queuingCoeffs, 2);
  const [f0, f1] = coefficients('finished-coeffs', flags.finishedCoeffs, 2);
  return {
    totalKvBlocks: flags.totalKvBlocks,
    blockSizeTokens: flags.blockSizeInTokens,
    maxNumRunningReqs: flags.maxNumRunningReqs,
    maxNumScheduledTokens: flags.maxNumScheduledTokens,
    longPrefillTokenThreshold: flags.longPrefillTokenThreshold,
    horizonUs: horizon >= UNLIMITED_TICKS ? Infinity : Number(horizon),
    regression: [r0 ?? 0, r1 ?? 0, r2 ?? 0],
    queueing: [q0 ?? 0, q1 ?? 0],
    finishing: [f0 ?? 0, f1 ?? 0],
  };
}

/** The reference's default of all three lists, which the step time cannot use. */
const DEFAULT_COEFFICIENTS: readonly string[] = ['1', '2'];

function coefficients(flag: string, texts: readonly string[] | undefined, needed: number): readonly number[] {
  const given = texts ?? DEFAULT_COEFFICIENTS;
  const values = given.map((text) => (text.trim() === '' ? NaN : Number(text)));
  if (values.length < needed) {
    throw new UsageError(`--${flag}: found ${values.length} numbers, expected ${needed}.`);
  }
  const wrong = given.find((_, index) => !(Number.isFinite(values[index]) && (values[index] ?? -1) >= 0));
  if (wrong !== undefined) throw new UsageError(`--${flag}: found "${wrong}", expected finite numbers >= 0.`);
  return values;
}

function warningLines(warnings: ClassicWarnings): string {
  const lines: readonly (readonly [string, number])[] = [
    ['Not enough KV cache space to allocate new blocks', warnings.kv_shortage],
    ['[Preemption]', warnings.preemptions],
    ['Simulator has run out of token budget. Trying in next step.', warnings.budget_exhausted],
    ['[THIS SHOULD NEVER HAPPEN]', warnings.final_token_lost],
  ];
  return lines
    .filter(([, times]) => times > 0)
    .map(([message, times]) => `level=warning msg="${message}" times=${times}\n`)
    .join('');
}
