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

/** CPU ms of the page's longest task on its main thread during the work, which must start through input or in a task of its own. */
export async function longestTaskMs(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await page.evaluate((mark) => performance.mark(mark), MARK);
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
  const main = trace.traceEvents.find(({ name }) => name === MARK);
  const held = trace.traceEvents.filter(({ pid, tid }) => pid === main?.pid && tid === main.tid);
  const questions = held.filter(({ args }) => args?.chrome_mojo_event_info?.mojo_interface_tag === QUESTIONS);
  const tasks = held.filter(
    ({ name, ts, dur = 0 }) =>
      name.endsWith('RunTask') && !questions.some((question) => question.ts >= ts && question.ts <= ts + dur),
  );
  expect(tasks.length).toBeGreaterThan(100);
  // A browser that does not count CPU time would pass every limit.
  expect(tasks.some(({ tdur = 0 }) => tdur > 0)).toBe(true);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}
