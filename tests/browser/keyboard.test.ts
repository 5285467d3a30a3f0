// Both main journeys by keyboard alone: a folder of measurements to verdict and figure, a preset to compared runs.

import type { Locator, Page } from '@playwright/test';
import { expect, measurements, preparePicker, test } from './support';

/** Tabs on (or back) until the thing has the focus, which must be visible on everything on the way. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let steps = 0; steps < 150; steps += 1) {
    await page.keyboard.press(key);
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return 'nothing';
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isShown = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
      return isShown ? 'shown' : `not shown: ${element.outerHTML.slice(0, 120)}`;
    });
    if (focus !== 'nothing') expect(focus).toBe('shown');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target.toString()} is not reached by Tab`);
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

test('a folder to its verdict and a figure', async ({ page }) => {
  await page.goto('./');
  await preparePicker(page, measurements(3), 'measured');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await press(page, page.getByRole('button', { name: 'Choose folder' }));
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toContainText('ready');
  await press(page, page.getByRole('button', { name: 'Open the plan' }));
  await press(page, page.getByRole('button', { name: /^Run \d+$/ }));
  await expect(title).toContainText(/^All \d+ runs/, { timeout: 30_000 });

  await press(page, page.getByRole('link', { name: /^Verdict/ }));
  await expect(title).toContainText('the measured end-to-end latency');
  // Settings, experiments and files.
  await press(page, page.getByRole('button', { name: 'Median' }));
  await expect(page).toHaveURL(/stat=median/);
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 2, name: /Experiment/ })).toBeVisible();
  await press(page, page.getByRole('button', { name: 'Export' }));
  await page.keyboard.press('ArrowDown');
  const [csv] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(csv.suggestedFilename()).toMatch(/\.csv$/);

  await press(page, page.getByRole('link', { name: /^Figures/ }));
  const all = page.getByRole('button', { name: 'Download all' });
  await expect(all).toBeEnabled({ timeout: 30_000 });
  await tabTo(page, all);
  const [zip] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(zip.suggestedFilename()).toBe('figures.zip');

  // The drawer takes the focus and gives it back.
  await press(page, page.getByRole('button', { name: 'Local only' }));
  await expect(page.getByRole('dialog', { name: 'Stored on this device' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Local only' })).toBeFocused();
});

test('a preset to two runs side by side', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page).toHaveURL(/#\/simulate/);
  const preset = page.getByLabel('Preset');
  await tabTo(page, preset);
  await page.keyboard.press('ArrowDown');
  await expect(preset).not.toHaveValue('');
  await press(page, page.getByRole('button', { name: 'Run', exact: true }));
  const chips = page.getByRole('group', { name: 'Runs' });
  await expect(chips).toBeVisible({ timeout: 30_000 });
  await press(page, chips.getByRole('button', { name: 'Pin' }));
  await expect(chips).toContainText('The next run stands beside it.');

  // Form and views stand before the results, whose list of requests is long.
  await tabTo(page, page.getByRole('textbox', { name: 'Instances' }), 'Shift+Tab');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await expect(page.getByText('B against A')).toBeVisible({ timeout: 30_000 });
  const parts = page.getByRole('navigation', { name: 'Parts of Simulate' });
  await tabTo(page, parts.getByRole('link', { name: /^Compare/ }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  const table = page.getByRole('region', { name: 'Metrics by run' });
  await expect(table.getByRole('row', { name: /^TTFT mean/ })).toContainText('%');
});
