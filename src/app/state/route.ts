// Where the reader is, as the hash says it: `#/place/part/part?key=value`. The hash is the only home of tab, metric,
// grouping, filter and selection, so that Back undoes them and a link restores them. It never holds measured values or names.

export interface Route {
  readonly place: string;
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const safeDecode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // a hand-typed hash with a stray %
    throw error;
  }
};

/** Reads `#/validate/plan?exp=16`; anything unknown is left to the caller to judge. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [place = '', ...parts] = path
    .split('/')
    .filter((part) => part !== '')
    .map(safeDecode);
  return { place, parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

export function formatRoute(route: Route): string {
  const path = [route.place, ...route.parts].map(encodeURIComponent).join('/');
  const query = new URLSearchParams({ ...route.query }).toString();
  return query === '' ? `#/${path}` : `#/${path}?${query}`;
}
