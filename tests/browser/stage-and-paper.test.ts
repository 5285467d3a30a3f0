// The verdict for a room and for paper: present mode shows one part large, alone and legible; a print is light, has no controls and
// cuts no table.

import type { Page } from '@playwright/test';
import { expect, measurements, openByInput, test, writeFolder } from './support';

/** With experiments enough that neither plot nor table fits a stage at once. */
async function openVerdict(page: Page, folder: string): Promise<void> {
  await page.goto('./');
  await openByInput(page, writeFolder(folder, measurements(15)));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^All \d+ runs/, { timeout: 60_000 });
  await page.getByRole('link', { name: 'Open the verdict' }).click();
  await expect(page.getByRole('heading', { level: 2, name: /^Experiment/ })).toBeVisible();
}

/** What the stage shows: size of its smallest text in px of the screen, and how many rows of tables and of the plot lie inside of it. */
const lookAtStage = (page: Page) =>
  page.evaluate(() => {
    const stage = document.querySelector('[data-stage]');
    if (!stage) throw new Error('nothing is presented');
    const isShown = (element: Element): boolean =>
      element.checkVisibility({ visibilityProperty: true }) && element.closest('.visually-hidden') === null;
    const texts = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
    let smallestPx = Infinity;
    while (texts.nextNode()) {
      const { textContent, parentElement } = texts.currentNode;
      if (!parentElement || textContent?.trim() === '' || !isShown(parentElement)) continue;
      const zoom = Number(getComputedStyle(document.documentElement).getPropertyValue('--stage-zoom'));
      smallestPx = Math.min(smallestPx, parseFloat(getComputedStyle(parentElement).fontSize) * zoom);
    }
    const inSight = (selector: string): number =>
      [...stage.querySelectorAll(selector)].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      }).length;
    return {
      smallestPx,
      tableRows: inSight('tbody tr'),
      plotRows: inSight('svg rect.band'),
      widerThanStage: [stage, ...stage.querySelectorAll('.scroll-x')]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => `${box.ariaLabel}: ${box.scrollWidth} > ${box.clientWidth}`),
      shownElsewhere: [...document.querySelectorAll('header, nav, h2')].filter(
        (element) => !stage.contains(element) && isShown(element),
      ).length,
    };
  });

test.describe('on a stage', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });

  test('one part fills the window, legible from the back; keys go on, down and out', async ({
    page,
  }, info) => {
    await openVerdict(page, info.outputPath('data'));
    await page.keyboard.press('p');
    await expect(page.getByText(/^Presenting part 1 of \d+\./)).toBeAttached();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const titles = ['Error by simulator', 'Where the error is', 'Every experiment against the line'];
    for (const title of titles) {
      await page.keyboard.press('ArrowRight');
      await expect(page.getByRole('heading', { level: 2 })).toHaveText(title);
      const look = await lookAtStage(page);
      await page.screenshot({ path: info.outputPath(`${title}.png`) });
      expect(look.smallestPx, title).toBeGreaterThanOrEqual(1080 / 34 - 0.01);
      expect(look.tableRows, title).toBeLessThanOrEqual(8);
      expect(look.plotRows, title).toBeLessThanOrEqual(12);
      expect(look.widerThanStage, title).toEqual([]);
      expect(look.shownElsewhere, title).toBe(0);
    }
    expect((await lookAtStage(page)).plotRows).toBeGreaterThanOrEqual(8);
    const stage = page.locator('[data-stage]');
    await page.keyboard.press('j');
    await expect.poll(() => stage.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await expect(stage).toHaveCount(0);
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  });
});

test.describe('on paper', () => {
  test.use({ colorScheme: 'dark' });

  test('light, without controls, every table whole on A4 and Letter', async ({ page }, info) => {
    await openVerdict(page, info.outputPath('data'));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    // Widths between margins of 12 mm, upright and lying.
    for (const [paper, width] of [
      ['A4', 703],
      ['Letter', 725],
      ['A4 lying', 1032],
    ] as const) {
      await page.setViewportSize({ width, height: 1000 });
      const cut = await page
        .locator('main .scroll-x:not(.list)')
        .evaluateAll((boxes) =>
          boxes
            .filter((box) => box.scrollWidth > box.clientWidth + 1)
            .map((box) => box.getAttribute('aria-label')),
        );
      expect(cut, paper).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, paper).toBeLessThanOrEqual(0);
    }
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeHidden();
    await expect(page.getByRole('button', { name: 'Export' })).toBeHidden();
    await expect(page.getByRole('table', { name: /error by simulator/ })).toBeVisible();
    const ink = await page
      .getByRole('heading', { level: 1 })
      .evaluate((title) => getComputedStyle(title).color);
    expect(ink).toBe('rgb(20, 24, 29)');

    await page.emulateMedia({ media: null, colorScheme: 'dark' });
    const pdf = (await page.pdf({ format: 'A4', path: info.outputPath('verdict.pdf') })).toString('latin1');
    const sheets = pdf.match(/\/Type\s*\/Page\b/g)?.length;
    expect(sheets).toBeGreaterThanOrEqual(2);
    expect(sheets).toBeLessThanOrEqual(5);
    // The screen has its own theme back.
    await expect(page.locator('html')).not.toHaveAttribute('data-theme');
    await expect(page.locator('html')).not.toHaveAttribute('data-paper');
  });
});
