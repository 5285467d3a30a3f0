// Compiles assembly/ into build/plumbline.wasm (what ships) and, with --debug, build/plumbline.debug.wasm (asserts and
// a source map; the property tests run on it). Skips the work when no source is newer than the output.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const debug = process.argv.includes('--debug');
const output = debug ? 'build/plumbline.debug.wasm' : 'build/plumbline.wasm';

const newest = (folder) =>
  Math.max(
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    }),
  );
const inputs = Math.max(newest('assembly'), statSync('scripts/build-wasm.mjs').mtimeMs);

if (!existsSync(output) || statSync(output).mtimeMs < inputs) {
  mkdirSync('build', { recursive: true });
  const options = debug
    ? ['--debug', '--sourceMap', '--use', 'PARANOID=1']
    : ['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert', '--use', 'PARANOID=0'];
  const { error, stderr } = await asc.main([
    'assembly/index.ts',
    '--outFile',
    output,
    '--runtime',
    'stub',
    // Fixed-width vectors, in every current engine; the relaxed ones would not be deterministic.
    '--enable',
    'simd',
    '--use',
    'abort=',
    ...options,
  ]);
  if (error) {
    console.error(`${stderr.toString()}\nassembly/ did not compile: ${error.message}`);
    process.exit(1);
  }
  console.log(`${output}: ${statSync(output).size} bytes`);
}
