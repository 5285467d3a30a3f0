import type { Problem } from './problem';

/** An outcome that may fail in an expected way. */
export type Result<T, E = Problem> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = <E = Problem>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});
