// From where a run was started to what the worker simulates.

import { ok, type Result } from '../../base/result';
import type { Scenario } from '../../workers/simulate-protocol';
import { PRESETS } from './presets';
import type { RunOrigin } from './runs/difference';
import { scenarioOf } from './settings';

/** The founding version's presets have a file instead of settings. */
export function scenarioOfOrigin({ presetId, settings }: RunOrigin): Result<Scenario> {
  if (settings !== undefined) return scenarioOf(settings);
  const start = PRESETS.find(({ id }) => id === presetId)?.start;
  if (start?.kind === 'classic') return ok(start);
  const message = `There is no preset named ${presetId ?? '(none)'}.`;
  return { ok: false, error: { code: 'unknown-name', message } };
}
