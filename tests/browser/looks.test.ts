// Both themes and three widths of every state: nothing overflows sideways, axe finds nothing serious. Pictures go to
// test-results/ for eyes.

import type { Page, TestInfo } from '@playwright/test';
import { expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

/** What needs no measurements and no test of its own looks at: an address or a key, and what must then be there. */
const SCREENS: readonly {
  readonly state: string;
  readonly address: string;
  readonly key?: string;
  readonly shows: (page: Page) => ReturnType<Page['getByRole']>;
}[] = [
  ...[
    ['contents', 'Guide'],
    ['validate', 'Validate your data in five minutes'],
    ['simulators', 'What each simulator models'],
    ['differences', 'Where Plumbline differs from the reference'],
  ].map(([id, name = '']) => ({
    state: `guide ${id}`,
    address: `#/guide/${id}`,
    shows: (page: Page) => page.getByRole('heading', { level: 1, name }),
  })),
  {
    state: 'sweep',
    address: '#/simulate/sweep',
    shows: (page) => page.getByRole('heading', { level: 2, name: 'Sweep' }),
  },
  {
    state: 'nothing to compare',
    address: '#/simulate/compare',
    shows: (page) => page.getByRole('heading', { name: 'Nothing to compare yet.' }),
  },
  {
    state: 'palette',
    address: '#/simulate',
    key: 'Control+k',
    shows: (page) => page.getByRole('option', { name: 'Run the simulation' }),
  },
  {
    state: 'keys',
    address: '#/simulate',
    key: '?',
    shows: (page) => page.getByRole('dialog', { name: 'Keys' }),
  },
  {
    state: 'storage',
    address: '#/storage',
    shows: (page) => page.getByRole('dialog', { name: 'Stored on this device' }),
  },
];

async function lookAt(page: Page, info: TestInfo, state: string): Promise<void> {
  await page.screenshot({ path: info.outputPath(`${state}.png`), fullPage: true });
  await expectAccessible(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${state} is wider than the screen`).toBeLessThanOrEqual(0);
}

for (const colorScheme of ['light', 'dark'] as const)
  // The narrowest width differs from the next only in layout, so one theme is enough for it.
  for (const width of colorScheme === 'light' ? [1440, 390, 320] : [1440, 390])
    test.describe(`${colorScheme}, ${width} px`, () => {
      const isPhone = width < 640;
      test.use({ colorScheme, hasTouch: isPhone, viewport: { width, height: isPhone ? 844 : 900 } });

      test('screens without measurements', async ({ page }, info) => {
        for (const { state, address, key, shows } of SCREENS) {
          await page.goto(`./${address}`);
          if (key !== undefined) {
            await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
            await page.keyboard.press(key);
          }
          await expect(shows(page), state).toBeVisible();
          await lookAt(page, info, state);
          if (await page.getByRole('dialog').isVisible()) await page.keyboard.press('Escape');
        }
      });

      test('every state of a run', async ({ page }, info) => {
        const look = (state: string): Promise<void> => lookAt(page, info, state);
        const title = page.getByRole('heading', { level: 1 });
        await page.goto('./');
        await expect(page.getByRole('button', { name: 'Choose folder' })).toBeVisible();
        await look('empty');
        const files = measurements(5);
        files['2-made-tp2/profile.yaml'] = '{"load": {}}';
        await openByInput(page, writeFolder(info.outputPath('data'), files));
        await expect(page.getByRole('button', { name: 'Open the plan' })).toBeVisible();
        await look('found');
        await page.getByRole('button', { name: 'Open the plan' }).click();
        await expect(title).toContainText('can run');
        await look('plan');
        await page.getByRole('button', { name: /^Run \d+$/ }).click();
        await expect(title).toContainText('runs are finished.');
        await look('done');
        await page.getByRole('link', { name: 'Open the verdict' }).click();
        await expect(title).toContainText('latency');
        await look('verdict');
        await openByInput(page, writeFolder(info.outputPath('long'), measurements(12, 6000)));
        await page.getByRole('button', { name: 'Open the plan' }).click();
        await page.getByRole('button', { name: /^Run \d+$/ }).click();
        await expect(title).toContainText(/^[1-9]\d* of \d+ runs are finished,/);
        await look('running');
        await page.keyboard.press('.');
        await expect(page.getByText('Stopped.')).toBeVisible();
        await look('stopped');
      });
    });
