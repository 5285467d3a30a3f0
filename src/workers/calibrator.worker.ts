// The calibration worker: prepares, fits, cross-validates and predicts, reporting every iteration. It needs no pool: one
// simulation of a measured run takes about a millisecond, a whole fit less than a second.

import * as Comlink from 'comlink';
import { ok } from '../base/result';
import { calibrationAnswer } from '../calibration/answer';
import { fitRequest, judgeAndPredict, type CalibrationProgress } from '../calibration/calibrate';
import { loadCatalog } from '../catalog/load-catalog';
import { findGpu, findModel } from '../catalog/look-ups';
import type { CalibrationStatus, CalibratorApi } from './calibrator-protocol';
import { releaseCallback } from './slices';

/** Runs a calibration's generator to its end, reporting what it yields. */
function follow<T>(
  steps: Generator<CalibrationProgress, T>,
  onStatus: (status: CalibrationStatus) => void,
): T {
  let last: CalibrationStatus = { phase: 'inversion', iteration: 0, cost: NaN, simulations: 0 };
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    last = { ...last, ...step.value };
    onStatus(last);
  }
}

const api: CalibratorApi = {
  async calibrate({ wasm, catalogTexts }, { calibrate, predict, options }, onStatus) {
    try {
      const catalog = loadCatalog(catalogTexts);
      if (!catalog.ok) return catalog;
      const request: Parameters<typeof fitRequest>[1] = {
        calibrate,
        predict,
        options,
        hardwareOf: (experiment) => {
          const model = findModel(catalog.value, experiment.model);
          if (!model.ok) return model;
          const gpu = findGpu(catalog.value, experiment.hardware);
          return gpu.ok ? ok({ architecture: model.value.architecture, gpu: gpu.value }) : gpu;
        },
      };
      const begin = performance.now();
      const fitted = follow(fitRequest(wasm, request), onStatus);
      const seconds = (performance.now() - begin) / 1000;
      if (!fitted.ok) return fitted;
      const calibration = follow(judgeAndPredict(wasm, request, fitted.value), onStatus);
      return ok(calibrationAnswer(calibration, options, seconds));
    } finally {
      releaseCallback(onStatus);
    }
  },
};

Comlink.expose(api);
