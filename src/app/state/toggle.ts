// Sets and maps as values: a change makes a new one, so that a raw state notices it.

export const setOf = <T>(items: Iterable<T>): ReadonlySet<T> => new Set(items);

export const mapOf = <K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, V> => new Map(entries);

/** The set with the item added, or taken out if it was in. */
export function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
