// Calibrate in the page: proposal, fit, held-out predictions, parameters in words, keeping a server and using it in Validate.

import type { SyntheticLoad } from '../support/synthetic-server';
import { syntheticFolder } from '../support/synthetic-folder';
import { releaseModule } from '../support/wasm';
import { expect, expectAccessible, openByInput, test, writeFolder } from './support';

const load = (expId: number, rates: readonly number[], requestsPerStage = 400): SyntheticLoad => ({
  expId,
  model: 'meta-llama/Llama-2-7b-hf',
  tp: 1,
  rates,
  requestsPerStage,
  promptTokens: 500,
  outputTokens: 120,
  seed: 40 + expId,
});

const files = syntheticFolder(releaseModule(), [load(1, [4, 8]), load(2, [6]), load(3, [12])]);

test('fits one run, predicts the others, keeps the server and scores it in Validate', async ({
  page,
}, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), files));
  await page.getByRole('link', { name: 'Calibrate' }).click();
  const use = (folder: string) => page.getByRole('group', { name: `Use of ${folder}` });
  await expect(use('1-made-tp1').getByRole('button', { name: 'Fit' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(use('2-made-tp1').getByRole('button', { name: 'Predict' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );

  await page.getByRole('button', { name: /^Fit and predict/ }).click();
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toContainText(/Held-out error: E2E \d+\.\d %/);
  await expect(page.getByText('800 requests are 100 distinct prompts')).toBeVisible();
  await expect(page.getByText(/Weights stream at \d+ % of memory bandwidth/)).toBeVisible();
  await expect(page.getByText('Experiment 2, stage 0')).toBeVisible();
  await expect(page.getByText('Experiment 1, stage 0')).toContainText('seen by the fit');
  await expectAccessible(page);

  await page.getByLabel('Keep this fit as').fill('My server');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(page.getByText('My server is kept on this device')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export My server' }).click();
  const exported = await (await download).path();

  // One more simulator: excluded on what it was fitted on, run on the others.
  await page.getByRole('link', { name: /^Plan/ }).click();
  await expect(page.getByRole('columnheader', { name: /My server/ }).first()).toBeVisible();
  await expect(page.getByText(/was calibrated on this experiment/).first()).toBeAttached();

  // A latency model of Simulate, marked beside the figures; other degrees are refused.
  await page.getByRole('link', { name: 'Simulate', exact: true }).click();
  await page.getByLabel('Exported calibrated server').setInputFiles(exported);
  await expect(
    page.getByRole('combobox', { name: 'Latency model', exact: true }).locator('option:checked'),
  ).toHaveText(/^My server/);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('Step times: My server, calibrated on 1-made-tp1').first()).toBeVisible();
  await expect(page.getByText('Extrapolated in context length').first()).toBeVisible();
  await expect(
    page.getByRole('heading', { level: 2, name: /calibrated on 1-made-tp1/ }).first(),
  ).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath('simulate.png'), fullPage: true });
  await page.getByLabel('Tensor parallelism').first().fill('2');
  await expect(page.getByText(/this configuration runs on 2 × H100/)).toBeVisible();

  await page.getByRole('link', { name: 'Validate', exact: true }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('link', { name: 'Calibrate' }).click();
  await page.getByRole('button', { name: 'Delete My server' }).click();
  await expect(page.getByText('My server is deleted.')).toBeVisible();
  await page.getByLabel('Exported calibrated server').setInputFiles(exported);
  await expect(page.getByText('My server is kept on this device')).toBeVisible();
  await page
    .getByLabel('Exported calibrated server')
    .setInputFiles(info.outputPath('data', 'experiments.json'));
  await expect(page.getByRole('alert')).toContainText('is not a calibrated server');
});

test('goes from the demo to held-out predictions in three clicks', async ({ page }, info) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await page.getByRole('link', { name: 'Calibrate' }).click();
  await page.getByRole('button', { name: /^Fit and predict/ }).click({ timeout: 20_000 });
  // The demo's own run shares the machine.
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Held-out error: E2E [0-3]\.\d %/, {
    timeout: 30_000,
  });
  await expect(page.getByText('9\u202f000 requests are 100 distinct prompts').first()).toBeVisible();
  await expect(page.getByText('Experiment 3, stage 0')).toBeVisible();
  await page.screenshot({ path: info.outputPath('demo.png'), fullPage: true });
  // A run without rows is predicted from generated arrivals.
  await expect(page.getByText('Experiment 1, stage 1')).toBeVisible();
});

test('stops a fit at once', async ({ page }, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), files));
  await page.getByRole('link', { name: 'Calibrate' }).click();
  await page.getByRole('button', { name: /^Fit and predict/ }).waitFor();
  // Pressed as soon as it is there, so that the fit cannot end in between.
  await page.evaluate(() => {
    const observer = new MutationObserver(() => {
      const stop = [...document.querySelectorAll('button')].find(({ textContent }) =>
        textContent.includes('Stop'),
      );
      if (stop === undefined) return;
      observer.disconnect();
      stop.click();
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
  await page.getByRole('button', { name: /^Fit and predict/ }).click();
  await expect(page.getByText('Stopped.', { exact: false }).first()).toBeVisible();
  await page.keyboard.press('f');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Held-out error');
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    test.describe(`calibrate, ${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: width < 640 ? 844 : 900 } });
      test('looks', async ({ page }, info) => {
        const look = async (state: string): Promise<void> => {
          await page.screenshot({ path: info.outputPath(`${state}.png`), fullPage: true });
          await expectAccessible(page);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `${state} is wider than the screen`).toBeLessThanOrEqual(0);
        };
        await page.goto('./');
        await openByInput(page, writeFolder(info.outputPath('data'), files));
        await page.getByRole('link', { name: 'Calibrate' }).click();
        await expect(page.getByRole('button', { name: /^Fit and predict/ })).toBeVisible();
        await look('choice');
        await page.getByRole('button', { name: /^Fit and predict/ }).click();
        await expect(page.getByRole('heading', { level: 1 })).toContainText('Held-out error');
        await look('result');
      });
    });
