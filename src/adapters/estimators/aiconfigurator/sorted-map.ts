// A map from numbers kept in ascending key order: tables are read by bracketing, so keys must be sorted at all times.

export class SortedMap<V> {
  readonly keys: number[] = [];
  readonly values: V[] = [];

  get size(): number {
    return this.keys.length;
  }

  get(key: number): V | undefined {
    const at = this.indexFrom(key);
    return this.keys[at] === key ? this.values[at] : undefined;
  }

  has(key: number): boolean {
    return this.keys[this.indexFrom(key)] === key;
  }

  set(key: number, value: V): void {
    const at = this.indexFrom(key);
    if (this.keys[at] === key) this.values[at] = value;
    else {
      this.keys.splice(at, 0, key);
      this.values.splice(at, 0, value);
    }
  }

  /** The value of `key`, made at first use. */
  ensure(key: number, make: () => V): V {
    const found = this.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.set(key, made);
    return made;
  }

  /** Index of the first key that is not below `key`. */
  private indexFrom(key: number): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? Infinity) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** z → value. */
export type Line = SortedMap<number>;
/** y → z → value. */
export type Plane = SortedMap<Line>;
/** x → y → z → value. */
export type Grid = SortedMap<Plane>;

export const newGrid = (): Grid => new SortedMap<Plane>();

/** Stores a value unless the place is taken: the first row of a table wins. */
export function setFirst(grid: Grid, x: number, y: number, z: number, value: number): void {
  const line = grid.ensure(x, () => new SortedMap<Line>()).ensure(y, () => new SortedMap<number>());
  if (!line.has(z)) line.set(z, value);
}
