// Specification files and the ServeGen folders they may name, for commands.

import type { WorkloadPreset } from '../../domain/workload-preset';
import { parsePresets } from '../../workload/presets-file';
import type { NamedText } from '../../workload/servegen';
import type { WorkloadSpec } from '../../workload/spec';
import { openCatalog } from '../catalog';
import { demand } from '../demand';
import { UsageError, type Io } from '../io';

/** ServeGen files of a folder; names only as deep as the folder itself. */
export async function servegenFolder(io: Io, folder: string): Promise<NamedText[]> {
  const names = (await io.listFiles(folder)).filter((name) =>
    /^chunk-[^/]*-(trace\.csv|dataset\.json)$/.test(name),
  );
  return Promise.all(names.map(async (name) => ({ name, text: await io.readText(`${folder}/${name}`) })));
}

/** The files that a specification's servegen_data names; its path is relative to the specification's own folder, or else to
 * where the command runs. */
export async function servegenOf(
  io: Io,
  spec: WorkloadSpec,
  specPath: string,
): Promise<readonly NamedText[] | undefined> {
  const path = spec.servegenData?.path;
  if (path === undefined) return undefined;
  const isAbsolute = /^([A-Za-z]:)?[\\/]/.test(path);
  const beside = /^(.*)[\\/][^\\/]*$/.exec(specPath)?.[1];
  if (!isAbsolute && beside !== undefined) {
    try {
      return await servegenFolder(io, `${beside}/${path}`);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return servegenFolder(io, path);
}

/** The catalogue's presets, or those of a defaults file. */
export async function presetsOf(
  io: Io,
  defaultsPath: string | undefined,
): Promise<ReadonlyMap<string, WorkloadPreset>> {
  if (defaultsPath === undefined) return openCatalog(io).presets;
  return demand(parsePresets(await io.readText(defaultsPath), defaultsPath));
}

export function presetNamed(presets: ReadonlyMap<string, WorkloadPreset>, name: string): WorkloadPreset {
  const preset = presets.get(name);
  if (preset !== undefined) return preset;
  throw new UsageError(`Unknown preset "${name}"; known are ${[...presets.keys()].join(', ')}.`);
}
