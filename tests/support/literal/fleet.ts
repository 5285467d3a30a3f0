// The control plane of the cluster specification: the shared clock and its order (section 2), admission (4), router state (5),
// gateway (13), disaggregation (14), autoscaler (15), sessions (16).

import { SLO_PRIORITIES, type ClusterConfig } from '../../../src/domain/cluster-config';
import type { RandomDoor } from '../../../src/domain/random';
import type { EngineConfig } from '../../../src/domain/run-config';
import { streamSeed } from '../../../src/engine/random-seeds';
import { LiteralInstance, blockKey, sum, type Job } from './instance';
import { LiteralPolicy, loadOf, matched, touch, type Snapshot } from './policies';
import { LiteralScaler } from './scaler';

export interface Decision {
  readonly stage: string;
  readonly row: number;
  readonly atUs: number;
  readonly value: number;
  readonly number: number;
  readonly regret: number;
}

export interface LiteralSession {
  readonly maxRounds: number;
  readonly timeoutUs: number;
  readonly prefix: readonly [stream: number, tokens: number] | undefined;
  readonly rounds: readonly (readonly [input: number, output: number, thinkUs: number])[];
}

const RANKS = [
  'arrival',
  'admission',
  'routing',
  'disaggregation',
  'prefill-routing',
  'kv-transfer',
  'transfer-end',
  'decode-routing',
  'tick',
  'actuation',
] as const;
type Rank = (typeof RANKS)[number];
interface Event {
  readonly atUs: number;
  readonly rank: number;
  readonly turn: number;
  readonly run: () => void;
}

interface Seen {
  queue: number;
  batch: number;
  used: number;
  lastUs: number;
  known: boolean;
}

export class LiteralFleet {
  readonly instances: LiteralInstance[] = [];
  readonly names: string[] = [];
  readonly routable: boolean[] = [];
  readonly decisions: Decision[] = [];
  readonly jobs: Job[];
  clockUs = 0;
  routingRejections = 0;
  gatewayShed = 0;
  readonly shed: Record<string, number> = {};
  readonly transferUs: number[] = [];
  transferDepths: number[] = [];
  parents = 0;
  droppedAtDecode = 0;
  prefillCompleted = 0;
  transferring = 0;
  waiting: { readonly job: Job; readonly turn: number; readonly sinceUs: number }[] = [];
  #events: Event[] = [];
  #turn = 0;
  #pendingArrivals = 0;
  readonly #inFlight: number[] = [];
  readonly #seen: Seen[] = [];
  readonly #copies: Set<string>[] = [];
  #lastCopyUs = 0;
  readonly #tenants = new Map<string, number>();
  #bucket: number;
  #bucketUs = 0;
  readonly #main: LiteralPolicy;
  readonly #prefill: LiteralPolicy;
  readonly #decode: LiteralPolicy;
  readonly #decider = new Map<string, true>();
  readonly #rounds: number[];
  #followUps = 0;
  readonly #scaler: LiteralScaler | undefined;

  constructor(
    readonly config: ClusterConfig,
    readonly instance: EngineConfig,
    requests: readonly Job[],
    readonly sessions: readonly LiteralSession[],
    door: RandomDoor,
    readonly horizonUs: number,
  ) {
    const { routing, disaggregation: pd, legacySignals } = config;
    const size = instance.blockSizeTokens;
    const stream = (name: string) => door.open(streamSeed(instance.seed, name));
    this.#main = new LiteralPolicy(routing.policy, routing.scorers, stream('router'), size, legacySignals);
    const pool = (scorers: typeof routing.scorers | undefined, name: string): LiteralPolicy =>
      scorers === undefined
        ? this.#main
        : new LiteralPolicy('weighted', scorers, stream(name), size, legacySignals);
    this.#prefill = pool(pd?.prefillScorers, 'prefill-router');
    this.#decode = pool(pd?.decodeScorers, 'decode-router');
    this.#bucket = config.admission.tokenBucketCapacity;
    this.jobs = [...requests];
    this.#rounds = sessions.map(() => 0);
    const scaled = config.autoscaler !== undefined || config.nodePools.length > 0;
    this.#scaler = scaled ? new LiteralScaler(this, stream('autoscaler')) : undefined;
    for (let index = 0; index < config.instances; index++) {
      const name = `instance_${index}`;
      if (this.#scaler?.place(name, undefined) !== false) this.add(name);
    }
    if (config.autoscaler !== undefined) this.#push('tick', 0, () => this.#scaler?.tick(0));
    for (const job of requests) this.#arrive(job);
  }

  add(name: string): void {
    const index = this.instances.length;
    this.instances.push(
      new LiteralInstance(this.instance, this.horizonUs, (job, atUs) => {
        this.#ended(job, atUs);
      }),
    );
    this.names.push(name);
    this.routable.push(true);
    this.#inFlight.push(0);
    this.#seen.push({
      queue: 0,
      batch: 0,
      used: 0,
      lastUs: 0,
      known: this.config.snapshotRefreshIntervalUs === 0,
    });
    this.#copies[index] = new Set();
  }

  schedule(rank: 'tick' | 'actuation', atUs: number, run: () => void): void {
    this.#push(rank, atUs, run);
  }

  #push(rank: Rank, atUs: number, run: () => void): void {
    this.#events.push({ atUs, rank: RANKS.indexOf(rank), turn: this.#turn++, run });
  }

  #arrive(job: Job): void {
    this.#pendingArrivals++;
    this.#push('arrival', job.arrivalUs, () => {
      this.#pendingArrivals--;
      this.#push('admission', this.clockUs + this.instance.admissionLatencyUs, () => {
        this.#admit(job);
      });
    });
  }

  get isIdle(): boolean {
    return this.#pendingArrivals === 0 && sum(this.#inFlight) === 0;
  }

  run(): void {
    for (;;) {
      let first: Event | undefined;
      for (const event of this.#events) {
        const gap =
          first === undefined
            ? -1
            : event.atUs - first.atUs || event.rank - first.rank || event.turn - first.turn;
        if (gap < 0) first = event;
      }
      let next = Infinity;
      let index = -1;
      this.instances.forEach((instance, at) => {
        if (instance.nextUs < next) {
          next = instance.nextUs;
          index = at;
        }
      });
      if (first === undefined && index < 0) return;
      if (first !== undefined && first.atUs <= next) {
        const { atUs, run } = first;
        const taken = first;
        this.#events = this.#events.filter((event) => event !== taken);
        if (atUs > this.horizonUs) return;
        this.clockUs = atUs;
        run();
      } else {
        if (next > this.horizonUs) return;
        this.#step(index, next);
      }
    }
  }

  #step(index: number, atUs: number): void {
    const instance = this.instances[index];
    if (instance === undefined) return;
    const before = instance.ended;
    const clock = this.clockUs;
    this.clockUs = atUs;
    if (!instance.execute()) {
      this.clockUs = clock;
      return;
    }
    const delta = instance.ended - before;
    this.#inFlight[index] = (this.#inFlight[index] ?? 0) - delta;
    if (this.config.flowControl !== undefined) {
      for (let k = 0; k < delta; k++) if (!this.#dispatchNext()) break;
    }
    if (this.routable[index] === false && instance.queue.length + instance.batch.length === 0) {
      this.#scaler?.free(index);
    }
    this.#noticeParts();
  }

  // --- router state

  #snapshots(job: Job | undefined, renewsCopies = true): Snapshot[] {
    const { cacheSignalDelayUs: delay } = this.config;
    if (renewsCopies && delay > 0 && this.clockUs - this.#lastCopyUs >= delay) {
      this.#lastCopyUs = this.clockUs;
      this.instances.forEach((instance, index) => (this.#copies[index] = new Set(instance.table)));
    }
    const model = this.instance.model;
    if (job !== undefined && job.model !== '' && job.model !== model) return [];
    return this.instances.flatMap((_, index) => (this.routable[index] === true ? [this.#look(index)] : []));
  }

  #look(index: number): Snapshot {
    const { snapshotRefreshIntervalUs: interval, legacySignals } = this.config;
    const instance = this.instances[index];
    const seen = this.#seen[index];
    if (instance === undefined || seen === undefined) throw new Error('no such instance');
    const isDue = interval === 0 || this.clockUs - seen.lastUs >= interval;
    if (isDue) {
      seen.used = instance.used;
      seen.lastUs = this.clockUs;
      seen.known = true;
    }
    if (isDue || legacySignals) {
      seen.queue = instance.queue.length;
      seen.batch = instance.batch.length;
    }
    const total = this.instance.totalKvBlocks;
    const size = this.instance.blockSizeTokens;
    return {
      index,
      name: this.names[index] ?? '',
      queue: seen.queue,
      batch: seen.batch,
      kvUse: seen.used / total,
      freeBlocks: total - seen.used,
      inFlight: legacySignals ? instance.underway : (this.#inFlight[index] ?? 0),
      cached: (job) => {
        const table = this.config.cacheSignalDelayUs > 0 ? this.#copies[index] : instance.table;
        let count = 0;
        while (count < Math.floor(job.input / size) && table?.has(blockKey(job, count, size)) === true)
          count++;
        return count;
      },
    };
  }

  /** What the autoscaler sees: KV capacity is 0 before the first look. */
  replicas(): {
    readonly index: number;
    readonly queue: number;
    readonly used: number;
    readonly total: number;
  }[] {
    return this.#snapshots(undefined).map(({ index, queue }) => {
      const seen = this.#seen[index];
      return {
        index,
        queue,
        used: seen?.used ?? 0,
        total: seen?.known === true ? this.instance.totalKvBlocks : 0,
      };
    });
  }

  // --- admission and gateway

  #priority(job: Job): number {
    return this.config.sloPriorities[job.sloClass] ?? SLO_PRIORITIES[job.sloClass] ?? 3;
  }

  /** Undefined = admitted, else the number behind the refusal. */
  #refusal(job: Job, shown: readonly Snapshot[]): number | undefined {
    const { admission } = this.config;
    const priority = this.#priority(job);
    switch (admission.policy) {
      case 'always-admit':
        return undefined;
      case 'reject-all':
        return 0;
      case 'token-bucket':
        if (this.clockUs > this.#bucketUs) {
          const refill = ((this.clockUs - this.#bucketUs) * admission.tokenBucketRefillRate) / 1e6;
          this.#bucket = Math.min(admission.tokenBucketCapacity, this.#bucket + refill);
          this.#bucketUs = this.clockUs;
        }
        if (this.#bucket < job.input) return 0;
        this.#bucket -= job.input;
        return undefined;
      case 'tier-shed': {
        const load = Math.max(0, ...shown.map(loadOf));
        return load > admission.tierShedThreshold && priority < admission.tierShedMinPriority
          ? load
          : undefined;
      }
      case 'gaie-legacy': {
        const saturation = pressure(shown, admission.gaieQdThreshold, admission.gaieKvThreshold);
        return priority < 0 && saturation >= 1 ? saturation : undefined;
      }
    }
  }

  #admit(job: Job): void {
    const refusal = this.#refusal(job, this.#snapshots(job));
    this.#log('admission', job, refusal === undefined ? 1 : 0, refusal ?? 0);
    const { tenantBudgets, instances } = this.config;
    const budget = tenantBudgets[job.tenant];
    const slots = Math.max(1, instances * this.instance.maxNumRunningReqs);
    const isOver = budget !== undefined && (this.#tenants.get(job.tenant) ?? 0) > budget * slots;
    if (refusal !== undefined || (isOver && this.#priority(job) < 0)) {
      job.state = 'admission-rejected';
      const name = job.sloClass || 'standard';
      this.shed[name] = (this.shed[name] ?? 0) + 1;
    } else if (this.config.flowControl !== undefined) this.#enqueue(job);
    else this.#send(job);
  }

  #send(job: Job): void {
    if (this.config.disaggregation !== undefined) {
      this.#push('disaggregation', this.clockUs, () => {
        this.#decide(job);
      });
    } else this.#routeLater(job);
  }

  #routeLater(job: Job): void {
    this.#push('routing', this.clockUs + this.instance.routingLatencyUs, () => {
      this.#route(job);
    });
  }

  #enqueue(job: Job): void {
    const depth = this.config.flowControl?.maxQueueDepth ?? 0;
    if (depth > 0 && this.waiting.length >= depth) {
      const [victim] = [...this.waiting].sort(
        (a, b) => this.#priority(a.job) - this.#priority(b.job) || b.turn - a.turn,
      );
      this.gatewayShed++;
      if (victim === undefined || this.#priority(job) <= this.#priority(victim.job)) {
        job.state = 'gateway-shed';
        return;
      }
      victim.job.state = 'gateway-shed';
      this.waiting = this.waiting.filter((entry) => entry !== victim);
    }
    job.state = 'gateway-queued';
    this.waiting.push({ job, turn: this.#turn++, sinceUs: this.clockUs });
    this.#dispatchNext();
  }

  #dispatchNext(): boolean {
    const flow = this.config.flowControl;
    if (flow === undefined || this.waiting.length === 0) return false;
    const shown = this.#snapshots(undefined);
    const saturation = {
      never: () => 0,
      utilization: () => pressure(shown, flow.queueDepthThreshold, flow.kvCacheUtilThreshold),
      concurrency: () =>
        shown.length === 0 ? 1 : sum(shown.map((s) => s.inFlight)) / (shown.length * flow.maxConcurrency),
    }[flow.detector]();
    if (saturation >= 1) return false;
    const byPriority = flow.dispatchOrder === 'priority';
    const [next] = [...this.waiting].sort(
      (a, b) => (byPriority ? this.#priority(b.job) - this.#priority(a.job) : 0) || a.turn - b.turn,
    );
    if (next === undefined) return false;
    this.waiting = this.waiting.filter((entry) => entry !== next);
    next.job.state = 'underway';
    if (next.sinceUs > 0 && this.clockUs > next.sinceUs) next.job.gatewayUs = this.clockUs - next.sinceUs;
    this.#send(next.job);
    return true;
  }

  // --- routing

  #route(job: Job): void {
    const shown = this.#snapshots(job);
    if (shown.length === 0) {
      this.routingRejections++;
      job.state = 'routing-rejected';
      return;
    }
    const { at, worth } = this.#main.choose(job, shown);
    const index = shown[at]?.index ?? 0;
    const regret = Math.max(...worth) - (worth[at] ?? 0);
    this.#log('routing', job, index, this.#main.number, this.config.counterfactualK > 0 ? regret : 0);
    this.#hand(job, index);
    this.#observe(job);
  }

  #hand(job: Job, index: number): void {
    this.#count(job, index);
    job.state = 'not-arrived';
    this.instances[index]?.hand(job, this.clockUs);
  }

  #count(job: Job, index: number): void {
    job.handledBy = index;
    this.#inFlight[index] = (this.#inFlight[index] ?? 0) + 1;
    if (job.tenant !== '') this.#tenants.set(job.tenant, (this.#tenants.get(job.tenant) ?? 0) + 1);
  }

  #log(stage: string, { row }: Job, value: number, number: number, regret = 0): void {
    this.decisions.push({ stage, row, atUs: this.clockUs, value, number, regret });
  }

  logScaling(stage: 'scale-up' | 'scale-down', index: number): void {
    this.decisions.push({ stage, row: 0, atUs: this.clockUs, value: index, number: 0, regret: 0 });
  }

  // --- disaggregation

  #observe(job: Job): void {
    if (this.config.disaggregation?.decider === 'prefix-threshold') touch(this.#decider, this.#keys(job));
  }

  #keys(job: Job): string[] {
    const size = this.instance.blockSizeTokens;
    return Array.from({ length: Math.floor(job.input / size) }, (_, index) => blockKey(job, index, size));
  }

  #decide(job: Job): void {
    const pd = this.config.disaggregation;
    if (pd === undefined) return;
    const known = matched(this.#decider, this.#keys(job)) * this.instance.blockSizeTokens;
    const apart =
      pd.decider === 'always' ||
      (pd.decider === 'prefix-threshold' && job.input > 0 && job.input - known > pd.prefixThresholdTokens);
    this.#log('disaggregation', job, apart ? 1 : 0, 0);
    if (!apart) {
      this.#routeLater(job);
      return;
    }
    this.parents++;
    job.state = 'disaggregated';
    const part = partOf(job, '_prefill', false);
    this.#push('prefill-routing', this.clockUs + this.instance.routingLatencyUs, () => {
      const shown = this.#pool(0, pd.prefillInstances);
      if (shown.length === 0) {
        this.routingRejections++;
        job.state = 'routing-rejected';
        return;
      }
      const index = this.#choosePart(this.#prefill, part, shown, 'prefill-routing');
      this.#hand(part, index);
      this.#observe(part);
    });
  }

  #pool(first: number, end: number): Snapshot[] {
    return this.instances.flatMap((_, index) =>
      index >= first && index < end && index < this.config.instances && this.routable[index] === true
        ? [this.#look(index)]
        : [],
    );
  }

  #choosePart(policy: LiteralPolicy, part: Job, shown: readonly Snapshot[], stage: string): number {
    const { at } = policy.choose(part, shown);
    const index = shown[at]?.index ?? 0;
    this.#log(stage, part, index, policy.number);
    return index;
  }

  readonly #noted: Job[] = [];

  /** Ended parts of the event just executed, prefills before decodes, each in order of their ids. */
  #noticeParts(): void {
    this.#noted.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const part of this.#noted.splice(0)) {
      const { parent } = part;
      if (parent === undefined) continue;
      if (!part.decodeOnly) {
        this.prefillCompleted++;
        this.#push('kv-transfer', this.clockUs, () => {
          this.#transfer(part, parent);
        });
        continue;
      }
      const isWhole = part.state === 'completed';
      parent.state = part.state;
      parent.handledBy = part.handledBy;
      parent.endUs = this.clockUs - parent.arrivalUs;
      parent.itl = part.itl;
      parent.progress = part.progress;
      const [first] = part.itl;
      if (first !== undefined && parent.transferUs > 0) parent.firstTokenUs += parent.transferUs + first;
      if (isWhole) this.#continue(parent, this.clockUs);
    }
  }

  #transfer(part: Job, parent: Job): void {
    const pd = this.config.disaggregation;
    if (pd === undefined) return;
    this.transferring++;
    this.transferDepths.push(this.transferring);
    const size = this.instance.blockSizeTokens;
    const blocks = Math.ceil(part.input / size);
    let perUs = pd.transferBandwidthGbs * 1000;
    if (pd.transferContention && this.transferring > 1) perUs /= this.transferring;
    const bytes = blocks * size * pd.kvBytesPerToken;
    const duration = Math.max(1, Math.ceil(pd.transferBaseLatencyMs * 1000 + bytes / perUs));
    const startUs = this.clockUs;
    this.#log('kv-transfer', parent, blocks, duration);
    this.#push('transfer-end', startUs + duration, () => {
      this.transferring--;
      parent.firstTokenUs = part.firstTokenUs;
      parent.delayUs = part.delayUs;
      if (startUs > 0) {
        parent.transferUs = duration;
        this.transferUs.push(duration);
      }
      const decode = partOf(parent, '_decode', true);
      this.#push('decode-routing', this.clockUs, () => {
        this.#routeDecode(decode, parent);
      });
    });
  }

  #routeDecode(decode: Job, parent: Job): void {
    const pd = this.config.disaggregation;
    if (pd === undefined) return;
    const shown = this.#pool(pd.prefillInstances, pd.prefillInstances + pd.decodeInstances);
    if (shown.length > 0) {
      const index = this.#choosePart(this.#decode, decode, shown, 'decode-routing');
      if (this.instances[index]?.handDecode(decode, this.clockUs) === true) {
        this.#count(decode, index);
        return;
      }
    }
    this.droppedAtDecode++;
    parent.state = 'dropped';
    parent.firstTokenUs = NaN;
    parent.delayUs = NaN;
  }

  // --- ends and sessions

  #ended(job: Job, atUs: number): void {
    const inFlight = this.#tenants.get(job.tenant) ?? 0;
    if (job.tenant !== '' && inFlight > 0) this.#tenants.set(job.tenant, inFlight - 1);
    if (job.parent === undefined) this.#continue(job, atUs);
    else if (job.state === 'completed' || (job.state === 'timed-out' && job.decodeOnly))
      this.#noted.push(job);
  }

  #continue(job: Job, atUs: number): void {
    const session = this.sessions[job.session];
    const round = (this.#rounds[job.session] ?? 0) + 1;
    if (session === undefined || job.state !== 'completed' || round >= session.maxRounds) return;
    const [input = 0, output = 0, thinkUs = 0] = session.rounds[round - 1] ?? [];
    const arrivalUs = atUs + thinkUs;
    if (arrivalUs > this.horizonUs) return;
    this.#rounds[job.session] = round;
    this.#followUps++;
    const prefixTokens = session.prefix?.[1] ?? 0;
    const next = newJob({
      id: `session_s${job.session}_round_${round}_${this.#followUps}`,
      row: this.jobs.length,
      arrivalUs,
      input: prefixTokens + input,
      output,
      prefix: session.prefix,
      deadlineUs: session.timeoutUs > 0 ? arrivalUs + session.timeoutUs : 0,
      sloClass: job.sloClass,
      tenant: job.tenant,
      model: job.model,
      session: job.session,
      round,
    });
    this.jobs.push(next);
    this.#arrive(next);
  }
}

function pressure(shown: readonly Snapshot[], queue: number, kv: number): number {
  if (shown.length === 0) return 1;
  return sum(shown.map((s) => Math.max(s.queue / queue, s.kvUse / kv))) / shown.length;
}

type Asked = Pick<
  Job,
  | 'id'
  | 'row'
  | 'arrivalUs'
  | 'input'
  | 'output'
  | 'prefix'
  | 'deadlineUs'
  | 'sloClass'
  | 'tenant'
  | 'model'
  | 'session'
  | 'round'
>;

export const newJob = (asked: Asked): Job => ({
  outputLimit: 0,
  decodeOnly: false,
  ...asked,
  state: 'underway',
  progress: 0,
  scheduled: 0,
  firstTokenUs: NaN,
  delayUs: NaN,
  itl: [],
  blocks: [],
  handledBy: -1,
  endUs: NaN,
  gatewayUs: 0,
  transferUs: 0,
});

function partOf(parent: Job, suffix: '_prefill' | '_decode', decodeOnly: boolean): Job {
  const { id, output } = parent;
  const asked = { ...parent, id: `${id}${suffix}`, output: decodeOnly ? output : 0, session: -1 };
  return { ...newJob(asked), parent, decodeOnly, outputLimit: decodeOnly ? 0 : output };
}
