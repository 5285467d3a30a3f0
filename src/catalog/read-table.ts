// YAML text → a table of the given shape, or a problem that names the line.

import { LineCounter, isNode, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { $ZodIssue } from 'zod/v4/core';
import * as z from 'zod/mini';
import { parseJson } from '../base/json';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';

/**
 * How the build writes a table beside the command line: read by the rules below, found sound, and turned into JSON, so that no
 * start has to check it again (20 ms of CPU for the four tables).
 */
const CHECKED = '{"checked":';

/** The text that `readTable` takes without looking at its values. Only for a table that it has read. */
export const checkedTable = (table: unknown): string => `${CHECKED}${JSON.stringify(table)}}`;

export function readTable<T extends z.ZodMiniType>(
  text: string,
  file: string,
  makeShape: () => T,
): Result<z.infer<T>> {
  if (text.startsWith(CHECKED)) {
    const json = parseJson(text, file);
    return json.ok ? ok((json.value as { readonly checked: z.infer<T> }).checked) : json;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    const at = lines.linePos(syntax.pos[0]);
    return fail({
      code: 'malformed',
      message: `${file} is not valid YAML: ${syntax.message}.`,
      file,
      line: at.line,
      column: at.col,
    });
  }
  const alias = firstAlias(document);
  if (alias !== undefined) {
    return fail({
      code: 'malformed',
      message: `${file}: a table here has no anchors and aliases; found *${alias}.`,
      file,
    });
  }
  const parsed = z.safeParse(makeShape(), document.toJS());
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail(
    issue === undefined
      ? { code: 'bad-value', message: `${file} does not have the expected shape.`, file }
      : problemOf(issue, file, document, lines),
  );
}

function problemOf(issue: $ZodIssue, file: string, document: Document, lines: LineCounter): Problem {
  const field = issue.path.map(String).join('.');
  const line = lineOf(issue.path, document, lines);
  const what = whatIsWrong(issue);
  return {
    code: 'bad-value',
    message: `${file}: ${field === '' ? 'the table' : field}: ${what}.`,
    file,
    field,
    ...(line === undefined ? {} : { line }),
  };
}

function whatIsWrong(issue: $ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `the key ${issue.keys.map((key) => `"${key}"`).join(', ')} is not known here`;
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return `must be ${issue.inclusive === true ? 'at least' : 'greater than'} ${issue.minimum}`;
    default:
      return issue.message;
  }
}

function firstAlias(document: Document): string | undefined {
  let found: string | undefined;
  visit(document, {
    Alias: (_, node) => {
      found = node.source;
      return visit.BREAK;
    },
  });
  return found;
}

/** Line of the deepest node of the path that exists. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number | undefined {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
