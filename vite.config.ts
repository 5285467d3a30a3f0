import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

// The page is plain static files: relative URLs so that it works from any sub-path, no inlined data: URLs so that the
// content policy needs none, one file for each worker because workers are started from blobs (docs/architecture.md).
export default defineConfig({
  base: './',
  plugins: [svelte(), withoutPolicyInDevelopment()],
  build: {
    target: 'es2023',
    // The oldest browsers with light-dark(), which the theme is written in.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    outDir: 'dist/page',
  },
  define: { __MODEL_VERSION__: JSON.stringify(modelVersion()) },
  worker: { format: 'iife' },
});

/** Hash over all sources that turn inputs into numbers. Results kept on a device are found again only under the same one. */
function modelVersion(): string {
  const rooms = ['base', 'domain', 'catalog', 'sources', 'workload', 'engine', 'adapters', 'validation'];
  const folders = ['assembly', 'public/hardware', ...rooms.map((room) => `src/${room}`)];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return `${version}+${hash.digest('hex').slice(0, 12)}`;
}

/** The development server injects styles and talks over a socket, which the page's policy forbids; the build keeps it. */
function withoutPolicyInDevelopment(): Plugin {
  return {
    name: 'without-policy-in-development',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
  };
}
