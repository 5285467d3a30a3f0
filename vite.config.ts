import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The page is plain static files: relative URLs so that it works from any sub-path, no inlined data: URLs so that the
// content policy needs none, one file for each worker because workers are started from blobs (docs/architecture.md).
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    outDir: 'dist/page',
  },
  worker: { format: 'iife' },
});
