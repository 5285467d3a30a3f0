// `import.json`, which a person or script may put beside pre-run results to say what they are (validator spec 9.6):
// {"adapter": "vidur", "runs": [{"exp_id": 40, "path": "simulator_output/<timestamp>", "wall_clock_seconds": 8.93}]}

import { z } from 'zod';
import { checkJson } from '../../base/json-schema';
import { parseJson } from '../../base/json';
import { ok, type Result } from '../../base/result';
import { joinPath, parentOf } from '../file-tree';

export interface ImportEntry {
  readonly adapter: string;
  readonly expId: number;
  /** Folder or file, relative to the opened folder. */
  readonly path: string;
  readonly wallClockSeconds?: number;
}

const schema = z.object({
  adapter: z.string(),
  runs: z.array(
    z.object({
      exp_id: z.int(),
      path: z.string(),
      wall_clock_seconds: z.number().nonnegative().nullish(),
    }),
  ),
});

/** `file` is the manifest's own path: the paths inside are relative to its folder. */
export function readImportManifest(text: string, file: string): Result<readonly ImportEntry[]> {
  const value = parseJson(text, file);
  if (!value.ok) return value;
  const checked = checkJson(schema, { file, text, value: value.value });
  if (!checked.ok) return checked;
  const { adapter, runs } = checked.value;
  return ok(
    runs.map((run) => ({
      adapter,
      expId: run.exp_id,
      path: joinPath(parentOf(file), run.path.replace(/^\.?\/+|\/+$/g, '')),
      ...(typeof run.wall_clock_seconds === 'number' ? { wallClockSeconds: run.wall_clock_seconds } : {}),
    })),
  );
}
