// Calibrated servers that can be chosen as the latency model. A setting, a document or a link holds the fingerprint alone: names of
// servers and of the runs behind them stay on this device.

import { fingerprintOf } from '../../base/fingerprint';
import { fail, ok, type Result } from '../../base/result';
import { calibratedOnText, serverMismatch, type CalibratedServer } from '../../domain/calibrated-server';
import { physicsCoefficients } from '../../domain/physics';
import type { FleetSettings, SettingName } from './setting-table';

const PREFIX = 'calibrated:';

/** The latency model that a server stands for in settings. */
export const choiceOf = (server: CalibratedServer): string => `${PREFIX}${fingerprintOf(server).slice(0, 8)}`;

export const isServerChoice = (latencyModel: string): boolean => latencyModel.startsWith(PREFIX);

class HeldServers {
  #byChoice: ReadonlyMap<string, CalibratedServer> = new Map();

  hold(servers: readonly CalibratedServer[]): void {
    this.#byChoice = new Map(servers.map((server) => [choiceOf(server), server]));
  }

  get choices(): readonly string[] {
    return [...this.#byChoice.keys()];
  }

  get(choice: string): CalibratedServer | undefined {
    return this.#byChoice.get(choice);
  }
}

export const heldServers = new HeldServers();

/** "calibrated on …" for settings whose step times are those of a calibrated server: wherever their figures stand. */
export function calibrationOf({ latencyModel }: FleetSettings): string | undefined {
  if (!isServerChoice(latencyModel.trim())) return undefined;
  const server = heldServers.get(latencyModel.trim());
  // Deleted since: what was calibrated stays marked.
  return server === undefined ? 'calibrated' : calibratedOnText(server);
}

/** What the worker is given: flags in place of a calibrated server, and the server for what it rests on. */
export interface ExpandedSettings {
  readonly settings: FleetSettings;
  readonly server?: CalibratedServer;
}

const refused = (message: string, field: SettingName): Result<never> =>
  fail({ code: 'not-supported', message, field });

/**
 * Settings with the calibrated server's parameters and schedule in place of its name; refused where the server is not known here,
 * or where model, GPU or degree are not the ones that it was calibrated for.
 */
export function expandServer(settings: FleetSettings): Result<ExpandedSettings> {
  const choice = settings.latencyModel.trim();
  if (!isServerChoice(choice)) return ok({ settings });
  const server = heldServers.get(choice);
  if (server === undefined) {
    return refused(
      `The calibrated server with fingerprint ${choice.slice(PREFIX.length)} is not on this device. Import its exported file, or choose another latency model.`,
      'latencyModel',
    );
  }
  const own = {
    model: settings.model.trim(),
    hardware: settings.hardware.trim() || server.gpu,
    tp: settings.tp.trim() || String(server.tp),
  };
  const mismatch = serverMismatch(server, { ...own, tp: Number(own.tp) }, 'this configuration');
  if (mismatch !== undefined) {
    const field = mismatch.what === 'model' ? 'model' : own.hardware === server.gpu ? 'tp' : 'hardware';
    return refused(`${mismatch.reason} Change one of them, or choose another latency model.`, field);
  }
  const pool = poolMismatch(settings, server);
  if (pool !== undefined) return pool;
  const { alpha, beta } = physicsCoefficients(server.vector);
  return ok({
    server,
    settings: {
      ...settings,
      ...own,
      latencyModel: 'physics',
      alpha: alpha.join(','),
      beta: beta.join(','),
      pipelinedScheduling: String(server.pipelinedScheduling),
    },
  });
}

/** A pool with a GPU, degree or latency model of its own is another server. */
function poolMismatch(settings: FleetSettings, server: CalibratedServer): Result<never> | undefined {
  const same: readonly (readonly [SettingName, string])[] = [
    ['prefillTp', String(server.tp)],
    ['decodeTp', String(server.tp)],
    ['prefillHardware', server.gpu],
    ['decodeHardware', server.gpu],
    ['prefillLatencyModel', settings.latencyModel],
    ['decodeLatencyModel', settings.latencyModel],
  ];
  const wrong = same.find(([name, value]) => settings[name].trim() !== '' && settings[name].trim() !== value);
  if (wrong === undefined) return undefined;
  return refused(
    `${server.name} was calibrated on ${server.tp} × ${server.gpu}; a pool of another kind was not measured. Leave the field empty, or choose another latency model.`,
    wrong[0],
  );
}
