// The compiled modules, for tests under Node.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const load = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(join(import.meta.dirname, '../../build', name)));

/** The module that ships. */
export const releaseModule = (): WebAssembly.Module => load('plumbline.wasm');

/** With assertions and the slow path beside the fast one. */
export const debugModule = (): WebAssembly.Module => load('plumbline.debug.wasm');
