// Typed access to a YAML file of an experiment by dotted keys; a missing or wrong value is a problem with its line.

import { YamlScalar, parseGoYaml, type YamlDocument, type YamlTree } from '../../base/go-yaml';
import { dotted } from '../../base/go-yaml-schema';
import type { Problem, ProblemCode } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { readText, type SourceFile } from '../file-tree';

const MAX_BYTES = 4e6;

export type Path = readonly (string | number)[];

export async function readYamlFields(file: SourceFile): Promise<Result<YamlFields>> {
  const text = await readText(file, MAX_BYTES);
  if (!text.ok) return text;
  const document = parseGoYaml(text.value, file.path);
  if (!document.ok) return document;
  const { tree } = document.value;
  if (tree instanceof YamlScalar || Array.isArray(tree)) {
    const what = Array.isArray(tree) ? 'a list' : `the text ${JSON.stringify(tree.text.slice(0, 60))}`;
    const { line, column } = document.value.place([]);
    return fail({
      code: 'malformed',
      message: `${file.path}, line ${line}: expected a mapping of keys, found ${what}.`,
      file: file.path,
      line,
      column,
    });
  }
  return ok(new YamlFields(document.value));
}

const TRUE = new Set(['true', 'yes', 'on']);
const FALSE = new Set(['false', 'no', 'off']);

export class YamlFields {
  constructor(private readonly document: YamlDocument) {}

  get file(): string {
    return this.document.file;
  }

  /** Undefined where the path does not exist or holds null. */
  at(path: Path): YamlTree | undefined {
    let at: YamlTree | undefined = this.document.tree;
    for (const step of path) {
      if (at === undefined || at instanceof YamlScalar) return undefined;
      at = (at as Readonly<Record<string, YamlTree>>)[String(step)];
    }
    return at instanceof YamlScalar && at.type === 'null' ? undefined : at;
  }

  has(path: Path): boolean {
    return this.at(path) !== undefined;
  }

  /** A finite number, at least `min`; undefined when absent. */
  number(path: Path, min: number): Result<number | undefined> {
    return this.scalar(path, `a number of at least ${min}`, (value) =>
      (value.type === 'int' || value.type === 'float') && Number.isFinite(value.number) && value.number >= min
        ? value.number
        : undefined,
    );
  }

  /** A whole number of at least `min`; a fraction is cut off, as the reference's int() does. */
  count(path: Path, min: number): Result<number | undefined> {
    return this.scalar(path, `a whole number of at least ${min}`, (value) => {
      const whole = value.type === 'int' || value.type === 'float' ? Math.trunc(value.number) : NaN;
      return Number.isSafeInteger(whole) && whole >= min ? whole : undefined;
    });
  }

  boolean(path: Path): Result<boolean | undefined> {
    return this.scalar(path, 'true or false', (value) => {
      const text = value.text.toLowerCase();
      return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;
    });
  }

  text(path: Path): Result<string | undefined> {
    return this.scalar(path, 'a text', (value) => (value.text.trim() === '' ? undefined : value.text));
  }

  list(path: Path): Result<readonly YamlTree[] | undefined> {
    const value = this.at(path);
    if (value === undefined) return ok(undefined);
    return Array.isArray(value) ? ok(value as readonly YamlTree[]) : fail(this.wrong(path, 'a list'));
  }

  missing(path: Path): Problem {
    return this.problem(path, 'missing-key', `the key ${dotted(path)} is missing`);
  }

  private wrong(path: Path, wanted: string): Problem {
    const value = this.at(path);
    const found =
      value instanceof YamlScalar
        ? JSON.stringify(value.text.slice(0, 60))
        : Array.isArray(value)
          ? 'a list'
          : 'a mapping';
    return this.problem(path, 'bad-value', `${dotted(path)}: expected ${wanted}, found ${found}`);
  }

  private scalar<T>(
    path: Path,
    wanted: string,
    decode: (value: YamlScalar) => T | undefined,
  ): Result<T | undefined> {
    const value = this.at(path);
    if (value === undefined) return ok(undefined);
    const decoded = value instanceof YamlScalar ? decode(value) : undefined;
    return decoded === undefined ? fail(this.wrong(path, wanted)) : ok(decoded);
  }

  private problem(path: Path, code: ProblemCode, what: string): Problem {
    const { line, column } = this.document.place(path);
    return {
      code,
      message: `${this.file}, line ${line}: ${what}.`,
      file: this.file,
      line,
      column,
      field: dotted(path),
    };
  }
}

/** The value, or a problem when the key is absent. */
export function required<T>(fields: YamlFields, path: Path, value: Result<T | undefined>): Result<T> {
  if (!value.ok) return value;
  return value.value === undefined ? fail(fields.missing(path)) : ok(value.value);
}
