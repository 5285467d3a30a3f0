// `npm run bench [-- CASE …] [--runs N] [--models A,B] [--chromium] [--json FILE]`: times the engine on the yardstick
// workloads and compares with the recorded native runs (baseline.json). CPU time under Node, wall time in Chromium.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'vite';

const flag = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const inChromium = process.argv.includes('--chromium');
const runs = Number(flag('runs', '5'));

const table = (name) => readFileSync(`public/hardware/${name}.yaml`, 'utf8');
const tables = {
  gpus: table('gpus'),
  models: table('models'),
  coefficients: table('coefficients'),
  workloads: table('workloads'),
};
const wasm = readFileSync('build/plumbline.wasm');
const baseline = JSON.parse(readFileSync('bench/baseline.json', 'utf8'));

const common = { configFile: false, logLevel: 'warn', publicDir: false };

/** The suite in this process: CPU time, which other programs do not disturb. */
async function openNode() {
  await build({
    ...common,
    build: { ssr: 'bench/suite.ts', outDir: 'build/bench', target: 'node20', minify: false },
    ssr: { noExternal: true },
  });
  const suite = await import('../build/bench/suite.js');
  const nowMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const world = { module: new WebAssembly.Module(wasm), tables, nowMs };
  return {
    ...suite,
    measure: (name, model) => suite.measure(world, name, model, runs),
    close: () => undefined,
    memoryMiB: () => process.memoryUsage().rss / 2 ** 20,
  };
}

/** The suite in a page of headless Chromium: wall time. */
async function openChromium() {
  const { chromium } = await import('@playwright/test');
  const { findChromium } = await import('../scripts/find-chromium.mjs');
  await build({
    ...common,
    build: {
      lib: { entry: 'bench/suite.ts', formats: ['iife'], name: 'Bench', fileName: () => 'suite.iife.js' },
      outDir: 'build/bench',
      emptyOutDir: false,
      minify: false,
    },
  });
  const executablePath = await findChromium();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.addScriptTag({ path: 'build/bench/suite.iife.js' });
  await page.evaluate(
    async ({ bytes, tables: texts }) => {
      const data = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
      globalThis.world = {
        module: await WebAssembly.compile(data),
        tables: texts,
        nowMs: () => performance.now(),
      };
    },
    { bytes: wasm.toString('base64'), tables },
  );
  return {
    CASES: await page.evaluate(() => globalThis.Bench.CASES),
    BENCH_MODELS: await page.evaluate(() => globalThis.Bench.BENCH_MODELS),
    measure: (name, model) =>
      page.evaluate(([n, m, r]) => globalThis.Bench.measure(globalThis.world, n, m, r), [name, model, runs]),
    close: () => browser.close(),
    memoryMiB: () => Number.NaN,
  };
}

const suite = inChromium ? await openChromium() : await openNode();
const named = process.argv.slice(2).filter((argument) => argument in suite.CASES);
const cases = named.length > 0 ? named : Object.keys(suite.CASES);
const models = flag('models', suite.BENCH_MODELS.join(',')).split(',');

const columns = [
  ['case', 9],
  ['step model', 16],
  ['kernel ms', 10],
  ['total ms', 9],
  ['steps', 11],
  ['ns/step', 8],
  ['ns/request', 11],
  ['ns/token', 9],
  ['WASM MiB', 9],
  ['native/ours', 12],
  ['target', 7],
];
const line = (cells) => cells.map((cell, at) => String(cell).padStart(columns[at][1])).join(' ');
console.log(
  `${inChromium ? 'Chromium, wall time' : `Node ${process.version}, CPU time`}; medians of ${runs} after one warm-up`,
);
console.log(`native: ${baseline.source}`);
console.log(line(columns.map(([name]) => name)));
const measurements = [];
try {
  for (const name of cases) {
    for (const model of models) {
      const m = await suite.measure(name, model);
      const native = baseline.cases[name];
      const ratio = native?.model === model ? (native.cpuSeconds * 1000) / m.kernelMs : undefined;
      measurements.push({ ...m, ...(ratio === undefined ? {} : { ratio }) });
      const per = (count) => ((m.kernelMs * 1e6) / count).toFixed(1);
      console.log(
        line([
          name,
          model,
          m.kernelMs.toFixed(2),
          m.totalMs.toFixed(1),
          m.steps,
          per(m.steps),
          per(m.requests),
          per(m.tokens),
          m.wasmMiB.toFixed(1),
          ratio === undefined ? '' : ratio.toFixed(0),
          ratio === undefined ? '' : (baseline.targets[name] ?? ''),
        ]),
      );
    }
  }
} finally {
  await suite.close();
}
for (const name of cases) console.log(`${name}: ${suite.CASES[name].about}`);
if (!inChromium) console.log(`process memory at the end: ${suite.memoryMiB().toFixed(0)} MiB`);
const json = flag('json', undefined);
if (json !== undefined) {
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(measurements, null, 2)}\n`);
}
