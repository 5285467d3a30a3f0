// Every recorded cluster command through our own `run` and `replay`, from its argument list to its output, and the verdict on
// every recorded wrong or borderline one.

import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { replayCommand } from '../../src/headless/commands/replay';
import { runCommand as buildRun } from '../../src/headless/commands/run';
import { runCommand } from '../support/captured-io';
import {
  describeShared,
  hasShared,
  sharedFolders,
  sharedJson,
  sharedPath,
  sharedText,
} from '../support/shared';

const FOLDER = ['golden', 'blis-cluster'] as const;
const FILES = ['--trace-header', '--trace-data', '--workload-spec', '--policy-config'];

interface Flags {
  argv: string[];
  exit_code: number;
}
interface Metrics {
  requests_kind: 'replay-results' | 'run-metrics';
  requests: Record<string, unknown>[];
}
interface ErrorCase {
  case: string;
  extra_args: string[];
  policy_yaml: string | null;
  exit_code: number;
  messages: string[];
  stdout_blocks: string[];
}

/** Stands in for the reference's bundled model folder. */
const MODEL_FILES = {
  'model_configs/qwen3-14b/config.json': JSON.stringify({
    num_hidden_layers: 40,
    hidden_size: 5120,
    num_attention_heads: 40,
    num_key_value_heads: 8,
    torch_dtype: 'bfloat16',
    intermediate_size: 17408,
    vocab_size: 151936,
    hidden_act: 'silu',
  }),
};

const cases = hasShared
  ? sharedFolders(...FOLDER).filter((name) => existsSync(sharedPath(...FOLDER, name, 'flags.json')))
  : [];

const build = (command: string | undefined) => (command === 'run' ? buildRun : replayCommand);

describeShared('golden/blis-cluster: command lines', () => {
  it.each(cases)('%s', async (name) => {
    const { argv, exit_code: exitCode } = sharedJson<Flags>(...FOLDER, name, 'flags.json');
    const args = argv.map((word, at) =>
      FILES.includes(argv[at - 1] ?? '') ? sharedPath(...FOLDER, name, word) : word,
    );
    const { requests, requests_kind: kind } = sharedJson<Metrics>(...FOLDER, name, 'metrics.json');
    const hasDecisions = existsSync(sharedPath(...FOLDER, name, 'decisions.csv'));
    const files = [
      kind === 'run-metrics' ? '--metrics-path' : '--results-path',
      'requests.json',
      ...(hasDecisions ? ['--decisions-path', 'decisions.csv'] : []),
    ];
    const done = await runCommand(build(args[0]), [...args.slice(1), ...files], MODEL_FILES);
    expect(done.problems.length).toBe(exitCode);
    expect(done.stdout).toBe(sharedText(...FOLDER, name, 'stdout.txt'));
    if (hasDecisions) {
      expect(done.written.get('decisions.csv')).toBe(sharedText(...FOLDER, name, 'decisions.csv'));
    }
    if (exitCode !== 0) return;
    const file = JSON.parse(done.written.get('requests.json') ?? '') as
      Record<string, unknown>[] | { requests: Record<string, unknown>[] };
    const key = kind === 'run-metrics' ? 'requestID' : 'request_id';
    const sorted = (rows: Record<string, unknown>[]) =>
      [...rows].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
    expect(sorted(Array.isArray(file) ? file : file.requests)).toEqual(sorted(requests));
  });
});

interface LegacyRuns {
  base_argv: string[];
  runs: {
    policy: string;
    extra_args: string[];
    decisions: [id: string, instance: string, reason: string][];
  }[];
}

describeShared('golden/blis-cluster/legacy-seed-burst: the founding era, by switch', () => {
  const folder = [...FOLDER, 'legacy-seed-burst'] as const;
  const { base_argv: base, runs } = sharedJson<LegacyRuns>(...folder, 'expected.json');

  it.each(runs.map((run) => [run.policy, run] as const))('%s', async (_, run) => {
    const args = [...base, ...run.extra_args, '--legacy-signals', '--decisions-path', 'decisions.csv'];
    const traces = { 'traces.csv': sharedText(...folder, 'traces.csv') };
    const done = await runCommand(build('run'), args.slice(1), traces);
    expect(done.problems).toEqual([]);
    const lines = (done.written.get('decisions.csv') ?? '').trimEnd().split('\n').slice(1);
    const quoted = (text: string): string => (text.includes(',') ? `"${text}"` : text);
    expect(lines).toEqual(
      run.decisions.map(([id, instance, reason]) => `routing,${id},${instance},${quoted(reason)}`),
    );
  });
});

describeShared('golden/blis-cluster/errors: verdicts on flags and bundles', () => {
  const { base_argv: base, cases: rows } = sharedJson<{ base_argv: string[]; cases: ErrorCase[] }>(
    ...FOLDER,
    'errors',
    'cases.json',
  );

  it.each(rows.map((row) => [row.case, row] as const))('%s', async (_, row) => {
    const bundle = row.policy_yaml === null ? [] : ['--policy-config', 'policy.yaml'];
    const done = await runCommand(build(base[0]), [...base.slice(1), ...row.extra_args, ...bundle], {
      ...MODEL_FILES,
      'policy.yaml': row.policy_yaml ?? '',
    });
    expect(done.problems.length > 0 ? 1 : 0).toBe(row.exit_code);
    const blocks = done.stdout.split('\n').filter((line) => line.startsWith('==='));
    expect(blocks).toEqual(row.stdout_blocks);
    const said = [...done.problems, done.stderr].join('\n');
    for (const message of row.messages) {
      const text = message.replace(/^(fatal|warning): /, '').replaceAll('\\n', '\n');
      if (text.startsWith('latency model "blackbox"')) continue;
      expect(said).toContain(text);
    }
  });
});
