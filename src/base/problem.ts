// What went wrong, for the person reading it: where, what was found, what was expected, what to do. Expected failures are
// values (see result.ts); an exception is a defect of ours.

/** The kinds of expected failure. Each kind is handled alike wherever it appears (icon, exit code, retry). */
export type ProblemCode =
  | 'missing-file'
  | 'unreadable-file' // permission denied, deleted while reading, not text
  | 'too-large'
  | 'malformed' // not valid JSON / YAML / CSV / log
  | 'missing-key'
  | 'bad-value'
  | 'unknown-name'
  | 'not-supported' // understood, but outside what this simulator or format can do
  | 'out-of-memory'
  | 'livelock'
  | 'cancelled'
  | 'engine-trap'
  | 'not-stored'; // the browser refuses to keep data

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence that names the fact and, where it helps, what to do. Complete without the other fields. */
  readonly message: string;
  /** Path as the user knows it, relative to the opened folder. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** Dotted path of the key, for example `data.shared_prefix.output_len`. */
  readonly field?: string;
}

/**
 * `file:line:column: message`, as compilers print it; the one-line form for logs and terminals. A message that names its file
 * itself is not told twice.
 */
export function formatProblem(problem: Problem): string {
  const { file, line, column, message } = problem;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  if (place === '') return message;
  if (file === undefined || !message.includes(file)) return `${place}: ${message}`;
  const stated = /^, line \d+(, column \d+)?: /.exec(
    message.startsWith(file) ? message.slice(file.length) : '',
  );
  return stated === null ? message : `${place}: ${message.slice(file.length + stated[0].length)}`;
}
