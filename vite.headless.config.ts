import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { readTables, type CatalogTables } from './src/catalog/load-catalog';
import { checkedTable } from './src/catalog/read-table';
import { modelVersion } from './scripts/model-version.mjs';

/** jsPDF's optional parts, for HTML pages; figures never ask for them. */
const UNUSED_OF_JSPDF = ['canvg', 'dompurify', 'html2canvas'];

/** The build that the page has: modules that can be shaken, where the other is wrapped and starts 4 ms later. */
const YAML = fileURLToPath(new URL('node_modules/yaml/browser/index.js', import.meta.url));

const FONTS = 'node_modules/@fontsource/stix-two-text';

/** The catalogue's tables, or the end of the build with what is wrong in them. */
function hardwareTables(): CatalogTables {
  const text = (name: string): string => readFileSync(`public/hardware/${name}.yaml`, 'utf8');
  const tables = readTables({
    gpus: text('gpus'),
    models: text('models'),
    coefficients: text('coefficients'),
    workloads: text('workloads'),
  });
  if (!tables.ok) throw new Error(tables.error.message);
  return tables.value;
}

/** The module, the catalogue and the figures' fonts lie beside the script, which reads them at run time. */
const companions: Plugin = {
  name: 'headless-companions',
  closeBundle() {
    copyFileSync('build/plumbline.wasm', 'dist/headless/plumbline.wasm');
    mkdirSync('dist/headless/hardware', { recursive: true });
    for (const [name, table] of Object.entries(hardwareTables())) {
      writeFileSync(`dist/headless/hardware/${name}.yaml`, checkedTable(table));
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
  resolve: { alias: [{ find: /^yaml$/, replacement: YAML }] },
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
        // Few files: each costs half a millisecond at every start.
        codeSplitting: {
          groups: [
            {
              name: 'start',
              test: /node_modules\/commander|headless\/(io|demand|option-values)\.ts$/,
              priority: 4,
            },
            { name: 'yaml', test: /node_modules\/(yaml|zod)\/|base\/(go-yaml|json-schema)/, priority: 3 },
            { name: 'engine', test: /src\/(base|domain|engine)\//, priority: 2 },
            { name: 'serving', test: /headless\/commands\/(run|replay)\.ts$/, priority: 1 },
          ],
        },
        entryFileNames: 'plumbline.mjs',
        // In the same folder: files beside the script are found relative to the chunk that reads them.
        chunkFileNames: 'part-[name]-[hash].mjs',
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
