// The request table: one record a request, in linear memory. Input fields are written by the host (times as f64 in the same
// slot, turned into ticks by `prepareRequest`); the rest is the state of BLIS 87cc70ed `sim/request.go`, stored so that a
// step in which every member decodes needs no visit: `progress` and `sumStart` are relative to the instance's counters.

export const NEVER: i64 = -1;

export namespace State {
  /** Before its Queued event. */
  export const NOT_ARRIVED: u8 = 0;
  export const QUEUED: u8 = 1;
  export const RUNNING: u8 = 2;
  export const COMPLETED: u8 = 3;
  export const TIMED_OUT: u8 = 4;
  export const DROPPED: u8 = 5;
  export const ROUTING_REJECTED: u8 = 6;
  /** Its routing decision lies beyond the horizon: unknown to the metrics. */
  export const BEYOND_HORIZON: u8 = 7;
  /** Turned away by the cluster's admission policy or a tenant's budget. */
  export const ADMISSION_REJECTED: u8 = 8;
  /** Still at the gateway at the end. */
  export const GATEWAY_QUEUED: u8 = 9;
  export const GATEWAY_SHED: u8 = 10;
  /** Taken apart into prefill and decode, not yet completed. */
  export const DISAGGREGATED: u8 = 11;
}

export namespace Phase {
  /** Part of the prompt is still to be computed. */
  export const PREFILL: u8 = 0;
  /** Prompt computed; moves by one token in every step in which it is scheduled. */
  export const DECODE: u8 = 1;
}

@unmanaged
export class Request {
  // Wait queue or batch.
  next: Request;
  prev: Request;
  // Members that end at the same tick of the decode counter (while waiting: position in the priority heap).
  dueNext: usize;
  duePrev: usize;
  // Members whose last block fills up in the same step; used where blocks have identity.
  fillNext: usize;
  fillPrev: usize;
  row: u32;
  state: u8;
  phase: u8;
  capped: u8;
  /** 1 = enters as the decode half of a disaggregated request. */
  decodeOnly: u8;
  arrivalUs: i64;
  deadlineUs: i64;
  /** Latest first-token latency, NEVER before the first. */
  firstTokenUs: i64;
  /** Waiting to be queued: time of the Queued event. Decoding: step-time sum of the instance at its start. Completed: Σ ITL. */
  sumUs: i64;
  schedulingDelayUs: i64;
  /** Tokens processed; for a decoding member of the batch, minus the decode counter of the instance. */
  progress: i64;
  /** Index in the ITL log of the first step in which it decodes. */
  itlStart: u32;
  inputTokens: u32;
  outputTokens: u32;
  /** Leading prompt tokens from a shared stream; the full blocks among them, and where their keys are. */
  prefixTokens: u32;
  prefixStream: u32;
  prefixBlocks: u32;
  prefixKeys: usize;
  /** Row of the session table, −1 = none. */
  session: i32;
  round: u32;
  followUp: u32;
  /** Admission number: position in batch order. */
  order: u32;
  /** Progress at which it completes. */
  target: u32;
  /** Tokens scheduled in the step being formed. */
  scheduled: u32;
  /** Position of the first token held in its own blocks (prompts found whole in the cache start behind the prompt). */
  base: i32;
  // KV blocks with identity that it owns, in order; further ones without identity follow and are only counted.
  owned: usize;
  ownedCount: u32;
  /** 1 = all its blocks have identity. */
  explicit: u8;
  /** Keys of the full blocks behind the shared prefix (interned: addresses of all), 0 = nobody can find them. */
  privateKeys: usize;
  /** Tokens in the last block of a prefilling request whose blocks have identity. */
  fill: u32;
  /** Pieces of the prompt, where it is more than prefix + fresh tokens. */
  pieces: usize;
  pieceCount: u32;
}

/** What a fleet keeps of a request besides: rows are this long only there. */
@unmanaged
export class FleetRequest extends Request {
  /** −1 = none. */
  tenant: i32;
  /** Of the SLO class; negative = may be shed. */
  sloPriority: i32;
  /** Instance that serves it, −1 = none. */
  handledBy: i32;
  /** 1 = no instance serves its model. */
  unreachable: u8;
  /** Waited at the gateway. */
  gatewayDelayUs: i64;
  // Disaggregation: of a sub-request its parent (0 = none) and the output limit that the guards see; of a parent the transfer
  // and the end, 0 before.
  parent: usize;
  outputLimit: u32;
  transferUs: i64;
  pdEndUs: i64;
}

/** The same record, in a fleet. */
export function inFleet(r: Request): FleetRequest {
  return changetype<FleetRequest>(changetype<usize>(r));
}

/** Size of a record, a multiple of 8 so that the host can read it as f64. */
export let recordBytes: usize = (offsetof<Request>() + 7) & ~7;

/** Before anything is allocated: this run is a fleet's. */
export function useFleetRecords(): void {
  recordBytes = (offsetof<FleetRequest>() + 7) & ~7;
}

export function hasFleetRecords(): bool {
  return recordBytes > ((offsetof<Request>() + 7) & ~7);
}

export function isDecoding(r: Request): bool {
  return r.phase == Phase.DECODE;
}
