// The catalogue that ships, for tests.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/catalog/catalog';
import { loadCatalog } from '../../src/catalog/load-catalog';

/** Text of a table of public/hardware. */
export const hardwareTable = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../public/hardware', `${name}.yaml`), 'utf8');

let loaded: Catalog | undefined;

export function shippedCatalog(): Catalog {
  if (loaded !== undefined) return loaded;
  const catalog = loadCatalog({
    gpus: hardwareTable('gpus'),
    models: hardwareTable('models'),
    coefficients: hardwareTable('coefficients'),
    workloads: hardwareTable('workloads'),
  });
  if (!catalog.ok) throw new Error(catalog.error.message);
  return (loaded = catalog.value);
}
