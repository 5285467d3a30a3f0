// Both themes and three widths of every state: nothing overflows sideways, axe finds nothing serious. Pictures go to
// test-results/ for eyes.

import { expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

for (const colorScheme of ['light', 'dark'] as const)
  // The narrowest width differs from the next only in layout, so one theme is enough for it.
  for (const width of colorScheme === 'light' ? [1440, 390, 320] : [1440, 390])
    test.describe(`${colorScheme}, ${width} px`, () => {
      const isPhone = width < 640;
      test.use({ colorScheme, hasTouch: isPhone, viewport: { width, height: isPhone ? 844 : 900 } });

      test('every state', async ({ page }, info) => {
        const look = async (state: string): Promise<void> => {
          await page.screenshot({ path: info.outputPath(`${state}.png`), fullPage: true });
          await expectAccessible(page);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `${state} is wider than the screen`).toBeLessThanOrEqual(0);
        };
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
