// How a worker stays reachable during long work: it lets queued messages (a cancel) in between slices, and reports progress
// often enough for the eye and rarely enough for the page.

import * as Comlink from 'comlink';

/** A slice of work may last this long before messages are let in, ms. */
const SLICE_MS = 20;
/** Between two reports, ms. */
const REPORT_MS = 100;

export class Breather {
  #channel = new MessageChannel();
  #last = performance.now();

  /** Returns at once while the slice is young; else after the messages that are waiting. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#last < SLICE_MS) return;
    // A message to ourselves queues behind those that wait; a timer would cost 4 ms each time.
    await new Promise((resolve) => {
      this.#channel.port1.onmessage = resolve;
      this.#channel.port2.postMessage(undefined);
    });
    this.#last = performance.now();
  }
}

type Report = (done: number, total: number | undefined) => void;

export class ThrottledProgress {
  #report: Report;
  #last = -Infinity;

  constructor(report: Report) {
    this.#report = report;
  }

  report(done: number, total: number | undefined): void {
    const now = performance.now();
    // The end is always told: what comes after it may take a while too.
    if (done !== total && now - this.#last < REPORT_MS) return;
    this.#last = now;
    this.#report(done, total);
  }

  /** Gives the page's callback back; without this its message port would live as long as the worker. */
  close(): void {
    releaseCallback(this.#report);
  }
}

/** A callback that came from the page is a Comlink proxy, whatever its type says. */
export function releaseCallback(callback: (...args: never[]) => void): void {
  (callback as unknown as Partial<Comlink.ProxyMethods>)[Comlink.releaseProxy]?.();
}
