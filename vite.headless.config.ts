import { copyFileSync, cpSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** The module and the catalogue lie beside the script, which reads them at run time. */
const companions: Plugin = {
  name: 'headless-companions',
  closeBundle() {
    copyFileSync('build/plumbline.wasm', 'dist/headless/plumbline.wasm');
    cpSync('public/hardware', 'dist/headless/hardware', { recursive: true });
  },
};

// The Node command line: one self-contained file, with the WebAssembly module and the catalogue beside it.
export default defineConfig({
  publicDir: false,
  plugins: [companions],
  ssr: { noExternal: true },
  build: {
    ssr: 'src/headless/main.ts',
    target: 'node20',
    outDir: 'dist/headless',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      output: { entryFileNames: 'plumbline.mjs', codeSplitting: false, banner: '#!/usr/bin/env node' },
    },
  },
});
