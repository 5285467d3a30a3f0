// Results for commands: the value, or the end.

import { formatProblem } from '../base/problem';
import type { Result } from '../base/result';
import { UsageError } from './io';

/** The value, or the end of the command with the problem's line. */
export function demand<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new UsageError(formatProblem(result.error));
}
