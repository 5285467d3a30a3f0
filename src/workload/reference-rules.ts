// How generation changed over the reference's history, as far as published results depend on it (spec 14). The generator
// and the order of draws are the same in all.

/** Commits of BLIS whose inference_perf expansion differs. */
export const WORKLOAD_VERSIONS = ['87cc70ed', '0074c8c1', 'b05154c'] as const;
export type WorkloadVersion = (typeof WORKLOAD_VERSIONS)[number];

export interface GenerationRules {
  /** inference_perf: clients for each stage, or one set for the whole file at the mean rate. */
  readonly clientsPerStage: boolean;
  /** inference_perf: shares that sum to the total exactly, or the same rounded-up number for all. */
  readonly fairShares: boolean;
  /** inference_perf, one stage, single turn: exact-count arrivals, or plain Poisson. */
  readonly exactArrivals: boolean;
  /** inference_perf, multi-turn: one session a client, or a five-round accumulating session for each arrival. */
  readonly singleSession: boolean;
  readonly sloClass: string;
  /** Whether conversation rounds get the client's prefix and are cut by windows and horizon. */
  readonly roundsKeepPrefixAndWindows: boolean;
  /** Deadlines and closed-loop sessions exist. */
  readonly hasSessions: boolean;
  /** How a session finds its client. */
  readonly sessionsMatchBy: 'client' | 'labels';
}

export const GENERATION_RULES: Readonly<Record<WorkloadVersion, GenerationRules>> = {
  '87cc70ed': {
    clientsPerStage: true,
    fairShares: true,
    exactArrivals: true,
    singleSession: true,
    sloClass: 'standard',
    roundsKeepPrefixAndWindows: true,
    hasSessions: true,
    sessionsMatchBy: 'client',
  },
  '0074c8c1': {
    clientsPerStage: true,
    fairShares: false,
    exactArrivals: false,
    singleSession: true,
    sloClass: 'batch',
    roundsKeepPrefixAndWindows: true,
    hasSessions: true,
    sessionsMatchBy: 'labels',
  },
  b05154c: {
    clientsPerStage: false,
    fairShares: false,
    exactArrivals: false,
    singleSession: false,
    sloClass: 'batch',
    roundsKeepPrefixAndWindows: false,
    hasSessions: false,
    sessionsMatchBy: 'labels',
  },
};
