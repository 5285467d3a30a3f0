import { copyFileSync, cpSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { modelVersion } from './scripts/model-version.mjs';

/** jsPDF's optional parts, for HTML pages; figures never ask for them. */
const UNUSED_OF_JSPDF = ['canvg', 'dompurify', 'html2canvas'];

const FONTS = 'node_modules/@fontsource/stix-two-text';

/** The module, the catalogue and the figures' fonts lie beside the script, which reads them at run time. */
const companions: Plugin = {
  name: 'headless-companions',
  closeBundle() {
    copyFileSync('build/plumbline.wasm', 'dist/headless/plumbline.wasm');
    cpSync('public/hardware', 'dist/headless/hardware', { recursive: true });
    for (const name of ['400-normal', '700-normal', '400-italic']) {
      const file = `stix-two-text-latin-${name}.woff`;
      cpSync(`${FONTS}/files/${file}`, `dist/headless/fonts/${file}`);
    }
    cpSync(`${FONTS}/LICENSE`, 'dist/headless/fonts/LICENSE');
  },
};

// The Node command line: one self-contained file, with the WebAssembly module, the catalogue and the fonts beside it.
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
      output: { entryFileNames: 'plumbline.mjs', codeSplitting: false, banner: '#!/usr/bin/env node' },
    },
  },
});
