// Columns whose length is not known beforehand: typed arrays that double, so that a row costs no object.

type NumberArray = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Small, so that growing has been seen before the code that pushes is optimised; else each column's first growth undoes it. */
const FIRST_CAPACITY = 64;

/** A typed array with `push`. `make` is the array type's constructor call, for example `(n) => new Float64Array(n)`. */
export class GrowingColumn<T extends NumberArray> {
  private values: T;
  private used = 0;

  constructor(
    private readonly make: (length: number) => T,
    capacity = FIRST_CAPACITY,
  ) {
    this.values = make(capacity);
  }

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.values.length) this.grow(this.used + 1);
    this.values[this.used++] = value;
  }

  /** Appends `count` entries of a table that lies row by row: `cells[first]`, `cells[first + stride]`, …. */
  pushStrided(cells: Float64Array, first: number, stride: number, count: number): void {
    if (this.used + count > this.values.length) this.grow(this.used + count);
    const { values, used } = this;
    for (let row = 0, cell = first; row < count; row++, cell += stride) values[used + row] = cells[cell] ?? 0;
    this.used += count;
  }

  private grow(needed: number): void {
    const grown = this.make(Math.max(FIRST_CAPACITY, needed, this.values.length * 2));
    grown.set(this.values);
    this.values = grown;
  }

  at(row: number): number {
    return this.values[row] ?? NaN;
  }

  /** The rows pushed so far, without a copy; stale after the next `push`. */
  view(): T {
    return this.values.subarray(0, this.used) as T;
  }

  /** A copy of exactly the rows pushed so far, ready to be transferred. */
  finish(): T {
    return this.values.slice(0, this.used) as T;
  }
}

export const growingF64 = (capacity?: number): GrowingColumn<Float64Array> =>
  new GrowingColumn((length) => new Float64Array(length), capacity);
export const growingI32 = (capacity?: number): GrowingColumn<Int32Array> =>
  new GrowingColumn((length) => new Int32Array(length), capacity);
export const growingU32 = (capacity?: number): GrowingColumn<Uint32Array> =>
  new GrowingColumn((length) => new Uint32Array(length), capacity);
export const growingU8 = (capacity?: number): GrowingColumn<Uint8Array> =>
  new GrowingColumn((length) => new Uint8Array(length), capacity);
