// The page's side of the converter worker: started at first use, speaks Comlink.

import * as Comlink from 'comlink';
import type { Result } from '../base/result';
import type { ConverterApi } from './converter-protocol';
import type { RunnerSetup } from './protocol';
import { workerStarter } from './start-worker';

export interface Converter extends Omit<ConverterApi, 'open'> {
  readonly presets: readonly string[];
}

const start = workerStarter(() => import('./converter.worker?worker-text'), 'plumbline converter');

/** Throws when a file of the page is missing. */
export async function startConverter(setUp: () => Promise<RunnerSetup>): Promise<Result<Converter>> {
  const [setup, worker] = await Promise.all([setUp(), start()]);
  const remote = Comlink.wrap<ConverterApi>(worker);
  const presets = await remote.open(setup);
  if (!presets.ok) {
    worker.terminate();
    return presets;
  }
  return {
    ok: true,
    value: {
      presets: presets.value,
      read: (input) => remote.read(input),
      paste: (yaml) => remote.paste(yaml),
      preset: (name, rateRps, numRequests) => remote.preset(name, rateRps, numRequests),
      check: (yaml) => remote.check(yaml),
      showOutput: (options) => remote.showOutput(options),
      makeOutput: (options) => remote.makeOutput(options),
      judge: (input, settings) => remote.judge(input, settings),
      forgetJudge: () => remote.forgetJudge(),
    },
  };
}
