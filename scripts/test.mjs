// All tests, unit to browser, in one command; ends with `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findChromium } from './find-chromium.mjs';

const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
const total = { passed: 0, failed: 0, skipped: 0 };
const run = (command, args, extra = {}) =>
  spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...env, ...extra },
    shell: process.platform === 'win32',
  });

rmSync('test-results', { recursive: true, force: true });
mkdirSync('test-results', { recursive: true });

function step(title, command, args) {
  console.log(`\n── ${title}`);
  const ok = run(command, args).status === 0;
  total[ok ? 'passed' : 'failed'] += 1;
  return ok;
}

const readReport = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`${path} could not be read: ${error.message}`);
    return undefined;
  }
};

const built =
  step('build', 'npm', ['run', '--silent', 'build']) &&
  step('debug module', 'node', ['scripts/build-wasm.mjs', '--debug']);
step('types, lint, format, import direction', 'npm', ['run', '--silent', 'check']);

if (built) {
  console.log('\n── unit, golden and property tests');
  const unit = run('npx', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    '--outputFile.json=test-results/unit.json',
  ]);
  const unitReport = readReport('test-results/unit.json');
  total.passed += unitReport?.numPassedTests ?? 0;
  total.failed += unitReport?.numFailedTests ?? 0;
  total.skipped += (unitReport?.numPendingTests ?? 0) + (unitReport?.numTodoTests ?? 0);
  if (unit.status !== 0 && !unitReport?.numFailedTests) total.failed += 1;

  console.log('\n── browser tests');
  const chromium = findChromium();
  if (chromium) {
    const browser = run('npx', ['playwright', 'test'], {
      CHROMIUM_PATH: chromium,
      PLAYWRIGHT_JSON_OUTPUT_NAME: 'test-results/browser.json',
    });
    const stats = readReport('test-results/browser.json')?.stats;
    total.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0);
    total.failed += stats?.unexpected ?? 0;
    total.skipped += stats?.skipped ?? 0;
    if (browser.status !== 0 && !stats?.unexpected) total.failed += 1;
  } else {
    total.failed += 1;
  }
}

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
