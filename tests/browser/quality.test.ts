// The Quality tab on the built page: what the checks find, leaving rows out, intervals, two simulators.

import { expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

/** 240 requests an experiment; the first three are cold, the next two answer nothing. Means as the summaries state them. */
function withRequests(
  files: Record<string, string>,
  promptTokens: (index: number) => number = () => 566,
): Record<string, string> {
  const rows = Array.from({ length: 240 }, (_, index) => {
    const [ttft, tokens] = index < 3 ? [1_186_667, 248] : index < 5 ? [20_000, 0] : [240_000, 248];
    const decode = tokens === 0 ? 0 : 1_764_706;
    return [index, index * 250_000, promptTokens(index), tokens, ttft, ttft + decode, 0].join(',');
  });
  const text = ['index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error', ...rows, ''].join('\n');
  const folders = new Set(
    Object.keys(files).flatMap((path) => (path.includes('/') ? [path.split('/')[0]] : [])),
  );
  return {
    ...files,
    ...Object.fromEntries([...folders].map((folder) => [`${folder}/results/per_request.csv`, text])),
  };
}

test('findings, the switch that leaves rows out, and what it does to the verdict', async ({ page }, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), withRequests(measurements(4))));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('heading', { name: /runs are finished/ })).toBeVisible();
  await page.getByRole('link', { name: /^Quality/ }).click();

  const sound = page.getByRole('region', { name: 'Is each measurement sound?' });
  await expect(sound.getByRole('heading', { name: 'Cold start' })).toBeVisible();
  await expect(sound).toContainText('The first 3 requests took more than 3 × the median TTFT');
  await expect(sound.getByRole('heading', { name: 'Empty replies' })).toBeVisible();
  await expect(sound).toContainText('Rows 4, 5');
  await expect(sound).toContainText('Not identifiable: prompt lengths are so even');
  const averages = page.getByRole('table', { name: /Mean error by simulator/ });
  await expect(averages).toContainText('4/4');
  await expect(averages).toContainText(' to ');
  await expect(page.getByRole('region', { name: 'Two simulators on what both cover' })).toContainText(
    'chance cannot be ruled out',
  );
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath('quality.png'), fullPage: true });

  await page.getByRole('link', { name: 'Verdict' }).click();
  const table = page.getByRole('region', { name: 'Error by simulator' });
  const before = await table.innerText();
  await page.getByRole('link', { name: /^Quality/ }).click();
  const cold = page.getByRole('checkbox', { name: /Cold start$/ });
  await cold.focus();
  await page.keyboard.press('Space');
  await expect(page.getByText('Left out of the measured means: cold start.').first()).toBeVisible();
  await page.getByRole('link', { name: 'Verdict' }).click();
  await expect(page.getByText('Left out of the measured means: cold start.')).toBeVisible();
  const without = await table.innerText();
  expect(without).not.toBe(before);

  // The choice survives a reload, and so does taking it back.
  await page.reload();
  await expect(page.getByText('Left out of the measured means: cold start.')).toBeVisible();
  expect(await table.innerText()).toBe(without);
  await page.getByRole('link', { name: /^Quality/ }).click();
  await expect(cold).toBeChecked();
  await cold.click();
  await expect(page.getByText('Left out of the measured means: cold start.')).toHaveCount(0);
  await page.reload();
  await expect(cold).not.toBeChecked();
  await page.getByRole('link', { name: 'Verdict' }).click();
  expect(await table.innerText()).toBe(before);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('link', { name: /^Quality/ }).click();
  await expect(sound).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.screenshot({ path: info.outputPath('quality-390.png'), fullPage: true });
});

test('repeated prompts are found, and BLIS is judged on them beside the profile', async ({ page }, info) => {
  const cycle = (index: number): number => 540 + (((index % 40) * 7) % 40);
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), withRequests(measurements(1), cycle)));
  await page.getByRole('link', { name: /^Quality/ }).click();
  const sound = page.getByRole('region', { name: 'Is each measurement sound?' });
  await expect(sound).toContainText(/240 requests are 40 distinct prompts, in turn.*9\d % of prompt tokens/);

  await page.getByRole('link', { name: /^Plan/ }).click();
  await page.getByLabel('Requests').selectOption('both, side by side');
  await expect(page.getByRole('columnheader', { name: /^roofline, replayed/ })).toBeVisible();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await page.getByRole('link', { name: 'Verdict', exact: true }).click();
  const table = page.getByRole('region', { name: 'Error by simulator' });
  await expect(table.getByRole('row', { name: /BLIS roofline, replayed/ })).toBeVisible();
  await expect(table.getByRole('row', { name: /BLIS roofline(?!, replayed)/ }).first()).toBeVisible();
  await expect(page.getByText('Prompts repeat in turn after 40 requests').first()).toBeVisible();
  await page.screenshot({ path: info.outputPath('verdict.png'), fullPage: true });
  await expectAccessible(page);
});
