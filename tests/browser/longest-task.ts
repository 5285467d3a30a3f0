// How long the page's main thread is held at a stretch. Counted in CPU time, which says what the page needs however busy the machine
// is, from the browser's own trace.

import { expect, type Browser, type Page } from '@playwright/test';

const MARK = 'main thread of the page';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** µs of CPU. */
  readonly tdur?: number;
}

/** CPU ms of the longest task on the page's main thread during the work. */
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
  const tasks = trace.traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith('RunTask') && pid === main?.pid && tid === main.tid,
  );
  expect(tasks.length).toBeGreaterThan(100);
  // A browser that does not count CPU time would pass every limit.
  expect(tasks.some(({ tdur = 0 }) => tdur > 0)).toBe(true);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}
