// Takes docs/screenshot.png: the built page after the demo, as the README shows it. Run after `npm run build`.
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { findChromium } from './find-chromium.mjs';

const server = await preview({ preview: { port: 4199, host: '127.0.0.1' } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 985 }, colorScheme: 'light' });
  await page.goto(server.resolvedUrls?.local[0] ?? 'http://127.0.0.1:4199/');
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await page.waitForURL(/#\/validate\/verdict$/, { timeout: 120_000 });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: 'docs/screenshot.png' });
} finally {
  await browser.close();
  await server.close();
}
