// What is kept on this device: one IndexedDB database a subject, keys that start with the version of what they hold. Every
// operation may be refused (private windows, a full disk), so each answers with a result and nothing depends on it.

import {
  clear,
  createStore,
  del,
  delMany,
  entries,
  get,
  getMany,
  set,
  setMany,
  type UseStore,
} from 'idb-keyval';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';

export interface Shelf<T> {
  readonly subject: string;
  get(key: string): Promise<Result<T | undefined>>;
  /** Those of the keys that are kept. */
  getMany(keys: readonly string[]): Promise<Result<ReadonlyMap<string, T>>>;
  set(key: string, value: T): Promise<Result<void>>;
  /** In one transaction. */
  setMany(values: readonly (readonly [key: string, value: T])[]): Promise<Result<void>>;
  delete(key: string): Promise<Result<void>>;
  deleteMany(keys: readonly string[]): Promise<Result<void>>;
  /** Everything of the present version. */
  entries(): Promise<Result<readonly (readonly [key: string, value: T])[]>>;
  /** Takes everything away, older versions too. */
  clear(): Promise<Result<void>>;
}

export class DeviceShelf<T> implements Shelf<T> {
  readonly subject: string;
  #version: string;
  #isKept: () => boolean;
  #store: UseStore | undefined;

  /** A change of `version` leaves older values unread; `clear` removes them too. */
  constructor(subject: string, version: number, isKept: () => boolean = () => true) {
    this.subject = subject;
    this.#isKept = isKept;
    this.#version = `v${version}:`;
  }

  get(key: string): Promise<Result<T | undefined>> {
    return this.#attempt((store) => get<T>(this.#version + key, store));
  }

  async getMany(keys: readonly string[]): Promise<Result<ReadonlyMap<string, T>>> {
    const values = await this.#attempt((store) =>
      getMany<T | undefined>(
        keys.map((key) => this.#version + key),
        store,
      ),
    );
    if (!values.ok) return values;
    const found = new Map<string, T>();
    for (const [index, key] of keys.entries()) {
      const value = values.value[index];
      if (value !== undefined) found.set(key, value);
    }
    return ok(found);
  }

  /** Does nothing while the reader has turned keeping off. */
  set(key: string, value: T): Promise<Result<void>> {
    if (!this.#isKept()) return Promise.resolve(ok(undefined));
    return this.#attempt((store) => set(this.#version + key, value, store));
  }

  setMany(values: readonly (readonly [key: string, value: T])[]): Promise<Result<void>> {
    if (!this.#isKept()) return Promise.resolve(ok(undefined));
    return this.#attempt((store) =>
      setMany(
        values.map(([key, value]) => [this.#version + key, value]),
        store,
      ),
    );
  }

  delete(key: string): Promise<Result<void>> {
    return this.#attempt((store) => del(this.#version + key, store));
  }

  deleteMany(keys: readonly string[]): Promise<Result<void>> {
    return this.#attempt((store) =>
      delMany(
        keys.map((key) => this.#version + key),
        store,
      ),
    );
  }

  async entries(): Promise<Result<readonly (readonly [key: string, value: T])[]>> {
    const all = await this.#attempt((store) => entries<string, T>(store));
    if (!all.ok) return all;
    return ok(
      all.value
        .filter(([key]) => key.startsWith(this.#version))
        .map(([key, value]) => [key.slice(this.#version.length), value] as const),
    );
  }

  clear(): Promise<Result<void>> {
    return this.#attempt((store) => clear(store));
  }

  async #attempt<R>(work: (store: UseStore) => Promise<R>): Promise<Result<R>> {
    try {
      this.#store ??= createStore(`plumbline-${this.subject}`, 'values');
      return ok(await work(this.#store));
    } catch (error) {
      // A refused or broken connection is not reused.
      this.#store = undefined;
      return fail(notStored(error));
    }
  }
}

function notStored(error: unknown): Problem {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: 'not-stored',
    message: `This browser does not let the page keep data (${detail}); a reload will lose the results.`,
  };
}
