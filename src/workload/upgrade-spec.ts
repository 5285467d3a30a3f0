// Version 1 (or no version) becomes version 2: two SLO class names of clients changed. Cohorts are not renamed by the
// reference, so old names there fail validation (spec 2.6; BLIS 87cc70ed sim/workload/spec.go).

import type { WorkloadSpec } from './spec';

const RENAMED: ReadonlyMap<string, string> = new Map([
  ['realtime', 'critical'],
  ['interactive', 'standard'],
]);

export function upgradeSpec(spec: WorkloadSpec): { spec: WorkloadSpec; warnings: readonly string[] } {
  if (spec.version !== '' && spec.version !== '1') return { spec, warnings: [] };
  const warnings: string[] = [];
  const clients = spec.clients.map((client) => {
    const sloClass = RENAMED.get(client.sloClass);
    if (sloClass === undefined) return client;
    warnings.push(
      `Client "${client.id}": SLO class "${client.sloClass}" of version 1 is read as "${sloClass}".`,
    );
    return { ...client, sloClass };
  });
  return { spec: { ...spec, version: '2', clients }, warnings };
}
