// Which measurements an experiment is, whatever its folder is called: model, TP and the measured figures of its stages.

import { fingerprintOf } from '../base/fingerprint';
import type { Experiment } from './experiment';

export const experimentIdentity = ({ model, tp, hardware, stages, summary }: Experiment): string =>
  fingerprintOf({ model: model.toLowerCase(), tp, hardware, stages, summary });
