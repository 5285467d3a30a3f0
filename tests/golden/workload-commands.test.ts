// Commands over the recorded traces, conversions and calibrations.
import { expect, it } from 'vitest';
import { calibrateCommand } from '../../src/headless/commands/calibrate';
import { composeCommand } from '../../src/headless/commands/compose';
import { convertCommand } from '../../src/headless/commands/convert';
import { requestsCommand } from '../../src/headless/commands/requests';
import { rngCommand } from '../../src/headless/commands/rng';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedJson, sharedPath, sharedText } from '../support/shared';

const golden = (...path: string[]): string => sharedPath('golden', ...path);

describeShared('recorded replays', () => {
  const trace = [
    '--trace-header',
    golden('trace', 'header.yaml'),
    '--trace-data',
    golden('trace', 'data.csv'),
  ];
  const recorded = sharedJson<Record<string, unknown>>('golden', 'trace', 'requests.json');

  it('fixed', async () => {
    const { stdout } = await runCommand(requestsCommand, trace);
    expect(JSON.parse(stdout)).toEqual({ seed: 42, fixed: recorded['fixed'] });
  });

  it.each([
    [0, 'closed_loop_think_0'],
    [150, 'closed_loop_think_150000'],
  ])('closed loop, think time %i ms', async (think, key) => {
    const { stdout } = await runCommand(requestsCommand, [
      ...trace,
      ...['--session-mode', 'closed-loop', '--think-time-ms', String(think), '--horizon', '30000000'],
    ]);
    expect(JSON.parse(stdout)).toEqual({ seed: 42, closed_loop: recorded[key] });
  });
});

describeShared('recorded conversions', () => {
  const folder = (name: string): string => golden('convert', name);

  it.each([
    [
      ['preset', '--name', 'chatbot', '--rate', '10', '--num-requests', '400'],
      'preset-chatbot-rate10-n400.yaml',
    ],
    [['servegen', '--path', folder('servegen-data')], 'servegen-out.yaml'],
    [['inference-perf', '--spec', folder('inference-perf-in.yaml')], 'inference-perf-out.yaml'],
  ])('convert %j', async (args, file) => {
    const { stdout, problems } = await runCommand(convertCommand, args);
    expect(problems).toEqual([]);
    expect(stdout).toBe(sharedText('golden', 'convert', file));
  });

  it('compose', async () => {
    const { stdout } = await runCommand(composeCommand, [
      ...['--from', folder('compose-in-1.yaml'), '--from', folder('compose-in-2.yaml')],
    ]);
    expect(stdout).toBe(sharedText('golden', 'convert', 'compose-out.yaml'));
  });

  it('requests straight from ServeGen data, found beside the specification', async () => {
    const { stdout } = await runCommand(requestsCommand, ['--workload-spec', folder('servegen-run.yaml')]);
    const recorded = sharedJson<{ workload: { sha256: string } }>(
      'golden',
      'convert',
      'servegen-run-requests.json',
    );
    expect(JSON.parse(stdout).workload.sha256).toBe(recorded.workload.sha256);
  });
});

describeShared('recorded calibrations', () => {
  const inputs = [
    ...['--trace-header', golden('trace', 'header.yaml'), '--trace-data', golden('trace', 'data.csv')],
    ...['--sim-results', golden('calibrate', 'sim-results.json'), '--report', 'report.json'],
  ];

  it.each([
    ['report-itl.json', ['--itl-data', golden('calibrate', 'itl.csv')]],
    [
      'report-bandwidth.json',
      ['--warmup-requests', '0', '--network-rtt-us', '2000', '--network-bandwidth-mbps', '100'],
    ],
  ])('%s', async (file, args) => {
    const { written, problems } = await runCommand(calibrateCommand, [...inputs, ...args]);
    expect(problems).toEqual([]);
    const report = JSON.parse(written.get('report.json') ?? '');
    expect(report.known_limitations).toHaveLength(3);
    expect({ ...report, known_limitations: [] }).toEqual(sharedJson('golden', 'calibrate', file));
  });
});

describeShared('recorded random numbers by command', () => {
  it('a negative seed', async () => {
    const { stdout } = await runCommand(rngCommand, ['--seed', '-7']);
    expect(JSON.parse(stdout)).toEqual(sharedJson('golden', 'rng', 'seed_-7.json'));
  });
});
