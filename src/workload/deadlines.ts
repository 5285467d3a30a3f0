// When a request gives up (BLIS 87cc70ed sim/workload/generator.go): session requests have five minutes unless their client
// says otherwise, others have no limit.

/** Deadline of session requests whose client states no timeout, µs after arrival. */
export const DEFAULT_SESSION_TIMEOUT_US = 300_000_000;

/** Absolute tick, 0 = none. `timeoutUs` absent = the default for session requests, none for others. */
export function deadlineUs(arrivalUs: number, timeoutUs: number | undefined, isSession: boolean): number {
  if (timeoutUs === undefined) return isSession ? arrivalUs + DEFAULT_SESSION_TIMEOUT_US : 0;
  return timeoutUs > 0 ? arrivalUs + timeoutUs : 0;
}
