// Vite plugin: `import('./x.worker?worker-text')` is a module whose default export is the text of the bundled worker, one classic
// script without imports. Workers start from that text by a blob: URL, so that they inherit the page's policy, and the text comes
// as a module of the page, so that the policy need not allow a single connection (src/workers/start-worker.ts). The development
// server, where no policy applies, gives the worker's address instead.

import { build } from 'vite';

const QUERY = '?worker-text';

/** @returns {import('vite').Plugin} */
export function workerText() {
  /** @type {import('vite').ResolvedConfig} */
  let config;
  return {
    name: 'worker-text',
    enforce: 'pre',
    configResolved(resolved) {
      config = resolved;
    },
    async resolveId(source, importer) {
      if (!source.endsWith(QUERY)) return undefined;
      const file = await this.resolve(source.slice(0, -QUERY.length), importer, { skipSelf: true });
      return file && file.id + QUERY;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return undefined;
      const file = id.slice(0, -QUERY.length);
      if (config.command === 'serve')
        return `export { default } from ${JSON.stringify(`${file}?worker&url`)};`;
      return `export default ${JSON.stringify(await classicScript(file, config))};`;
    },
  };
}

/** Bundles a worker's entry with all that it imports into one classic script, under the page's own settings. */
export async function classicScript(file, { define, build: { target, rolldownOptions } }) {
  const [{ output }] = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { ...define, 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      target,
      minify: true,
      // As a library: no code that loads further parts of a page.
      lib: { entry: file, formats: ['iife'], name: 'worker' },
      rolldownOptions: { external: rolldownOptions.external, output: { codeSplitting: false } },
    },
  });
  const scripts = output.filter(({ type }) => type === 'chunk');
  if (scripts.length !== 1 || output.length !== 1)
    throw new Error(
      `${file} must become one script; it became ${output.map(({ fileName }) => fileName).join(', ')}`,
    );
  return scripts[0].code;
}
