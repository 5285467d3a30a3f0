// Request ids as the reference prints them: `request_<n>`, and `session_<sid>_round_<k>_<m>` for follow-ups.

import type { RequestResultColumns } from './run-result';
import type { Workload } from './workload';

export type RequestNames = (row: number) => string;

export function requestNames(results: RequestResultColumns, workload: Workload): RequestNames {
  const { requests, sessions } = workload;
  return (row) => {
    if (row < results.initialCount) return `request_${requests.requestId[row] ?? row}`;
    const session = sessions?.sessionId[results.session[row] ?? -1] ?? '';
    return `session_${session}_round_${results.roundIndex[row] ?? 0}_${results.followUpNumber[row] ?? 0}`;
  };
}
