// Finding by typing: every word of the query must occur; the earlier and the nearer to a word's beginning, the better.

/** Lower is better; nothing where a word is missing. */
export function matchScore(text: string, query: string): number | undefined {
  const lower = text.toLowerCase();
  let score = 0;
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    const at = lower.indexOf(word);
    if (at < 0) return undefined;
    const isWordStart = at === 0 || /[^\p{L}\p{N}]/u.test(lower[at - 1] ?? '');
    score += at + (isWordStart ? 0 : 100);
  }
  return score;
}

/** Those that match, best first; equal ones keep their order. */
export function bestMatches<T>(items: readonly T[], query: string, textOf: (item: T) => string): T[] {
  return items
    .flatMap((item) => {
      const score = matchScore(textOf(item), query);
      return score === undefined ? [] : [{ item, score }];
    })
    .sort((left, right) => left.score - right.score)
    .map(({ item }) => item);
}
