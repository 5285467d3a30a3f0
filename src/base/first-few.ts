// Sentences about the items of one file, bounded: a broken file can have as many faults as items, and nobody reads a million
// sentences. The first are said, the rest counted.

const LIMIT = 20;

export class FirstFew {
  private readonly said: string[] = [];
  private count = 0;

  /** `rest` words the number of those that are not said: "980 more entries are skipped". */
  constructor(
    private readonly rest: (count: number) => string,
    private readonly limit = LIMIT,
  ) {}

  /** `say` is only asked for the first ones: to find a place in a file costs a walk through it. */
  add(say: () => string): void {
    this.count++;
    if (this.count <= this.limit) this.said.push(say());
  }

  finish(): readonly string[] {
    const others = this.count - this.said.length;
    return others === 0 ? this.said : [...this.said, this.rest(others)];
  }
}
