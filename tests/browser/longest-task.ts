// How long the page's main thread is held at a stretch. Counted in CPU time, which says what the page needs however busy the machine
// is, from the browser's own trace. What the test asks the page (a locator reads the whole document for it) runs on the same thread
// and is no work of the page: those tasks are told by the interface through which they come, and left out.

import { expect, type Browser, type Page } from '@playwright/test';

const MARK = 'main thread of the page';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** µs */
  readonly ts: number;
  /** µs */
  readonly dur?: number;
  /** µs of CPU. */
  readonly tdur?: number;
  readonly args?: { readonly chrome_mojo_event_info?: { readonly mojo_interface_tag?: string } };
}

const QUESTIONS = 'blink.mojom.DevToolsSession';

/** Says that another part of the work begins. */
export type Part = (name: string) => Promise<void>;

/**
 * CPU ms of the page's longest task on its main thread in each part of the work, the first of which has no name. A part must start
 * through input or in a task of its own.
 */
export async function longestTasksMs(
  browser: Browser,
  page: Page,
  work: (part: Part) => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  const part: Part = (name) => page.evaluate((mark) => void performance.mark(mark), `${MARK}: ${name}`);
  await part('');
  await work(part);
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
  const marks = trace.traceEvents.filter(({ name }) => name.startsWith(MARK)).sort((a, b) => b.ts - a.ts);
  const held = trace.traceEvents.filter(({ pid, tid }) => pid === marks[0]?.pid && tid === marks[0].tid);
  const questions = held.filter(({ args }) => args?.chrome_mojo_event_info?.mojo_interface_tag === QUESTIONS);
  const tasks = held.filter(
    ({ name, ts, dur = 0 }) =>
      name.endsWith('RunTask') && !questions.some((question) => question.ts >= ts && question.ts <= ts + dur),
  );
  expect(tasks.length).toBeGreaterThan(100);
  // A browser that does not count CPU time would pass every limit.
  expect(tasks.some(({ tdur = 0 }) => tdur > 0)).toBe(true);
  const longest = new Map<string, number>();
  for (const { ts, tdur = 0 } of tasks) {
    const name = marks.find((mark) => mark.ts <= ts)?.name.slice(MARK.length + 2) ?? '';
    longest.set(name, Math.max(longest.get(name) ?? 0, tdur / 1000));
  }
  return longest;
}

/** CPU ms of the longest task of the whole work. */
export const longestTaskMs = async (
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<number> => Math.max(...(await longestTasksMs(browser, page, work)).values());
