// Autoscaler and placement on nodes (BLIS 87cc70ed sim/cluster/autoscaler*.go, placement.go): what happens at a tick and when
// one of its decisions takes effect. It sees instances as rows of five values and decides; who adds or retires an instance is
// the caller.

import type { AutoscalerConfig, ClusterConfig, DelayDistribution, NodePool } from '../domain/cluster-config';

/** An instance as the control plane sees it at a pause. */
export interface SeenInstance {
  readonly isRoutable: boolean;
  readonly queueDepth: number;
  readonly usedBlocks: number;
  readonly totalBlocks: number;
  /** When it emptied after it was retired; Infinity = it has not. */
  readonly emptiedUs: number;
}

export interface FleetActions {
  /** `renews`: what the control plane sees is brought up to date first, as for any decision. */
  see(renews: boolean): readonly SeenInstance[];
  add(name: string): void;
  retire(index: number): void;
  /** No request will arrive and none is in flight. */
  isIdle(): boolean;
}

/** Kind of an instance: what a decision is about. */
interface Variant {
  readonly gpuType: string;
  readonly costPerHour: number;
}

interface Member extends Variant {
  readonly name: string;
  /** Node that holds its GPUs; absent = they are given back, or no node pools are configured. */
  node: Node | undefined;
}

interface Node {
  readonly pool: NodePool;
  free: number;
}

interface Action {
  readonly atUs: number;
  readonly gpuType: string;
  readonly isUp: boolean;
}

export interface ScalerSetting {
  readonly config: ClusterConfig;
  readonly blockSizeTokens: number;
  /** Infinity = unlimited. */
  readonly horizonUs: number;
  /** Standard normal draws of the stream `autoscaler`. */
  readonly normal: () => number;
}

const US_PER_S = 1e6;

export class FleetScaler {
  readonly #setting: ScalerSetting;
  readonly #autoscaler: AutoscalerConfig | undefined;
  readonly #nodes: Node[];
  readonly #members: Member[] = [];
  readonly #gpusPerInstance: number;
  #nextTickUs: number;
  /** In order of time, then of decision. */
  readonly #actions: Action[] = [];
  #lastUpUs: number | undefined;
  #lastDownUs: number | undefined;
  #added = 0;

  constructor(setting: ScalerSetting) {
    const { config } = setting;
    this.#setting = setting;
    this.#autoscaler = config.autoscaler;
    this.#gpusPerInstance = Math.max(1, config.replica?.tp ?? 1);
    this.#nodes = config.nodePools.flatMap((pool) =>
      Array.from({ length: pool.initialNodes }, () => ({ pool, free: pool.gpusPerNode })),
    );
    this.#nextTickUs = config.autoscaler === undefined ? Infinity : 0;
  }

  /** Places an instance of the start-up. False: no node has room; neither it nor a later one ever starts. */
  start(name: string): boolean {
    if (this.#setting.config.nodePools.length === 0) {
      const gpuType = this.#setting.config.replica?.gpuType ?? '';
      this.#members.push({ name, gpuType, costPerHour: 0, node: undefined });
      return true;
    }
    const node = this.#nodeWithRoom();
    if (node === undefined) return false;
    this.#join(name, node);
    return true;
  }

  /** Time of the next tick or action within the horizon; Infinity = none. */
  get nextUs(): number {
    const at = Math.min(this.#nextTickUs, this.#actions[0]?.atUs ?? Infinity);
    return at > this.#setting.horizonUs ? Infinity : at;
  }

  /** Ticks, then actions of this time. */
  act(atUs: number, fleet: FleetActions): readonly { readonly isUp: boolean; readonly index: number }[] {
    if (this.#nextTickUs === atUs) this.#tick(atUs, fleet);
    const done = [];
    while (this.#actions[0]?.atUs === atUs) {
      const action = this.#actions.shift();
      if (action === undefined) break;
      const index = action.isUp ? this.#grow(action, fleet) : this.#shrink(action, fleet);
      if (index !== undefined) done.push({ isUp: action.isUp, index });
    }
    return done;
  }

  #tick(atUs: number, fleet: FleetActions): void {
    const scaler = this.#autoscaler;
    if (scaler === undefined) return;
    const verdict = this.#analyse(scaler, fleet.see(true));
    if (verdict !== undefined) this.#decide(scaler, verdict, atUs);
    const isOver = this.#setting.horizonUs === Infinity && fleet.isIdle();
    this.#nextTickUs = isOver ? Infinity : atUs + Math.max(1, Math.trunc(scaler.intervalUs));
  }

  /** One more of the cheapest kind, one fewer of the dearest, or nothing. */
  #analyse(
    scaler: AutoscalerConfig,
    seen: readonly SeenInstance[],
  ): { readonly isUp: boolean; readonly gpuType: string } | undefined {
    const replicas = seen.flatMap((instance, index) => {
      const member = this.#members[index];
      // Before the first look at it an instance has no known capacity, and is left out.
      return member !== undefined && instance.isRoutable && instance.totalBlocks > 0 && member.gpuType !== ''
        ? [{ member, instance }]
        : [];
    });
    replicas.sort(({ member: a }, { member: b }) => byCost(a, b));
    let supply = 0;
    let demand = 0;
    let largest = 0;
    for (const { instance } of replicas) {
      const blockSize = this.#setting.blockSizeTokens;
      const own = instance.totalBlocks * blockSize * scaler.kvCacheThreshold;
      supply += own;
      demand += instance.usedBlocks * blockSize + instance.queueDepth * scaler.avgInputTokens;
      largest = Math.max(largest, own);
    }
    const cheapest = replicas[0]?.member.gpuType;
    const dearest = replicas.at(-1)?.member.gpuType;
    if (cheapest === undefined || dearest === undefined) return undefined;
    if (demand / scaler.scaleUpThreshold - supply > 0) return { isUp: true, gpuType: cheapest };
    const needed = demand / scaler.scaleDownBoundary;
    const canSpare = replicas.length > 1 && supply - needed > 0 && supply - largest > needed;
    return canSpare ? { isUp: false, gpuType: dearest } : undefined;
  }

  #decide(scaler: AutoscalerConfig, verdict: { isUp: boolean; gpuType: string }, atUs: number): void {
    const last = verdict.isUp ? this.#lastUpUs : this.#lastDownUs;
    const cooldown = verdict.isUp ? scaler.scaleUpCooldownUs : scaler.scaleDownCooldownUs;
    if (last !== undefined && atUs - last < Math.trunc(cooldown)) return;
    if (verdict.isUp) this.#lastUpUs = atUs;
    else this.#lastDownUs = atUs;
    const action = { ...verdict, atUs: atUs + this.#delayUs(scaler.actuationDelay) };
    const later = this.#actions.findIndex((other) => other.atUs > action.atUs);
    this.#actions.splice(later < 0 ? this.#actions.length : later, 0, action);
  }

  #delayUs({ meanS, stddevS }: DelayDistribution): number {
    const seconds = stddevS > 0 ? meanS + stddevS * this.#setting.normal() : meanS;
    return Math.trunc(Math.max(0, seconds) * US_PER_S);
  }

  #grow(action: Action, fleet: FleetActions): number | undefined {
    if (this.#nodes.length === 0) return undefined;
    this.#freeEmptied(fleet.see(false), action.atUs);
    this.#added++;
    const node = this.#nodeWithRoom(action.gpuType);
    if (node === undefined) return undefined;
    const model = this.#setting.config.replica?.model ?? '';
    const name = `autoscale-${model}-${String(this.#added).padStart(6, '0')}`;
    fleet.add(name);
    return this.#join(name, node);
  }

  #shrink({ gpuType }: Action, fleet: FleetActions): number | undefined {
    const seen = fleet.see(false);
    let chosen: number | undefined;
    this.#members.forEach((member, index) => {
      const best = chosen === undefined ? undefined : this.#members[chosen];
      if (seen[index]?.isRoutable !== true || member.gpuType !== gpuType) return;
      if (best === undefined || member.name < best.name) chosen = index;
    });
    if (chosen !== undefined) fleet.retire(chosen);
    return chosen;
  }

  /** A retired instance has given its GPUs back with the event that left it empty; without an event it keeps them. */
  #freeEmptied(seen: readonly SeenInstance[], atUs: number): void {
    this.#members.forEach((member, index) => {
      if (!((seen[index]?.emptiedUs ?? Infinity) < atUs)) return;
      if (member.node !== undefined) member.node.free += this.#gpusPerInstance;
      member.node = undefined;
    });
  }

  #nodeWithRoom(gpuType?: string): Node | undefined {
    return this.#nodes.find(
      ({ pool, free }) =>
        free >= this.#gpusPerInstance && (gpuType === undefined || pool.gpuType === gpuType),
    );
  }

  #join(name: string, node: Node): number {
    node.free -= this.#gpusPerInstance;
    const { gpuType } = node.pool;
    // The first pool of a GPU type says what that type costs.
    const pool = this.#setting.config.nodePools.find((other) => other.gpuType === gpuType);
    return this.#members.push({ name, gpuType, costPerHour: pool?.costPerHour ?? 0, node }) - 1;
  }
}

const byCost = (a: Variant, b: Variant): number =>
  a.costPerHour - b.costPerHour || (a.gpuType < b.gpuType ? -1 : a.gpuType > b.gpuType ? 1 : 0);
