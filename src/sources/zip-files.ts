// A zip that the user dropped, as files: results and table folders travel that way. Unpacked in memory.

import { unzip } from 'fflate';
import { fail, ok, type Result } from '../base/result';

export interface ZippedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Unpacks a zip; `name` names it in messages. Folders are left out. */
export function unzipFiles(bytes: Uint8Array, name: string): Promise<Result<readonly ZippedFile[]>> {
  return new Promise((resolve) => {
    unzip(bytes, (error, entries) => {
      if (error !== null) {
        resolve(
          fail({
            code: 'malformed',
            file: name,
            message: `The zip cannot be unpacked (${error.message}); it may be cut off. Copy it again, or choose the unpacked folder.`,
          }),
        );
        return;
      }
      const files = Object.entries(entries)
        .filter(([path]) => !path.endsWith('/'))
        .map(([path, content]) => ({ path, bytes: content }));
      resolve(ok(files.sort((a, b) => (a.path < b.path ? -1 : 1))));
    });
  });
}
