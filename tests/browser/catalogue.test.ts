// The Catalogue on the built page: browse, explore, bring an own model and GPU, all by keyboard where a keyboard user must;
// both themes and three widths of every part.

import { writeFileSync } from 'node:fs';
import { expect, expectAccessible, test } from './support';

const CONFIG = {
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 14336,
  vocab_size: 128256,
  torch_dtype: 'bfloat16',
  hidden_act: 'silu',
  max_position_embeddings: 8192,
};

test('explore: roofline, step times and memory follow the choice, and the address keeps it', async ({
  page,
}) => {
  await page.goto('./#/catalogue');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'meta-llama/Llama-3.1-8B-Instruct on H100',
  );
  const memory = page.getByRole('region', { name: 'KV capacity' });
  await expect(memory).toContainText('26\u202f312 blocks of 16 tokens');
  const times = page.getByRole('region', { name: 'Times of the chosen batch' });
  await expect(times.getByRole('row', { name: 'trained-physics' })).toContainText('9.47');

  await page.getByLabel('Tensor parallelism').selectOption('4');
  await expect(memory).toContainText('543\u202f011 blocks');
  await page.getByRole('button', { name: 'Corrected' }).click();
  await expect(memory).toContainText('127\u202f304 blocks');
  await page.getByLabel('Model', { exact: true }).selectOption('microsoft/phi-4');
  await expect(times.getByRole('row', { name: 'trained-physics' })).toContainText(
    'TP 4 does not divide 10 KV heads.',
  );
  await page.getByLabel('Decode batch, requests').fill('many');
  await page.keyboard.press('Tab');
  await expect(page.getByText('A whole number from 0 to 1024.')).toBeVisible();
  await page.getByLabel('Decode batch, requests').fill('64');
  await page.keyboard.press('Tab');
  await expect(page).toHaveURL(/model=microsoft%2Fphi-4.*decode=64/);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('microsoft/phi-4 on 4 × H100');
});

test('charts are read by keyboard and have a table', async ({ page }) => {
  await page.goto('./#/catalogue/explore');
  const roofline = page.getByRole('img', { name: /^Roofline: 9 operating points/ });
  await roofline.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/^prefill of 16 tokens: .* bound by memory/)).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByRole('table', { name: 'Operating points of the roofline' })).toBeVisible();
  const steps = page.getByRole('img', { name: /^Step time in milliseconds/ });
  await steps.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(/^Decode batch 512: roofline/)).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  expect((await download).suggestedFilename()).toBe('step-times.csv');
});

test('browse by keyboard: tabs, search, details', async ({ page }) => {
  await page.goto('./#/catalogue');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('2');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('GPUs');
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('l40s');
  await expect(page.getByText('2 of 16 GPUs')).toBeVisible();
  await page.getByRole('link', { name: 'L40S', exact: true }).press('Enter');
  await expect(page.getByText('With sparsity; dense is 733')).toBeVisible();
  await page.getByRole('link', { name: 'Coefficients' }).press('Enter');
  await page.getByRole('searchbox').fill('llama-3.1-8b H100');
  await expect(page.getByText('3 of 111 rows')).toBeVisible();
  await page.goto('./#/catalogue/definitions/mape');
  await expect(page.locator('article.wanted')).toContainText('mean absolute percentage error');
  await expect(page.locator('article.wanted')).toBeFocused();
});

test('an own config.json and an own GPU are used and kept', async ({ page }, info) => {
  const file = info.outputPath('config.json');
  writeFileSync(file, JSON.stringify(CONFIG));
  await page.goto('./#/catalogue/models');
  await page.getByLabel('Name', { exact: true }).fill('my/own-8b');
  await page.getByLabel('config.json of the model').setInputFiles(file);
  await page.getByRole('button', { name: 'Add model' }).click();
  await expect(page.getByRole('heading', { name: 'my/own-8b' })).toBeVisible();
  await page.reload();
  await expect(page.getByText('config.json added on this device (config.json)').first()).toBeVisible();

  writeFileSync(file, '{"_name_or_path": "<img src=x>"}');
  await page.getByLabel('Name', { exact: true }).fill('my/broken');
  await page.getByLabel('config.json of the model').setInputFiles(file);
  await page.getByRole('button', { name: 'Add model' }).click();
  await expect(page.getByRole('alert')).toContainText('states neither num_hidden_layers nor hidden_size');

  await page.goto('./#/catalogue/gpus');
  await page.getByRole('button', { name: 'Add GPU' }).click();
  await expect(page.getByText('Dense peak, 16 bits is needed.')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('My GPU');
  await page.getByLabel('Dense peak, 16 bits').fill('500');
  await page.getByLabel('Memory bandwidth').fill('2');
  await page.getByLabel('Memory', { exact: true }).fill('40');
  await page.getByRole('button', { name: 'Add GPU' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'My GPU' })).toBeVisible();

  await page.goto('./#/catalogue/explore?model=my/own-8b&gpu=My%20GPU');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('my/own-8b on My GPU');
  await expect(page.getByText('roofline cannot run here.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'KV capacity' })).toContainText('blocks of 16 tokens');
  await page.goto('./#/catalogue/models/my/own-8b');
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('link', { name: 'my/own-8b' })).toHaveCount(0);
});

const LOOKS = { light: [1440, 390, 320], dark: [1440, 390] } as const;
for (const colorScheme of ['light', 'dark'] as const)
  for (const width of LOOKS[colorScheme])
    test.describe(`${colorScheme}, ${width} px`, () => {
      const isPhone = width < 640;
      test.use({ colorScheme, hasTouch: isPhone, viewport: { width, height: isPhone ? 844 : 900 } });

      test('every part of the catalogue', async ({ page }, info) => {
        const parts = [
          'explore',
          'gpus/L40S',
          'models/qwen/qwen3-30b-a3b?q=qwen',
          'coefficients?q=llama-3.1-8b',
          'definitions',
        ];
        for (const part of parts) {
          await page.goto(`./#/catalogue/${part}`);
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          if (part === 'explore')
            await expect(page.getByRole('row', { name: 'trained-physics' })).toContainText('9.47');
          await page.screenshot({
            path: info.outputPath(`${part.replaceAll(/[/?=]/g, '-')}.png`),
            fullPage: true,
          });
          if (width !== 320) await expectAccessible(page);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `${part} is wider than the screen`).toBeLessThanOrEqual(0);
        }
      });
    });
