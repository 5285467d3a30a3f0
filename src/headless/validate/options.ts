// The flags of `validate`: the reference runner's that make sense without its programs, and ours.

import { Command, Option } from 'commander';
import type { AdapterOptions, Arrivals, StudyVersion } from '../../adapters/adapter';
import { ADAPTERS } from '../../adapters/registry';

export interface ValidateOptions {
  readonly dataDir: string;
  readonly outputDir: string;
  readonly adapters?: readonly string[];
  readonly dpScaling: boolean;
  readonly all?: boolean;
  readonly preRun?: readonly string[];
  readonly mode: AdapterOptions['mode'];
  readonly multiTurn: AdapterOptions['multiTurn'];
  readonly arrivals: Arrivals;
  readonly systems?: string;
  readonly tableGaps: NonNullable<AdapterOptions['tableGaps']>;
  readonly borrowVersions?: boolean;
  readonly study: StudyVersion;
  readonly sampledRuns: NonNullable<AdapterOptions['sampledRuns']>;
  readonly cpuBlocks: 'configured' | 'kv_events.jsonl';
  readonly extraTables?: boolean;
  readonly bundle?: string;
  readonly html?: string;
  readonly verbose?: boolean;
}

export const NAMES = ADAPTERS.map(({ name }) => name);

export function validateFlags(): Command {
  return new Command('validate')
    .description('Runs simulators over measured experiments and reports how far off they are.')
    .option(
      '--data-dir <folder>',
      'folder with experiments.json and the experiments, or with benchmark results and a server.yaml',
      'vllm_data/ground_truth',
    )
    .option('--output-dir <folder>', 'where error_records.csv and runtime.csv go', 'results')
    .option('--adapters <names...>', `simulators, in the order to run them: ${NAMES.join(', ')}`)
    .option('--no-dp-scaling', 'leave out experiments with data parallelism > 1')
    .option('--all', 'take experiments that are not marked safe, too')
    .option('--pre-run <folders...>', 'results of simulators that ran elsewhere')
    .addOption(choice('--mode', 'warts of the reference, or corrected', ['reference', 'corrected']))
    .addOption(choice('--multi-turn', 'how enable_multi_turn_chat is read', ['as-profile', 'off']))
    .addOption(
      choice(
        '--arrivals',
        'BLIS on requests made from the profile, on the measured ones (…-replayed), or on both',
        ['profile', 'measured', 'both'],
      ),
    )
    .option('--systems <folder>', 'operator tables for aiconfigurator-estimate')
    .addOption(
      choice(
        '--table-gaps',
        'entries that the tables lack: the run fails (SILICON), or they are estimated (HYBRID)',
        ['fail', 'estimate'],
      ),
    )
    .option('--borrow-versions', 'fill shapes that the newest tables lack from other versions')
    .addOption(
      choice('--study', 'whose adapter rules hold where the study changed them', ['5b12a00', 'dcec3fd']),
    )
    .addOption(
      choice('--sampled-runs', 'compare imported sampled runs with all requests, or with the same ones', [
        'whole',
        'matched',
      ]),
    )
    .addOption(
      choice('--cpu-blocks', 'CPU blocks as configured, or the older peak count of kv_events.jsonl', [
        'configured',
        'kv_events.jsonl',
      ]),
    )
    .option('--extra-tables', 'print tables by hardware and by property and simulator, too')
    .option('--bundle <file>', 'write all results, figures and a manifest as one zip')
    .option('--html <file>', 'write a report that opens without a network')
    .option('--verbose', 'say more on stderr');
}

/** The first value is the default. */
const choice = (flag: string, description: string, values: readonly string[]): Option =>
  new Option(`${flag} <choice>`, description).choices(values).default(values[0]);
