// The page's side of the calibration worker: a fresh worker for each fit, ended with it or by the stop.

import * as Comlink from 'comlink';
import type { CalibrationAnswer } from '../calibration/answer';
import { fail, type Result } from '../base/result';
import type { CalibrationJob, CalibrationStatus, CalibratorApi } from './calibrator-protocol';
import type { RunnerSetup } from './protocol';
import { workerStarter } from './start-worker';

const start = workerStarter(() => import('./calibrator.worker?worker-text'), 'plumbline calibration');

export async function calibrateInWorker(
  setup: RunnerSetup,
  job: CalibrationJob,
  onStatus: (status: CalibrationStatus) => void,
  signal: AbortSignal,
): Promise<Result<CalibrationAnswer>> {
  const worker = await start();
  try {
    const remote = Comlink.wrap<CalibratorApi>(worker);
    const ended = new Promise<Result<CalibrationAnswer>>((resolve) => {
      const stop = (): void => resolve(fail({ code: 'cancelled', message: 'The calibration was stopped.' }));
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      worker.addEventListener('error', (event) =>
        resolve(
          fail({ code: 'engine-trap', message: `The calibration stopped unexpectedly (${event.message}).` }),
        ),
      );
    });
    return await Promise.race([remote.calibrate(setup, job, Comlink.proxy(onStatus)), ended]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return fail({ code: 'engine-trap', message: `The calibration stopped unexpectedly (${detail}).` });
  } finally {
    worker.terminate();
  }
}
