// Runs the bundled demo and writes build/demo-result.json, which the first screen shows. Skips the work when neither the demo
// nor anything that turns inputs into numbers has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'vite';
import { modelVersion } from './model-version.mjs';

const output = 'build/demo-result.json';
const read = (path) => readFileSync(path, 'utf8');
const demo = read('public/demo/measurements.json');
const version = `${modelVersion()}-${createHash('sha256').update(demo).digest('hex').slice(0, 8)}`;

const known = existsSync(output) ? JSON.parse(read(output)).modelVersion : undefined;
if (known !== version) {
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'warn',
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const { demoResult } = await server.ssrLoadModule('/src/report/verdict/demo-result.ts');
    const table = (name) => read(`public/hardware/${name}.yaml`);
    const result = await demoResult(
      demo,
      {
        gpus: table('gpus'),
        models: table('models'),
        coefficients: table('coefficients'),
        workloads: table('workloads'),
      },
      new WebAssembly.Module(readFileSync('build/plumbline.wasm')),
      version,
      () => performance.now() / 1000,
    );
    mkdirSync('build', { recursive: true });
    writeFileSync(output, JSON.stringify(result));
    console.log(`${output}: ${result.runs} runs in ${result.seconds.toFixed(1)} s`);
  } finally {
    await server.close();
  }
}
