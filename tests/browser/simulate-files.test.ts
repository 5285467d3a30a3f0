// What Simulate takes by a drop, links to loads that are elsewhere, and what it does by itself: repeat a run, tell how far it is, keep
// what was typed.

import { readFileSync } from 'node:fs';
import { drop, expect, expectAccessible, test } from './support';

const trace = (requests: number): string =>
  [
    'arrival_time,request_id,model,prefill_tokens,decode_tokens',
    ...Array.from({ length: requests }, (_, row) => `${row / 10},${row},m,"[1, 2, ${row}]","[${row}, 7]"`),
    '',
  ].join('\n');

const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 20,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  vocab_size: 32000,
  max_position_embeddings: 8192,
  torch_dtype: 'bfloat16',
};

test('a dropped trace, model and run file are each taken for what they are; a link says when its trace is not here', async ({
  page,
}) => {
  await page.goto('./#/simulate');
  const figures = page.getByLabel('Key figures');
  await expect(figures).toContainText('all completed', { timeout: 30_000 });
  await drop(page, 'mine.csv', trace(30));
  await expect(page.getByText('mine.csv, Five-column trace with token ids, 30 requests')).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Requests' }).locator('..')).toContainText('30 of 30');
  const address = page.url();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).first().click();
  await page.getByRole('menuitem', { name: 'Run file settings' }).click();
  const runFile = readFileSync(await (await saved).path(), 'utf8');
  await page.getByLabel('Instances', { exact: true }).fill('3');
  await drop(page, 'run.plumbline.json', runFile);
  await expect(
    page.getByText('The result is the one in run.plumbline.json, request by request.'),
  ).toBeVisible();
  await expect(page.getByLabel('Instances', { exact: true })).toHaveValue('1');

  // Elsewhere: the link has the fingerprint, not the trace.
  await page.goto('about:blank');
  await page.goto(address);
  const missing = page.getByText('This link shows a view of data that is not on this device');
  await expect(missing).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(missing).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await drop(page, 'other.csv', trace(20));
  await expect(page.getByText('other.csv is not the load of the link.')).toBeVisible();
  await page.goto('about:blank');
  await page.goto(address);
  await expect(missing).toBeVisible();
  await drop(page, 'mine.csv', trace(30));
  await expect(page.getByText('mine.csv, Five-column trace with token ids, 30 requests')).toBeVisible();
  await expect(missing).toBeHidden();

  await drop(page, 'config.json', JSON.stringify(CONFIG));
  await expect(page.getByText('config.json was taken as own/llama-20x2048.')).toBeVisible();
  await page.getByLabel('Latency model').selectOption('roofline');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(figures).toContainText('30');
  await page.reload();
  await expect(page.getByLabel('Model', { exact: true })).toHaveValue('own/llama-20x2048');
  await expect(page.getByLabel('Model', { exact: true })).toHaveAttribute('aria-invalid', 'false');
});

test('Live runs again, a long run tells how far it is, and Back keeps an unfinished text', async ({
  page,
}) => {
  await page.goto('./#/simulate');
  const figures = page.getByLabel('Key figures');
  const printed = page.getByRole('region', { name: 'Printed metrics' });
  await expect(figures).toContainText('all completed', { timeout: 30_000 });
  await page.getByLabel('Live').check();
  await page.getByLabel('Instances', { exact: true }).fill('2');
  await expect(printed).toContainText('instance_1', { timeout: 15_000 });
  await page.getByLabel('Live').uncheck();

  await page.getByRole('textbox', { name: 'Requests', exact: true }).fill('2000000');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText(/^Simulating: \d[\d\s]* of 2\s000\s000 requests$/u)).toBeVisible({
    timeout: 60_000,
  });
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: /^Stop/ }).first().click();
  await expect(page.getByText(/^Simulating/)).toBeHidden();
  await expect(figures).toContainText('500');
  await page.getByRole('textbox', { name: 'Requests', exact: true }).fill('500');

  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  const text = page.getByLabel('Configuration as YAML. Escape, then Tab, leaves the field.');
  await text.fill(`${await text.inputValue()}# mine\n`.replace('rate: 5', 'rate: 4'));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page).toHaveURL(/view=yaml/);
  const ran = page.url();
  await text.fill(`${await text.inputValue()}routing-polcy: weighted\n`);
  await page.goBack();
  await expect(page).not.toHaveURL(ran);
  await expect(page.getByText('What you had typed is set aside.')).toBeVisible();
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await expect(page.getByText('The YAML has a mistake in line')).toBeVisible();
  await page.getByRole('button', { name: 'Open the YAML' }).click();
  await expect(text).toHaveValue(/# mine\nrouting-polcy: weighted\n$/);
});
