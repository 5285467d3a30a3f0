// JSON files that Simulate takes besides loads: a saved run, an exported calibrated server, a model's config.json.

import { ok, type Result } from '../base/result';
import { MAX_CONFIG_CHARACTERS, parseModelConfig } from '../catalog/model-config';
import { isModelName } from '../catalog/model-name';
import { isJsonObject } from '../catalog/weight-precision';
import { SERVER_FORMAT } from '../domain/calibrated-server';
import { SAVED_RUN_FORMAT } from '../domain/saved-run';
import { readText, type SourceFile } from '../sources/file-tree';
import type { ReadLoadAnswer } from './simulate-protocol';

/** Undefined for files of another kind, which the readers of loads know. @param folder name of what was dropped. */
export async function readOwnJson(
  file: SourceFile,
  folder: string,
): Promise<Result<ReadLoadAnswer> | undefined> {
  const text = await readText(file, MAX_CONFIG_CHARACTERS);
  if (!text.ok) return undefined;
  const content = jsonObject(text.value);
  if (content === undefined) return undefined;
  const name = file.path;
  if (content['format'] === SAVED_RUN_FORMAT) return ok({ kind: 'run-file', name, text: text.value });
  if (content['format'] === SERVER_FORMAT) return ok({ kind: 'server', name, text: text.value });
  if (typeof content['model_type'] !== 'string' && !Array.isArray(content['architectures'])) return undefined;
  const stated = statedName(content, folder);
  const facts = parseModelConfig(text.value, name, stated ?? '');
  if (!facts.ok) return facts;
  const { modelType, architecture } = facts.value;
  const shape = `own/${modelType || 'model'}-${architecture.layers}x${architecture.hidden}`;
  return ok({ kind: 'model', name, modelName: stated ?? shape, facts: facts.value });
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Not JSON, or lines of it: whoever reads loads says what is wrong.
    return undefined;
  }
}

/** `org/name` of the repository where the file states it (older files do), else the folder's own name. */
function statedName(config: Readonly<Record<string, unknown>>, folder: string): string | undefined {
  const path = config['_name_or_path'];
  if (typeof path === 'string' && path.includes('/') && isModelName(path)) return path;
  return isModelName(folder) && !/\.json$/i.test(folder) ? folder : undefined;
}
