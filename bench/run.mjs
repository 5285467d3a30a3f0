// `npm run bench [-- CASE …] [--runs N] [--models A,B]`: times the engine and compares with the recorded native runs.

import { readFileSync } from 'node:fs';
import { build } from 'vite';

const flag = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};

await build({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: { ssr: 'bench/suite.ts', outDir: 'build/bench', target: 'node20', minify: false },
  ssr: { noExternal: true },
});
const { CASES, BENCH_MODELS, measure } = await import('../build/bench/suite.js');

const table = (name) => readFileSync(`public/hardware/${name}.yaml`, 'utf8');
const world = {
  module: new WebAssembly.Module(readFileSync('build/plumbline.wasm')),
  tables: {
    gpus: table('gpus'),
    models: table('models'),
    coefficients: table('coefficients'),
    workloads: table('workloads'),
  },
  nowMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
const named = process.argv.slice(2).filter((argument) => argument in CASES);
const cases = named.length > 0 ? named : Object.keys(CASES);
const models = flag('models', BENCH_MODELS.join(',')).split(',');
const runs = Number(flag('runs', '5'));
for (const name of cases) {
  for (const model of models) {
    const m = measure(world, name, model, runs);
    const perStep = (m.kernelMs * 1e6) / m.steps;
    console.log(
      `${name.padEnd(9)} ${model.padEnd(16)} kernel ${m.kernelMs.toFixed(2)} ms  total ${m.totalMs.toFixed(1)} ms  steps ${m.steps} (${perStep.toFixed(1)} ns)  per request ${((m.kernelMs * 1e6) / m.requests).toFixed(0)} ns  tokens ${m.tokens}  preemptions ${m.preemptions}  wasm ${m.wasmMiB.toFixed(1)} MiB`,
    );
  }
}
