// The catalogue beside the script, for commands.

import { formatProblem } from '../base/problem';
import type { Catalog } from '../catalog/catalog';
import { loadCatalog } from '../catalog/load-catalog';
import { UsageError, type Io } from './io';

export function openCatalog(io: Pick<Io, 'hardwareTable'>): Catalog {
  const catalog = loadCatalog({
    gpus: io.hardwareTable('gpus.yaml'),
    models: io.hardwareTable('models.yaml'),
    coefficients: io.hardwareTable('coefficients.yaml'),
    workloads: io.hardwareTable('workloads.yaml'),
  });
  if (!catalog.ok) throw new UsageError(formatProblem(catalog.error));
  return catalog.value;
}
