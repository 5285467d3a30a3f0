// AIConfigurator's operator tables from a folder or a zip on disk.

import { formatProblem } from '../base/problem';
import type { PerfFile } from '../sources/perf-tables/systems-folder';
import { unzipFiles } from '../sources/packed-files';
import { UsageError, type Io } from './io';

export async function perfFiles(io: Io, path: string): Promise<readonly PerfFile[]> {
  if (path.toLowerCase().endsWith('.zip')) {
    const files = unzipFiles(await io.readBytes(path), path);
    if (!files.ok) throw new UsageError(formatProblem(files.error));
    return files.value.map((file) => ({ path: file.path, bytes: () => Promise.resolve(file.bytes) }));
  }
  const paths = await io.listFiles(path);
  return paths.map((file) => ({ path: file, bytes: () => io.readBytes(`${path}/${file}`) }));
}
