// A shelf that keeps values in memory (as structured clones, like the browser's), and one that refuses.

import { fail, ok, type Result } from '../../src/base/result';
import type { Shelf } from '../../src/app/storage/shelf';
import type { Shelves } from '../../src/app/storage/shelves';

export class MemoryShelf<T> implements Shelf<T> {
  readonly values = new Map<string, T>();
  refuses = false;
  constructor(readonly subject: string) {}

  async get(key: string): Promise<Result<T | undefined>> {
    return this.#attempt(() => this.values.get(key));
  }
  async getMany(keys: readonly string[]): Promise<Result<ReadonlyMap<string, T>>> {
    return this.#attempt(() => new Map([...this.values].filter(([key]) => keys.includes(key))));
  }
  async set(key: string, value: T): Promise<Result<void>> {
    return this.#attempt(() => void this.values.set(key, structuredClone(value)));
  }
  async setMany(values: readonly (readonly [string, T])[]): Promise<Result<void>> {
    return this.#attempt(() => {
      for (const [key, value] of values) this.values.set(key, structuredClone(value));
    });
  }
  async delete(key: string): Promise<Result<void>> {
    return this.#attempt(() => void this.values.delete(key));
  }
  async deleteMany(keys: readonly string[]): Promise<Result<void>> {
    return this.#attempt(() => {
      for (const key of keys) this.values.delete(key);
    });
  }
  async entries(): Promise<Result<readonly (readonly [string, T])[]>> {
    return this.#attempt(() => [...this.values]);
  }
  async clear(): Promise<Result<void>> {
    return this.#attempt(() => this.values.clear());
  }
  #attempt<R>(work: () => R): Result<R> {
    return this.refuses ? fail({ code: 'not-stored', message: 'refused' }) : ok(work());
  }
}

export const memoryShelves = () =>
  ({
    project: new MemoryShelf('project'),
    pairs: new MemoryShelf('pairs'),
    folders: new MemoryShelf('folders'),
    ownModels: new MemoryShelf('own-models'),
    ownGpus: new MemoryShelf('own-gpus'),
    rows: new MemoryShelf('rows'),
    preRun: new MemoryShelf('pre-run'),
    tables: new MemoryShelf('tables'),
    servers: new MemoryShelf('servers'),
    serverFacts: new MemoryShelf('server-facts'),
  }) satisfies { [K in keyof Shelves]: MemoryShelf<never> | MemoryShelf<unknown> } as unknown as {
    [K in keyof Shelves]: Shelves[K] extends Shelf<infer T> ? MemoryShelf<T> : never;
  };
