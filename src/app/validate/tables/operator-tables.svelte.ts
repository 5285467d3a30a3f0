// AIConfigurator's operator tables as the project holds them. They belong to no measurement: they stay when another folder is
// opened, and on the device until they are removed.

import type { Problem } from '../../../base/problem';
import type { KeptTables } from '../../../workers/kept-tables';
import type { SourceInput } from '../../../workers/protocol';
import type { Shelf } from '../../storage/shelf';
import { CURRENT } from '../../storage/shelves';
import type { EngineRoom } from '../engine-room';

export class OperatorTables {
  #room: Pick<EngineRoom, 'readTables'>;
  #shelf: Shelf<KeptTables>;
  #kept = $state.raw<KeptTables | undefined>();
  #reading = $state.raw<string | undefined>();
  #problem = $state.raw<Problem | undefined>();

  constructor(room: Pick<EngineRoom, 'readTables'>, shelf: Shelf<KeptTables>) {
    this.#room = room;
    this.#shelf = shelf;
  }

  get kept(): KeptTables | undefined {
    return this.#kept;
  }
  /** Name of what is being read. */
  get reading(): string | undefined {
    return this.#reading;
  }
  /** Why the last folder came to nothing, or cannot be kept. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Takes the place of earlier tables; true when there is something new. */
  async add(input: SourceInput): Promise<boolean> {
    if (input.kind === 'demo' || this.#reading !== undefined) return false;
    this.#reading = input.name;
    this.#problem = undefined;
    try {
      const read = await this.#room.readTables(input);
      if (!read.ok) {
        this.#problem = read.error;
        return false;
      }
      const isNew = read.value.print !== this.#kept?.print;
      this.#kept = read.value;
      const kept = await this.#shelf.set(CURRENT, read.value);
      this.#problem = kept.ok ? undefined : kept.error;
      return isNew;
    } finally {
      this.#reading = undefined;
    }
  }

  async remove(): Promise<void> {
    this.#kept = undefined;
    this.#problem = undefined;
    await this.#shelf.delete(CURRENT);
  }

  async restore(): Promise<void> {
    const kept = await this.#shelf.get(CURRENT);
    if (kept.ok) this.#kept ??= kept.value;
  }
}
