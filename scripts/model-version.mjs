// The version that results are kept and reported under: the package's own, and a hash over all sources that turn inputs into
// numbers. Used by the builds of the page and of the command line.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOMS = [
  'base',
  'domain',
  'catalog',
  'sources',
  'workload',
  'engine',
  'adapters',
  'validation',
  'calibration',
];

export function modelVersion() {
  const folders = ['assembly', 'public/hardware', ...ROOMS.map((room) => `src/${room}`)];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  return `${version}+${hash.digest('hex').slice(0, 12)}`;
}
