// Placement and autoscaler of the cluster specification, section 15.

import type { RandomStream } from '../../../src/domain/random';
import type { LiteralFleet } from './fleet';

interface Member {
  readonly name: string;
  readonly gpuType: string;
  readonly cost: number;
  node: Node | undefined;
}
interface Node {
  readonly gpuType: string;
  free: number;
}

export class LiteralScaler {
  readonly #members: Member[] = [];
  readonly #nodes: Node[];
  readonly #gpus: number;
  #last: Record<'up' | 'down', number> = { up: -Infinity, down: -Infinity };
  #counter = 0;

  constructor(
    private readonly fleet: LiteralFleet,
    private readonly random: RandomStream,
  ) {
    const { nodePools, replica } = fleet.config;
    this.#gpus = Math.max(1, replica?.tp ?? 1);
    this.#nodes = nodePools.flatMap(({ gpuType, gpusPerNode, initialNodes }) =>
      Array.from({ length: initialNodes }, () => ({ gpuType, free: gpusPerNode })),
    );
  }

  /** False: no node has room. */
  place(name: string, gpuType: string | undefined): boolean {
    const { nodePools, replica } = this.fleet.config;
    if (nodePools.length === 0) {
      this.#members.push({ name, gpuType: replica?.gpuType ?? '', cost: 0, node: undefined });
      return true;
    }
    const node = this.#nodes.find(
      (each) => each.free >= this.#gpus && (gpuType === undefined || each.gpuType === gpuType),
    );
    if (node === undefined) return false;
    node.free -= this.#gpus;
    const cost = nodePools.find((pool) => pool.gpuType === node.gpuType)?.costPerHour ?? 0;
    this.#members.push({ name, gpuType: node.gpuType, cost, node });
    return true;
  }

  free(index: number): void {
    const member = this.#members[index];
    if (member?.node === undefined) return;
    member.node.free += this.#gpus;
    member.node = undefined;
  }

  tick(atUs: number): void {
    const { config, instance, horizonUs } = this.fleet;
    const scaler = config.autoscaler;
    if (scaler === undefined) return;
    const size = instance.blockSizeTokens;
    const replicas = this.fleet.replicas().flatMap((seen) => {
      const member = this.#members[seen.index];
      return member === undefined || member.gpuType === '' || seen.total === 0 ? [] : [{ ...seen, member }];
    });
    const supplies = replicas.map(({ total }) => total * size * scaler.kvCacheThreshold);
    let supply = 0;
    let demand = 0;
    replicas.forEach(({ used, queue }, at) => {
      supply += supplies[at] ?? 0;
      demand += used * size + queue * scaler.avgInputTokens;
    });
    const types = replicas
      .map(({ member }) => member)
      .sort((a, b) => a.cost - b.cost || (a.gpuType < b.gpuType ? -1 : a.gpuType > b.gpuType ? 1 : 0))
      .map(({ gpuType }) => gpuType);
    const needed = demand / scaler.scaleDownBoundary;
    if (demand / scaler.scaleUpThreshold - supply > 0) this.#decide('up', types[0] ?? '', atUs);
    else if (replicas.length > 1 && supply - needed > 0 && supply - Math.max(...supplies) > needed) {
      this.#decide('down', types.at(-1) ?? '', atUs);
    }
    if (horizonUs === Infinity && this.fleet.isIdle) return;
    const next = atUs + scaler.intervalUs;
    this.fleet.schedule('tick', next, () => {
      this.tick(next);
    });
  }

  #decide(direction: 'up' | 'down', gpuType: string, atUs: number): void {
    const scaler = this.fleet.config.autoscaler;
    if (scaler === undefined) return;
    const cooldown = direction === 'up' ? scaler.scaleUpCooldownUs : scaler.scaleDownCooldownUs;
    if (atUs - this.#last[direction] < cooldown) return;
    this.#last[direction] = atUs;
    const { meanS, stddevS } = scaler.actuationDelay;
    const seconds = stddevS > 0 ? Math.max(0, this.random.normal() * stddevS + meanS) : meanS;
    this.fleet.schedule('actuation', atUs + Math.trunc(seconds * 1e6), () => {
      if (direction === 'up') this.#grow(gpuType);
      else this.#shrink(gpuType);
    });
  }

  #grow(gpuType: string): void {
    if (this.#nodes.length === 0) return;
    this.#counter++;
    const name = `autoscale-${this.fleet.config.replica?.model ?? ''}-${String(this.#counter).padStart(6, '0')}`;
    if (!this.place(name, gpuType)) return;
    this.fleet.add(name);
    this.fleet.logScaling('scale-up', this.fleet.instances.length - 1);
  }

  #shrink(gpuType: string): void {
    const candidates = this.#members
      .map((member, index) => ({ ...member, index }))
      .filter((member) => this.fleet.routable[member.index] === true && member.gpuType === gpuType)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const [oldest] = candidates;
    if (oldest === undefined) return;
    this.fleet.routable[oldest.index] = false;
    this.fleet.logScaling('scale-down', oldest.index);
  }
}
