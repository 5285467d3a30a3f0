// What only a policy bundle can say, as the text of one.

import { parseDocument, stringify } from 'yaml';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { yamlFault } from '../../base/yaml-words';
import { isRead } from './relevance';
import { BUNDLE_SETTINGS, type FleetSettings } from './setting-table';

/** `name:number, name:number` as a map; undefined when it is not of that form. */
export function pairsOf(text: string): Readonly<Record<string, number>> | undefined {
  const pairs: [string, number][] = [];
  for (const part of text.split(',')) {
    const [, name = '', number = ''] = /^\s*([^:\s][^:]*?)\s*:\s*(\S+)\s*$/.exec(part) ?? [];
    const value = number === '' ? NaN : Number(number);
    if (!Number.isFinite(value)) return undefined;
    pairs.push([name, value]);
  }
  return Object.fromEntries(pairs);
}

/** A list of maps from its YAML, or what is wrong with it. */
function listOf(text: string): Result<readonly unknown[], string> {
  const document = parseDocument(text, { logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) return fail(yamlFault(error.message));
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  return Array.isArray(value) ? ok(value) : fail('found no list');
}

interface Tree {
  [key: string]: unknown;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  let at = tree;
  for (const key of path.slice(0, -1)) {
    const next = (at[key] ??= {}) as Tree;
    at = next;
  }
  at[path.at(-1) ?? ''] = value;
}

/** The bundle's text; '' when nothing of it is given. Names, bounds and relations are checked where bundles are read. */
export function bundleYaml(settings: FleetSettings): Result<string, Problem> {
  const tree: Tree = {};
  for (const [name, path, kind] of BUNDLE_SETTINGS) {
    const text = settings[name].trim();
    if (text === '' || !isRead(name, settings)) continue;
    if (kind === 'list') {
      const list = listOf(text);
      if (!list.ok) return fail({ code: 'malformed', message: `Node pools: ${list.error}.`, field: name });
      if (list.value.length > 0) put(tree, path, list.value);
    } else {
      put(tree, path, kind === 'pairs' ? pairsOf(text) : Number(text));
    }
  }
  return ok(Object.keys(tree).length === 0 ? '' : stringify(tree));
}
