// Vite plugin: writes service-worker.js beside the built page, with the list of all its files and their hashes inside
// (src/workers/service-worker.ts).

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { classicScript } from './worker-text.mjs';

const sha256 = (bytes, encoding) => createHash('sha256').update(bytes).digest(encoding);

/** @returns {import('vite').Plugin} */
export function offlineCopy() {
  /** @type {import('vite').ResolvedConfig} */
  let config;
  return {
    name: 'offline-copy',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const root = config.build.outDir;
      const files = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      const list = Object.fromEntries(
        files.map((file) => {
          const path = relative(root, file).replaceAll(sep, '/');
          return [path === 'index.html' ? '' : path, `sha256-${sha256(readFileSync(file), 'base64')}`];
        }),
      );
      const define = {
        __OFFLINE_FILES__: JSON.stringify(list),
        __OFFLINE_VERSION__: JSON.stringify(sha256(JSON.stringify(list), 'hex').slice(0, 12)),
      };
      writeFileSync(
        join(root, 'service-worker.js'),
        await classicScript('src/workers/service-worker.ts', { ...config, define }),
      );
    },
  };
}
