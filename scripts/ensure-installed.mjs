// `npm start` and `npm test` work on a fresh clone: install the locked packages when they are missing or out of date.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Plumbline needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
const marker = 'node_modules/.package-lock.json';
if (!existsSync(marker) || statSync(marker).mtimeMs < statSync('package-lock.json').mtimeMs) {
  console.log('Installing packages (first run or changed lock file) …');
  const npm = spawnSync('npm', ['ci', '--no-fund', '--no-audit'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error(
      'Installing packages failed. Check the network and the npm registry setting, then run the command again.',
    );
    process.exit(npm.status ?? 1);
  }
}
