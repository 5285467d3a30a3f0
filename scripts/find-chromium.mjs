// Finds a Chromium for the browser tests: CHROMIUM_PATH, one on the system, Playwright's own, Debian's package.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

function onSystem() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return existsSync(mac) ? mac : undefined;
}

function installFromDebian() {
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!canInstall) return undefined;
  console.log('Installing Chromium from the Debian package …');
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
  return onSystem();
}

/** Path of a usable Chromium, or undefined after saying what to do. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named && !existsSync(named)) {
    console.error(`CHROMIUM_PATH is ${named}, but no file is there.`);
    return undefined;
  }
  const bundled = chromium.executablePath();
  const found = named ?? onSystem() ?? (existsSync(bundled) ? bundled : undefined) ?? installFromDebian();
  if (!found) {
    console.error(
      [
        'No Chromium was found for the browser tests. Do one of these and run the command again:',
        '  - set CHROMIUM_PATH to a Chromium or Chrome executable',
        '  - sudo apt-get install chromium',
        '  - npx playwright install chromium',
      ].join('\n'),
    );
  }
  return found;
}
