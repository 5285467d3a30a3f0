import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { parse } from 'yaml';
import { modelVersion } from './scripts/model-version.mjs';

/** jsPDF's optional parts, for HTML pages; figures never ask for them. */
const UNUSED_OF_JSPDF = ['canvg', 'dompurify', 'html2canvas'];

const FONTS = 'node_modules/@fontsource/stix-two-text';

/** The module, the catalogue and the figures' fonts lie beside the script, which reads them at run time. */
const companions: Plugin = {
  name: 'headless-companions',
  closeBundle() {
    copyFileSync('build/plumbline.wasm', 'dist/headless/plumbline.wasm');
    mkdirSync('dist/headless/hardware', { recursive: true });
    for (const name of readdirSync('public/hardware')) {
      const text = readFileSync(`public/hardware/${name}`, 'utf8');
      // JSON is YAML, and much faster to read at every start.
      const fast = name.endsWith('.yaml') ? JSON.stringify(parse(text)) : text;
      writeFileSync(`dist/headless/hardware/${name}`, fast);
    }
    for (const name of ['400-normal', '700-normal', '400-italic']) {
      const file = `stix-two-text-latin-${name}.woff`;
      cpSync(`${FONTS}/files/${file}`, `dist/headless/fonts/${file}`);
    }
    cpSync(`${FONTS}/LICENSE`, 'dist/headless/fonts/LICENSE');
  },
};

// The Node command line: an entry and one part per command, with the WebAssembly module, the catalogue and the fonts beside
// them.
export default defineConfig({
  publicDir: false,
  plugins: [companions],
  define: { __MODEL_VERSION__: JSON.stringify(modelVersion()) },
  ssr: { noExternal: true },
  build: {
    ssr: 'src/headless/main.ts',
    target: 'node20',
    outDir: 'dist/headless',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      external: UNUSED_OF_JSPDF,
      output: {
        entryFileNames: 'plumbline.mjs',
        // In the same folder: files beside the script are found relative to the chunk that reads them.
        chunkFileNames: 'part-[name]-[hash].mjs',
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
