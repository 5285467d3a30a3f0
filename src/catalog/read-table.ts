// YAML text → a table of the given shape, or a problem that names the line.

import { LineCounter, isNode, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { $ZodIssue } from 'zod/v4/core';
import * as z from 'zod/mini';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';

/** Tables that a build has turned into JSON, which is YAML too, are read thirty times faster. */
function parseJsonTable(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A YAML flow mapping, or broken: the YAML reader says what is wrong.
    return undefined;
  }
}

export function readTable<T extends z.ZodMiniType>(text: string, file: string, shape: T): Result<z.infer<T>> {
  const json = parseJsonTable(text);
  if (json !== undefined) {
    const fast = z.safeParse(shape, json);
    if (fast.success) return ok(fast.data);
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
  const parsed = z.safeParse(shape, document.toJS());
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
