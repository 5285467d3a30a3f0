// The catalogue as the place shows it: the shipped tables, opened once in a worker, and the reader's own models and GPUs,
// kept on this device. Outlives its screen.

import { fail, ok, type Result } from '../../base/result';
import type { Problem } from '../../base/problem';
import type { Catalog, CatalogGpu } from '../../catalog/catalog';
import type { CatalogueWorker } from '../../workers/catalogue-client';
import { notLoaded } from '../own-files';
import { CURRENT, type Shelves } from '../storage/shelves';
import { NO_USE, useOf, type Use } from './use';
import { checkModelName, merged, type StoredGpu, type StoredModel } from './own-entries';

export type Opening =
  | { readonly kind: 'opening' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'ready'; readonly worker: CatalogueWorker };

type OwnShelves = Pick<Shelves, 'ownModels' | 'ownGpus' | 'project'>;

export class CatalogueState {
  #opening = $state.raw<Opening>({ kind: 'opening' });
  #models = $state.raw<readonly StoredModel[]>([]);
  #gpus = $state.raw<readonly StoredGpu[]>([]);
  #use = $state.raw<Use>(NO_USE);
  #catalog = $derived(
    this.#opening.kind === 'ready'
      ? merged(this.#opening.worker.catalog, this.#models, this.#gpus)
      : undefined,
  );
  #start: () => Promise<Result<CatalogueWorker>>;
  #shelves: OwnShelves;
  #now: () => number;

  constructor(start: () => Promise<Result<CatalogueWorker>>, shelves: OwnShelves, now: () => number) {
    this.#start = start;
    this.#shelves = shelves;
    this.#now = now;
  }

  get opening(): Opening {
    return this.#opening;
  }

  /** Shipped and own entries together; absent until opened. */
  get catalog(): Catalog | undefined {
    return this.#catalog;
  }

  get ownModels(): readonly StoredModel[] {
    return this.#models;
  }

  get ownGpus(): readonly StoredGpu[] {
    return this.#gpus;
  }

  /** What the open project uses; read again at each visit. */
  get use(): Use {
    return this.#use;
  }

  async readUse(): Promise<void> {
    const project = await this.#shelves.project.get(CURRENT);
    this.#use = project.ok && project.value !== undefined ? useOf(project.value.entries) : NO_USE;
  }

  async open(): Promise<void> {
    if (this.#opening.kind === 'failed') this.#opening = { kind: 'opening' };
    const [models, gpus] = await Promise.all([
      this.#shelves.ownModels.entries(),
      this.#shelves.ownGpus.entries(),
    ]);
    if (models.ok) this.#models = models.value.map(([, model]) => model);
    if (gpus.ok) this.#gpus = gpus.value.map(([, gpu]) => gpu);
    try {
      const worker = await this.#start();
      this.#opening = worker.ok
        ? { kind: 'ready', worker: worker.value }
        : { kind: 'failed', problem: worker.error };
    } catch (error) {
      this.#opening = { kind: 'failed', problem: notLoaded(error) };
    }
  }

  /** Reads a config.json, adds the model and keeps it. The answer is its id; a refused store is a warning in it. */
  async addConfig(file: File, name: string): Promise<Result<Kept>> {
    if (this.#opening.kind !== 'ready') {
      return fail({ code: 'not-supported', message: 'The catalogue is still being opened.' });
    }
    const wrong = checkModelName(name);
    if (wrong !== undefined) return fail(wrong);
    const facts = await this.#opening.worker.readConfig(file, name);
    if (!facts.ok) return facts;
    const model: StoredModel = { name, file: file.name, facts: facts.value, addedAt: this.#now() };
    const key = name.toLowerCase();
    this.#models = [...this.#models.filter((other) => other.name.toLowerCase() !== key), model];
    return ok(kept(key, await this.#shelves.ownModels.set(key, model)));
  }

  async addGpu(gpu: CatalogGpu): Promise<Kept> {
    const stored: StoredGpu = { gpu, addedAt: this.#now() };
    this.#gpus = [...this.#gpus.filter((other) => other.gpu.name !== gpu.name), stored];
    return kept(gpu.name, await this.#shelves.ownGpus.set(gpu.name, stored));
  }

  async removeModel(id: string): Promise<void> {
    this.#models = this.#models.filter((model) => model.name.toLowerCase() !== id);
    await this.#shelves.ownModels.delete(id);
  }

  async removeGpu(name: string): Promise<void> {
    this.#gpus = this.#gpus.filter(({ gpu }) => gpu.name !== name);
    await this.#shelves.ownGpus.delete(name);
  }
}

/** An entry that was added; `warning` when this device does not keep it. */
export interface Kept {
  readonly id: string;
  readonly warning?: string;
}

const kept = (id: string, stored: Result<void>): Kept =>
  stored.ok ? { id } : { id, warning: stored.error.message };
