// The user guide inside the page: from the bar, by keys, by typing, and by an address that names a section.

import { expect, test } from './support';

test('the guide is reached from everywhere, and its links stay in the page', async ({ page }) => {
  await page.goto('./#/guide/verdict/how-sure-is-a-mean');
  const heading = page.getByRole('heading', { name: 'How sure is a mean?' });
  await expect(heading).toBeFocused();
  await expect(heading).toBeInViewport();

  // A definition is the Catalogue's; Back returns.
  await page.getByRole('article').getByRole('link', { name: '95 % interval' }).click();
  await expect(page).toHaveURL(/#\/catalogue\/definitions\/interval$/);
  await expect(page.getByRole('heading', { level: 3, name: /95 % interval/ })).toBeInViewport();
  await page.goBack();
  await expect(heading).toBeVisible();

  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await page.getByRole('link', { name: 'Guide', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Guide' })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Validate your data in five minutes');

  // By a word of its text.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('ignore_eos');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Your folder' })).toBeFocused();

  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByRole('link', { name: 'guide' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Guide' })).toBeVisible();

  await page.goto('./#/guide/no-such-page');
  await expect(page.getByText('The guide has no such page.')).toBeVisible();
});
