// The catalogue beside the script, for commands.

import { formatProblem } from '../base/problem';
import type { Catalog } from '../catalog/catalog';
import { loadCatalog, type CatalogTexts } from '../catalog/load-catalog';
import { UsageError, type Io } from './io';

let opened: { readonly texts: CatalogTexts; readonly catalog: Catalog } | undefined;

/** Reading the tables takes a tenth of a second: once per process, unless they differ. */
export function openCatalog(io: Pick<Io, 'hardwareTable'>): Catalog {
  const texts = {
    gpus: io.hardwareTable('gpus.yaml'),
    models: io.hardwareTable('models.yaml'),
    coefficients: io.hardwareTable('coefficients.yaml'),
    workloads: io.hardwareTable('workloads.yaml'),
  };
  const keys = ['gpus', 'models', 'coefficients', 'workloads'] as const;
  if (opened !== undefined && keys.every((key) => opened?.texts[key] === texts[key])) return opened.catalog;
  const catalog = loadCatalog(texts);
  if (!catalog.ok) throw new UsageError(formatProblem(catalog.error));
  opened = { texts, catalog: catalog.value };
  return catalog.value;
}
