// One serving instance by the eight rules of the cluster specification's last section.

import type { EngineConfig } from '../../../src/domain/run-config';

export interface Block {
  users: number;
}

/** A request, or the part of one that a pool serves. */
export interface Job {
  readonly id: string;
  /** Row in the results; parts share their request's. */
  readonly row: number;
  readonly arrivalUs: number;
  readonly input: number;
  readonly output: number;
  readonly prefix: readonly [stream: number, tokens: number] | undefined;
  readonly deadlineUs: number;
  readonly sloClass: string;
  readonly tenant: string;
  readonly model: string;
  readonly session: number;
  readonly round: number;
  /** Output tokens that the door counts. */
  readonly outputLimit: number;
  /** Its KV blocks come from elsewhere. */
  readonly decodeOnly: boolean;
  readonly parent?: Job;
  state: string;
  progress: number;
  scheduled: number;
  firstTokenUs: number;
  delayUs: number;
  itl: number[];
  blocks: Block[];
  handledBy: number;
  endUs: number;
  gatewayUs: number;
  transferUs: number;
}

type Kind = 'arrival' | 'queued' | 'step' | 'scheduled' | 'left' | 'timeout';
const RANK: Readonly<Record<Kind, number>> = {
  arrival: 0,
  queued: 1,
  step: 2,
  scheduled: 3,
  left: 4,
  timeout: 5,
};
interface Event {
  readonly atUs: number;
  readonly kind: Kind;
  readonly turn: number;
  readonly job?: Job;
}

/** Identity of a full block: of the shared prefix where it covers the block whole, else the request's own. */
export function blockKey({ prefix, row }: Job, index: number, size: number): string {
  if (prefix !== undefined && (index + 1) * size <= prefix[1]) return `p${prefix[0]}:${index}`;
  return `r${row}:${index}`;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export class LiteralInstance {
  clockUs = 0;
  queue: Job[] = [];
  batch: Job[] = [];
  readonly table = new Set<string>();
  readonly #owners = new Map<string, Block>();
  used = 0;
  completed = 0;
  dropped = 0;
  timedOut = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly queueLengths: number[] = [];
  readonly #config: EngineConfig;
  readonly #horizonUs: number;
  readonly #onEnd: (job: Job, atUs: number) => void;
  #events: Event[] = [];
  #turn = 0;
  #stepPending = false;

  constructor(config: EngineConfig, horizonUs: number, onEnd: (job: Job, atUs: number) => void) {
    this.#config = config;
    this.#horizonUs = horizonUs;
    this.#onEnd = onEnd;
  }

  get ended(): number {
    return this.completed + this.dropped + this.timedOut;
  }

  /** Requests handed over whose Queued event has not come. */
  get underway(): number {
    return this.#events.filter(({ kind }) => kind === 'arrival' || kind === 'queued').length;
  }

  get nextUs(): number {
    return this.#first()?.atUs ?? Infinity;
  }

  hand(job: Job, atUs: number): void {
    this.#push('arrival', atUs, job);
  }

  #push(kind: Kind, atUs: number, job?: Job): void {
    this.#events.push({ kind, atUs, turn: this.#turn++, ...(job === undefined ? {} : { job }) });
  }

  #first(): Event | undefined {
    let best: Event | undefined;
    for (const event of this.#events) {
      const gap =
        best === undefined
          ? -1
          : event.atUs - best.atUs || RANK[event.kind] - RANK[best.kind] || event.turn - best.turn;
      if (gap < 0) best = event;
    }
    return best;
  }

  /** Executes the next event. False if it passed without effect. */
  execute(): boolean {
    const event = this.#first();
    if (event === undefined) throw new Error('no event');
    this.#events = this.#events.filter((other) => other !== event);
    const { job } = event;
    if (event.kind === 'timeout' && job?.state === 'completed') return false;
    this.clockUs = event.atUs;
    if (event.kind === 'step') this.#step();
    else if (job === undefined) return true;
    else if (event.kind === 'arrival') {
      const [a0 = 0, a1 = 0] = this.#latency.alpha;
      this.#push('queued', event.atUs + Math.trunc(a0 + a1 * job.input), job);
    } else if (event.kind === 'queued') this.#accept(job);
    else if (event.kind === 'timeout') this.#expire(job);
    return true;
  }

  get #latency(): { readonly alpha: readonly number[]; readonly beta: readonly number[] } {
    return this.#config.latency.coefficients ?? { alpha: [], beta: [] };
  }

  #accept(job: Job): void {
    const { maxModelLen: limit, blockSizeTokens, totalKvBlocks } = this.#config;
    const tokens = job.input + Math.max(job.output, job.outputLimit);
    if (
      (limit > 0 && (job.input >= limit || tokens > limit)) ||
      Math.ceil(job.input / blockSizeTokens) > totalKvBlocks
    ) {
      job.state = 'dropped';
      this.dropped++;
      this.#onEnd(job, this.clockUs);
      return;
    }
    this.inputTokens += job.input;
    if (job.deadlineUs > 0 && job.deadlineUs <= this.clockUs) {
      this.#timeOut(job);
      return;
    }
    job.state = 'queued';
    this.queue.push(job);
    if (job.deadlineUs > 0 && job.deadlineUs <= this.#horizonUs) this.#push('timeout', job.deadlineUs, job);
    this.#wake(this.clockUs);
  }

  #wake(atUs: number): void {
    if (this.#stepPending) return;
    this.#stepPending = true;
    this.#push('step', atUs);
  }

  /** The decode part takes its blocks at once and waits without a queueing delay. */
  handDecode(job: Job, atUs: number): boolean {
    const needed = Math.ceil(job.input / this.#config.blockSizeTokens);
    if (needed > this.#config.totalKvBlocks - this.used) return false;
    this.#reserve(job, job.input);
    job.progress = job.input;
    job.state = 'queued';
    this.queue.push(job);
    if (job.deadlineUs > 0 && job.deadlineUs <= this.#horizonUs) this.#push('timeout', job.deadlineUs, job);
    if (this.batch.length === 0) this.#wake(Math.max(atUs, this.clockUs));
    return true;
  }

  #timeOut(job: Job): void {
    job.state = 'timed-out';
    this.timedOut++;
    this.#onEnd(job, this.clockUs);
  }

  #expire(job: Job): void {
    if (job.state !== 'queued' && job.state !== 'running') return;
    this.queue = this.queue.filter((other) => other !== job);
    this.batch = this.batch.filter((other) => other !== job);
    this.#release(job);
    this.#timeOut(job);
  }

  /** Blocks for the first `tokens` tokens; full prompt blocks can be found from now on. */
  #reserve(job: Job, tokens: number): void {
    const size = this.#config.blockSizeTokens;
    while (job.blocks.length * size < tokens) {
      job.blocks.push({ users: 1 });
      this.used++;
    }
    for (let index = 0; index < Math.floor(Math.min(tokens, job.input) / size); index++) {
      const key = blockKey(job, index, size);
      const block = job.blocks[index];
      if (block === undefined || this.table.has(key)) continue;
      this.table.add(key);
      this.#owners.set(key, block);
    }
  }

  #release(job: Job): void {
    for (const block of job.blocks) if (--block.users === 0) this.used--;
    job.blocks = [];
  }

  /** Takes the leading cached blocks; gives their number. */
  #share(job: Job): number {
    const size = this.#config.blockSizeTokens;
    let count = 0;
    for (; count < Math.floor(job.input / size); count++) {
      const block = this.#owners.get(blockKey(job, count, size));
      if (block === undefined) break;
      if (block.users++ === 0) this.used++;
      job.blocks.push(block);
    }
    return count;
  }

  #order(): void {
    if (this.#config.scheduler === 'fcfs') return;
    const byId = (a: Job, b: Job): number =>
      a.arrivalUs - b.arrivalUs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    // Constant and slo-based priorities put the oldest first.
    if (this.#config.scheduler === 'sjf') this.queue.sort((a, b) => a.input - b.input || byId(a, b));
    else this.queue.sort(byId);
  }

  #step(): void {
    this.#stepPending = false;
    if (this.queue.length === 0 && this.batch.length === 0) return;
    this.#order();
    const now = this.clockUs;
    const [, , a2 = 0] = this.#latency.alpha;
    const [b0 = 0, b1 = 0, b2 = 0] = this.#latency.beta;
    let budget = this.#config.maxNumScheduledTokens;
    let prefill = 0;
    let decode = 0;
    for (const job of this.batch) {
      job.scheduled = 0;
      if (budget === 0) continue;
      if (job.progress < job.input) {
        job.scheduled = Math.min(job.input - job.progress, budget);
        prefill += job.scheduled;
      } else {
        job.scheduled = 1;
        decode++;
      }
      this.#reserve(job, job.progress + job.scheduled);
      budget -= job.scheduled;
    }
    for (let head = this.queue[0]; head !== undefined; head = this.queue[0]) {
      if (this.batch.length >= this.#config.maxNumRunningReqs || budget === 0) break;
      this.queue.shift();
      if (head.decodeOnly) {
        head.scheduled = 1;
        decode++;
      } else {
        head.progress = this.#share(head) * this.#config.blockSizeTokens;
        head.scheduled = Math.min(head.input - head.progress, budget);
        prefill += head.scheduled;
      }
      this.#reserve(head, head.progress + head.scheduled);
      budget -= head.scheduled;
      head.state = 'running';
      head.delayUs = now - head.arrivalUs;
      this.batch.push(head);
      this.#push('scheduled', now, head);
    }
    this.queueLengths.push(this.queue.length);
    const duration = Math.max(1, Math.trunc(b0 + b1 * prefill + b2 * decode));
    const overhead = Math.trunc(a2);
    for (const job of this.batch) {
      if (job.progress >= job.input && job.scheduled > 0) job.itl.push(duration + overhead);
      job.progress += job.scheduled;
      if (job.progress === job.input) job.firstTokenUs = now + duration + overhead - job.arrivalUs;
    }
    for (const job of [...this.batch]) {
      if (job.progress < job.input + Math.max(job.output, 1) - 1) continue;
      this.batch = this.batch.filter((other) => other !== job);
      this.#release(job);
      job.state = 'completed';
      this.completed++;
      this.outputTokens += Math.max(0, job.progress - job.input);
      this.#push('left', now + duration, job);
      this.#onEnd(job, now + duration);
    }
    if (this.batch.length > 0 || this.queue.length > 0) {
      this.#stepPending = true;
      this.#push('step', now + duration);
    }
  }
}
