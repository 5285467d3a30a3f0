// The Convert place: a load in, edits with live validation, another form out; and the judgement of a replay. Every state in
// both themes and two widths, without complaint of axe, console or policy.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { TRACE_V2_COLUMNS } from '../../src/sources/trace-v2-data';
import { expect, expectAccessible, test, writeFolder } from './support';

const SPEC = `version: "2"
seed: 7
num_requests: 400
aggregate_rate: 20
clients:
  - id: chat
    slo_class: critical
    rate_fraction: 3
    prefix_group: assistant
    prefix_length: 120
    arrival: {process: gamma, cv: 2}
    input_distribution: {type: gaussian, params: {mean: 300, std_dev: 90, min: 10, max: 900}}
    output_distribution: {type: exponential, params: {mean: 150}}
  - id: agents
    slo_class: batch
    rate_fraction: 1
    arrival: {process: poisson}
    input_distribution: {type: pareto_lognormal, params: {alpha: 1.5, xm: 100, mu: 6, sigma: 0.8, mix_weight: 0.3}}
    output_distribution: {type: constant, params: {value: 64}}
    reasoning: {multi_turn: {max_rounds: 4, think_time_us: 2000000, context_growth: accumulate}}
`;

/** A measured trace and results that are off by a tenth, with some scatter. */
function replayFiles(count: number): Record<string, string> {
  const rows: string[] = [];
  const results: object[] = [];
  for (let id = 0; id < count; id++) {
    const wave = Math.sin(id * 1.7);
    const ttft = Math.round(40_000 + 15_000 * wave + 20_000 * ((id * 37) % 11));
    const e2e = ttft + 2_000_000 + ((id * 7919) % 1_500_000);
    const send = 1_700_000_000_000_000 + id * 50_000;
    rows.push(
      `${id},c,,,,0,,0,true,100,200,0,0,0,0,0,,0,0,${id * 50_000},${send},${send + ttft},${send + e2e},200,ok,,stop`,
    );
    results.push({
      request_id: id,
      ttft_us: ttft * (1.1 + 0.1 * Math.cos(id)),
      e2e_us: e2e * (0.95 + 0.03 * Math.sin(id * 3)),
      input_tokens: 100,
      output_tokens: 200,
    });
  }
  return {
    'header.yaml':
      'trace_version: 2\ntime_unit: us\nmode: real\nwarm_up_requests: 5\nnetwork:\n    measured_rtt_ms: 1.25\n',
    'data.csv': `${TRACE_V2_COLUMNS.join(',')}\n${rows.join('\n')}\n`,
    'results.json': JSON.stringify(results),
  };
}

const choose = (page: Page, ...paths: string[]): Promise<void> =>
  page.getByLabel('Files to convert').setInputFiles(paths);

async function download(page: Page, name: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download ${name}` }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(name);
  return readFileSync(await file.path(), 'utf8');
}

test('a specification is understood, edited and taken out as TraceV2', async ({ page }, info) => {
  const root = writeFolder(info.outputPath('in'), { 'load.yaml': SPEC });
  await page.goto('./#/convert');
  await choose(page, join(root, 'load.yaml'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Workload specification');
  const understood = page.getByRole('region', { name: 'What was understood' });
  await expect(understood).toContainText('assistant');
  await expect(understood).toContainText('400');
  await page.getByRole('radio', { name: /^TraceV2/ }).check();
  await expect(page.getByText('Rounds of conversations stand at their think time')).toBeVisible();
  const rows = (await download(page, 'trace_data.csv')).trimEnd().split('\n');
  expect(rows).toHaveLength(401);
  expect(rows[0]).toBe(TRACE_V2_COLUMNS.join(','));

  const editor = page.getByLabel(/^Specification as YAML/);
  await editor.fill(SPEC.replace('process: gamma', 'process: uniform').replace('seed: 7', 'seed: x'));
  await expect(page.getByRole('button', { name: 'Line 2' })).toBeVisible();
  await expect(page.getByText('The specification has problems')).toBeVisible();
  await editor.fill(SPEC.replace('process: gamma', 'process: uniform'));
  await expect(page.getByText(/found "uniform", expected one of poisson/)).toBeVisible();
  await page.getByRole('button', { name: 'Line 11' }).click();
  await expect(editor).toBeFocused();
  await editor.fill(SPEC.replace('num_requests: 400', 'num_requests: 50'));
  await expect(understood.getByText('50', { exact: true }).first()).toBeVisible();
  await page.getByRole('radio', { name: /^v2 YAML/ }).check();
  expect(await download(page, 'workload.yaml')).toContain('num_requests: 50');
});

test('presets, measurements and folders are read; what is unknown is named', async ({ page }, info) => {
  const root = writeFolder(info.outputPath('in'), {
    'per_request_lifecycle_metrics.json': JSON.stringify([
      {
        start_time: 5,
        end_time: 6,
        info: { input_tokens: 7, output_tokens: 3, output_token_times: [5.5, 6] },
        error: null,
      },
      {
        start_time: 4,
        end_time: 6,
        info: { input_tokens: 8, output_tokens: 2, output_token_times: [5, 6] },
        error: null,
      },
    ]),
    'notes.json': '{"title": 1}',
    'servegen/chunk-0-trace.csv': '0,2,1,Gamma\n',
    'servegen/chunk-0-dataset.json': '{"0": {"input_tokens": "{50: 1}", "output_tokens": "{60: 1}"}}',
  });
  await page.goto('./#/convert');
  await choose(page, join(root, 'notes.json'));
  await expect(page.getByRole('alert')).toContainText('title');
  await choose(page, join(root, 'per_request_lifecycle_metrics.json'));
  await expect(page.getByText('negative arrivals')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Sort by start time' }).check();
  await expect(page.getByText('Nothing is lost.')).toBeVisible();
  await expect(
    page.getByText('plumbline convert trace --file per_request_lifecycle_metrics.json --sort-by-start'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'chatbot' }).click();
  await expect(page.getByLabel(/^Specification as YAML/)).toHaveValue(/id: preset-chatbot/);
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByLabel('Folder to convert').setInputFiles(join(root, 'servegen'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('ServeGen data');
  await expect(page.getByText(/placeholder/)).toBeVisible();
});

test('a replay is judged as its files come in', async ({ page }, info) => {
  const root = writeFolder(info.outputPath('in'), replayFiles(300));
  await page.goto('./#/convert/judge');
  await choose(page, join(root, 'data.csv'));
  await expect(page.getByText('still needed: the results file')).toBeVisible();
  await choose(page, join(root, 'header.yaml'));
  await choose(page, join(root, 'results.json'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('E2E is off by');
  await expect(page.getByText('295 matched, 5 left out as warm-up')).toBeVisible();
  await expect(page.getByRole('region', { name: 'TTFT', exact: true })).toContainText('over-predict');
  await page.getByLabel('Warm-up requests').fill('0');
  await page.getByLabel('Warm-up requests').blur();
  await expect(page.getByText('300 matched, 0 left out')).toBeVisible();
  await expect(page.getByText('--warmup-requests 0')).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the report' }).click(),
  ]);
  expect(JSON.parse(readFileSync(await file.path(), 'utf8')).trace_info.matched_pairs).toBe(300);
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    test.describe(`${colorScheme}, ${width} px`, () => {
      const isPhone = width < 640;
      test.use({ colorScheme, hasTouch: isPhone, viewport: { width, height: isPhone ? 844 : 900 } });

      test('every state of Convert', async ({ page }, info) => {
        const look = async (state: string): Promise<void> => {
          await page.screenshot({ path: info.outputPath(`${state}.png`), fullPage: true });
          await expectAccessible(page);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `${state} is wider than the screen`).toBeLessThanOrEqual(0);
        };
        const root = writeFolder(info.outputPath('in'), {
          'load.yaml': SPEC,
          'notes.yaml': 'title: 1\n',
          ...replayFiles(800),
        });
        await page.goto('./#/convert');
        await expect(page.getByRole('button', { name: 'chatbot' })).toBeVisible();
        await look('start');
        await choose(page, join(root, 'notes.yaml'));
        await expect(page.getByRole('alert')).toBeVisible();
        await look('refused');
        await choose(page, join(root, 'load.yaml'));
        await expect(page.getByRole('region', { name: 'What was understood' })).toContainText('assistant');
        await look('understood');
        await page.getByLabel(/^Specification as YAML/).fill(SPEC.replace('cv: 2', 'cv: -2'));
        await expect(page.getByRole('button', { name: 'Line 11' })).toBeVisible();
        await look('invalid');
        await choose(page, join(root, 'data.csv'));
        await expect(page.getByRole('heading', { level: 1 })).toHaveText('BLIS TraceV2');
        await look('trace');
        await page.goto('./#/convert/judge');
        await expect(page.getByText('still needed')).toBeVisible();
        await look('judge-empty');
        await choose(page, ...['data.csv', 'header.yaml', 'results.json'].map((name) => join(root, name)));
        await expect(page.getByRole('heading', { level: 1 })).toContainText('is off by');
        await look('judged');
      });
    });
