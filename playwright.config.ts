import { defineConfig } from '@playwright/test';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Another port lets several checkouts be tested on one machine. */
const origin = `http://127.0.0.1:${process.env.PLUMBLINE_TEST_PORT ?? '4188'}`;
const isRoot = process.getuid?.() === 0;

// The tests drive the built page (dist/page) served from a sub-path, as a static host would.
export default defineConfig({
  testDir: 'tests/browser',
  fullyParallel: false,
  workers: 1,
  timeout: 90_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/browser.json' }],
  ],
  use: {
    baseURL: `${origin}/`,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `npx vite preview --port ${new URL(origin).port} --strictPort --host 127.0.0.1`,
    url: `${origin}/`,
    reuseExistingServer: !process.env.CI,
  },
});
