// Which known name a mistyped one is closest to, for messages.

/** The name that `text` becomes with the least editing; the earlier of equals. '' when there are no names. */
export function nearestName(text: string, names: readonly string[]): string {
  let best = '';
  let least = Infinity;
  for (const name of names) {
    const edits = distance(text, name);
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return best;
}

/** People leave letters out and cut names short more often than they add any. */
const INSERTION = 0.4;

/** Weighted insertions, deletions and replacements (Levenshtein), one row of the table at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column * INSERTION);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + INSERTION));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
