// A calibrated server as one more simulator in Validate. It predicts from the profile alone, like the others: generated Poisson
// arrivals, mean lengths, each stage on its own. It never judges itself: experiments that it was fitted on are refused.

import { stageMetrics, type RequestOutcomes, type StageWindow } from '../adapters/stage-statistics';
import type { Adapter, Eligibility } from '../adapters/adapter';
import { fail, ok } from '../base/result';
import { findGpu, findModel } from '../catalog/look-ups';
import {
  calibratedName,
  calibratedOnText,
  serverMismatch,
  type CalibratedServer,
} from '../domain/calibrated-server';
import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../domain/experiment';
import { experimentIdentity } from '../domain/experiment-identity';
import type { PreparedRun } from './prepared-run';
import type { PrepareOptions } from './prepare';
import { SimulatedRun } from './simulated-run';
import { summaryStages } from './summary-stages';

function eligibility(server: CalibratedServer, experiment: Experiment): Eligibility {
  const refuse = (cause: string, reason: string): Eligibility => ({ canRun: false, cause, reason });
  if (server.calibratedOn.some(({ identity }) => identity === experimentIdentity(experiment))) {
    return refuse(
      'training',
      `${server.name} was calibrated on this experiment; its error here would not be an accuracy.`,
    );
  }
  const mismatch = serverMismatch(server, experiment, 'this experiment');
  if (mismatch !== undefined) return refuse(mismatch.what, mismatch.reason);
  if (server.precision !== experiment.precision) {
    return refuse(
      'precision',
      `${server.name} was calibrated at ${server.precision}; this experiment ran at ${experiment.precision}.`,
    );
  }
  return { canRun: true };
}

const prepareOptions = (server: CalibratedServer): PrepareOptions => ({
  pipelinedScheduling: server.pipelinedScheduling,
  prefixCaching: server.prefixCaching,
  blockSizeTokens: server.blockSizeTokens,
  promptPeriod: server.distinctPrompts ?? 'distinct',
});

/** Columns of one simulated stage. */
function outcomesOf(run: PreparedRun, times: { ttftUs: Float64Array; e2eUs: Float64Array }): RequestOutcomes {
  return {
    e2eMs: times.e2eUs.map((us) => us / 1000),
    ttftMs: times.ttftUs.map((us) => us / 1000),
    itlMs: times.e2eUs.map(
      (us, i) => (us - (times.ttftUs[i] ?? NaN)) / Math.max((run.outputTokens[i] ?? 1) - 1, 1) / 1000,
    ),
    inputTokens: Float64Array.from(run.inputTokens),
    outputTokens: Float64Array.from(run.outputTokens),
  };
}

const joined = (parts: readonly RequestOutcomes[]): RequestOutcomes => {
  const column = (name: keyof RequestOutcomes): Float64Array =>
    Float64Array.from(parts.flatMap((part) => [...part[name]]));
  return {
    e2eMs: column('e2eMs'),
    ttftMs: column('ttftMs'),
    itlMs: column('itlMs'),
    inputTokens: column('inputTokens'),
    outputTokens: column('outputTokens'),
  };
};

const metricsOf = (window: StageWindow, outcomes: RequestOutcomes): StageMetrics =>
  stageMetrics(
    window,
    outcomes,
    Array.from({ length: outcomes.e2eMs.length }, (_, row) => row),
  );

export function calibratedAdapter(server: CalibratedServer): Adapter {
  const name = calibratedName(server);
  return {
    name,
    label: name,
    canRun: (experiment) => eligibility(server, experiment),
    async run(experiment, { catalog, wasm, isCancelled, breathe, onProgress }) {
      const model = findModel(catalog, experiment.model);
      if (!model.ok) return model;
      const gpu = findGpu(catalog, experiment.hardware);
      if (!gpu.ok) return gpu;
      const hardware = { architecture: model.value.architecture, gpu: gpu.value };
      const generated = summaryStages(experiment, hardware, prepareOptions(server), () => 1);
      if (!generated.ok) return generated;
      const stages: StageMetrics[] = [];
      const parts: RequestOutcomes[] = [];
      for (const { stageMetrics: measured, replicas } of generated.value) {
        await breathe?.();
        if (isCancelled?.() === true) {
          return fail({ code: 'cancelled', message: 'Stopped before it finished.' });
        }
        const [run] = replicas;
        if (run === undefined) continue;
        const simulated = SimulatedRun.create(wasm, run);
        if (!simulated.ok) return simulated;
        const outcomes = outcomesOf(run, simulated.value.simulate(server.vector));
        const { stageIndex, rateRps, durationS } = measured;
        stages.push(metricsOf({ stageIndex, rateRps, durationS }, outcomes));
        parts.push(outcomes);
        onProgress?.(parts.length, generated.value.length);
      }
      const durationS = stages.reduce((sum, stage) => sum + stage.durationS, 0);
      return ok({
        simulator: name,
        expId: experiment.expId,
        folder: experiment.folder,
        stages,
        summary: metricsOf(
          { stageIndex: SUMMARY_STAGE, rateRps: experiment.summary.rateRps, durationS },
          joined(parts),
        ),
        notes: [
          `${calibratedOnText(server).replace(/^c/, 'C')}.`,
          server.distinctPrompts === undefined
            ? 'Prompts are taken to be distinct.'
            : `${server.distinctPrompts} distinct prompts are taken to repeat, as in the calibration data.`,
        ],
      });
    },
  };
}
