// Where generation stops instead of running on for minutes or out of memory. The reference has no such bounds; it hangs.

import type { Problem } from '../base/problem';

export interface Limits {
  /** Requests in one list: about 100 bytes of columns each. */
  readonly requests: number;
  /** Random draws of arrivals and conversation rounds. */
  readonly steps: number;
  /** Draws of token ids that really have to be made. */
  readonly tokenDraws: number;
}

/** Each is reached in seconds to a minute. */
export const DEFAULT_LIMITS: Limits = { requests: 5_000_000, steps: 50_000_000, tokenDraws: 50_000_000_000 };

/** Tokens of one prompt or answer. */
export const MAX_TOKENS = 2 ** 31 - 1;
/** Times are whole µs in doubles. */
export const MAX_TIME_US = 2 ** 53;

/** What is left of the bounds; shared by all clients of one generation. */
export class Budget {
  private steps = 0;
  private tokens = 0;
  problem: Problem | undefined;

  constructor(private readonly limits: Limits) {}

  step(count: number, client: string): boolean {
    this.steps += count;
    if (this.steps <= this.limits.steps) return true;
    this.stop(
      'too-large',
      `Generation stopped after ${this.limits.steps} draws while client "${client}" was at work. Its activity windows or rounds lie too ` +
        'far out for its rate; shorten them, or lower num_requests or horizon.',
    );
    return false;
  }

  draw(count: number, client: string): boolean {
    if (count < 0 || count > MAX_TOKENS) {
      this.stop(
        'bad-value',
        `Client "${client}" drew a length of ${count} tokens; a length must lie between 0 and ${MAX_TOKENS}. ` +
          'Check the min and max of its distributions.',
      );
      return false;
    }
    this.tokens += count;
    if (this.tokens <= this.limits.tokenDraws) return true;
    this.stop(
      'too-large',
      `Generation stopped after ${this.limits.tokenDraws} tokens at client "${client}"; lower num_requests or the lengths.`,
    );
    return false;
  }

  time(us: number, client: string): boolean {
    if (us <= MAX_TIME_US) return true;
    this.stop(
      'not-supported',
      `Client "${client}" has an arrival past 2^53 µs (285 years); give it a higher rate or the workload a horizon.`,
    );
    return false;
  }

  rows(count: number): boolean {
    if (count <= this.limits.requests) return true;
    this.stop(
      'too-large',
      `The workload has more than ${this.limits.requests} requests; lower num_requests, the horizon or the rate.`,
    );
    return false;
  }

  private stop(code: Problem['code'], message: string): void {
    this.problem ??= { code, message };
  }
}
