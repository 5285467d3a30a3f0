// Results of other simulators on the built page: by the button and by a drop, matched, changed, in the verdict, after a reload.

import { readFileSync } from 'node:fs';
import { drop, expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

const vidurTable = (count: number): string =>
  [
    'Request Id,request_e2e_time,prefill_e2e_time,decode_time_execution_plus_preemption_normalized,request_num_prefill_tokens,request_num_decode_tokens,request_num_restarts',
    ...Array.from({ length: count }, (_, row) => `${row},2.5,0.05,0.01,607.0,60.0,0`),
    '',
  ].join('\n');

test('imported results become pairs of the plan, the verdict and the exports, and survive a reload', async ({
  page,
}, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(3)));
  const card = page.getByRole('region', { name: 'Results of other simulators' });
  await expect(card).toContainText('none added');

  // A cell of the plan leads to the card.
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page
    .getByRole('button', { name: /^import…/ })
    .first()
    .click();
  const addFiles = card.getByRole('button', { name: 'Add files or a zip' });
  await expect(addFiles).toBeFocused();

  // By the button: one result that nothing tells apart, and one that is cut off.
  const loose = writeFolder(info.outputPath('results'), {
    'request_metrics.csv': vidurTable(240),
    'predictions-mine.csv': 'exp_id,stage,metric,predicted\n1,0,e2e_mean,1500\n1,-1,e2e_mean,1500\n',
    'predictions-broken.csv': 'exp_id,metric,predicted\n1,e2e_mean,1500\n',
  });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), addFiles.click()]);
  await chooser.setFiles(
    ['request_metrics.csv', 'predictions-mine.csv', 'predictions-broken.csv'].map(
      (name) => `${loose}/${name}`,
    ),
  );
  const row = card.getByRole('row', { name: /request_metrics\.csv/ });
  await expect(row).toContainText('3 experiments have 240 requests; please choose.');
  await expect(card.getByRole('row', { name: /predictions-mine\.csv/ })).toContainText('exp_id 1');
  await expect(card).toContainText('1 file was skipped.');
  await expect(card).toContainText('predictions-broken.csv');
  await row.getByRole('combobox').selectOption('2');
  await expect(row).toContainText('Assigned by hand.');
  await expectAccessible(page);
  for (const [width, scheme] of [
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await card.scrollIntoViewIfNeeded();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.screenshot({ path: info.outputPath(`card-${width}-${scheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });

  // By a drop on the card.
  await drop(
    page,
    'error_records.csv',
    [
      'simulator,experiment_folder,model,workload,exp_id,stage_index,metric_name,predicted,actual,mape,mpe,absolute_error',
      'dropped,3-made-tp2,m,general,3,-1,e2e_mean,1500,1000,50,50,500',
      'dropped,3-made-tp2,m,general,3,0,e2e_mean,1500,1000,50,50,500',
      '',
    ].join('\n'),
    '[data-drop-hint]',
  );
  await expect(card.getByRole('row', { name: /error_records\.csv/ })).toContainText('exp_id 3');
  expect(new URL(page.url()).hash).toContain('#/validate/sources');

  // They count, without a run.
  await page.goto('./#/validate/verdict');
  for (const name of ['Vidur', 'mine', 'dropped'])
    await expect(page.getByRole('main').getByText(name, { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'error_records.csv' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  for (const name of ['vidur', 'mine', 'dropped']) expect(text).toContain(`\n${name},`);

  await page.reload();
  await page.goto('./#/validate/sources');
  await expect(row.getByRole('combobox')).toHaveValue('2');
  await row.getByRole('button', { name: /^Remove/ }).click();
  await expect(row).toHaveCount(0);
  await page.goto('./#/validate/plan');
  await expect(page.getByRole('button', { name: /^mine, experiment 1:/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Vidur, experiment 2:/ })).toHaveCount(0);
});
