// A `server.yaml` beside a benchmark result: what its server was, under the names of `server-facts.ts`.

import { parseGoYaml, YamlScalar } from '../../base/go-yaml';
import { nearestName } from '../../base/nearest-name';
import { fail, ok, type Result } from '../../base/result';
import { readText, type SourceFile } from '../file-tree';
import { FACT_NAMES, parseFact, REQUIRED_FACTS, type ServerFacts, type FactName } from './server-facts';

const MAX_BYTES = 1e6;

/** Reads a `server.yaml` (JSON is YAML, too). Unknown keys are refused, so that a misspelt one does not go unnoticed. */
export async function readServerFacts(file: SourceFile): Promise<Result<ServerFacts>> {
  const text = await readText(file, MAX_BYTES);
  if (!text.ok) return text;
  const document = parseGoYaml(text.value, file.path);
  if (!document.ok) return document;
  const { tree } = document.value;
  if (tree instanceof YamlScalar || Array.isArray(tree)) {
    return fail({
      code: 'malformed',
      file: file.path,
      message: `${file.path}: expected keys such as ${REQUIRED_FACTS.join(', ')}, found ${Array.isArray(tree) ? 'a list' : 'a text'}.`,
    });
  }
  const facts: Record<string, ServerFacts[FactName]> = {};
  for (const [key, value] of Object.entries(tree)) {
    const { line } = document.value.place([key]);
    const at = { file: file.path, line, field: key };
    const name = FACT_NAMES.find((known) => known === key);
    if (name === undefined) {
      return fail({
        code: 'unknown-name',
        ...at,
        message: `${file.path}, line ${line}: there is no key ${key}; did you mean ${nearestName(key, FACT_NAMES)}? Known: ${FACT_NAMES.join(', ')}.`,
      });
    }
    if (value instanceof YamlScalar && value.type === 'null') continue;
    const parsed = parseFact(name, value instanceof YamlScalar ? value.text : '');
    if (!parsed.ok)
      return fail({ ...parsed.error, ...at, message: `${file.path}, line ${line}: ${parsed.error.message}` });
    facts[name] = parsed.value;
  }
  return ok(facts);
}
