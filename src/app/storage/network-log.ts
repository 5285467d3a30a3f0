// Requests since the page was loaded, by origin, as the browser's own resource timing tells: the page's and its workers'
// starters. Shown behind the lock, so that the promise can be checked without tools.

export interface OriginCount {
  readonly origin: string;
  readonly isOwn: boolean;
  readonly count: number;
}

export function requestsByOrigin(entries: readonly { readonly name: string }[], own: string): OriginCount[] {
  const counts = new Map<string, number>([[own, 0]]);
  for (const { name } of entries) {
    const url = new URL(name);
    // A blob or data address never leaves the tab.
    if (url.protocol === 'blob:' || url.protocol === 'data:') continue;
    counts.set(url.origin, (counts.get(url.origin) ?? 0) + 1);
  }
  return [...counts].map(([origin, count]) => ({
    // Browsers call the origin of a page from a disk one or the other.
    origin: ['null', 'file://'].includes(origin) ? 'a file' : origin,
    isOwn: origin === own,
    count,
  }));
}
