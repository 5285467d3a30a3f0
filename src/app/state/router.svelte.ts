// The current route as reactive state over the window's history. See route.ts for what a route is.

import { formatRoute, parseRoute, type Route } from './route';

export class Router {
  #route = $state.raw<Route>({ place: '', parts: [], query: {} });
  #window: Window;

  constructor(host: Window) {
    this.#window = host;
    this.#route = parseRoute(host.location.hash);
    host.addEventListener('hashchange', () => {
      this.#route = parseRoute(host.location.hash);
    });
  }

  get route(): Route {
    return this.#route;
  }

  /** Opens a place (and its tab) as a new step of the history. */
  go(place: string, parts: readonly string[] = [], query: Record<string, string> = {}): void {
    this.#show({ place, parts, query }, 'push');
  }

  /** The same as `go`, leaving no step to go back to: for redirects. */
  replace(place: string, parts: readonly string[] = [], query: Record<string, string> = {}): void {
    this.#show({ place, parts, query }, 'replace');
  }

  /** Changes some keys of the query; `undefined` removes a key. */
  setQuery(change: Readonly<Record<string, string | undefined>>, how: 'push' | 'replace' = 'push'): void {
    const query: Record<string, string> = {};
    for (const [key, value] of Object.entries({ ...this.#route.query, ...change }))
      if (value !== undefined) query[key] = value;
    this.#show({ ...this.#route, query }, how);
  }

  #show(route: Route, how: 'push' | 'replace'): void {
    const hash = formatRoute(route);
    if (hash === this.#window.location.hash) return;
    this.#window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', hash);
    this.#route = route;
  }
}
