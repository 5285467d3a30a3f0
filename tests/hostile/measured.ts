// A sound folder of measurements with one file made hostile; a second, sound experiment must be read whatever the first holds.

import { CONFIG, FOLDER, PROFILE, lifecycle, manifestEntry } from '../support/measured-folder';
import type { HostileCase } from './case';

type Files = Readonly<Record<string, string | Uint8Array>>;

export const OTHER_FOLDER = '8-sound-tp4-codegen';

const soundExperiment = (): Record<string, string | Uint8Array> => ({
  'exp-config.yaml': CONFIG,
  'profile.yaml': JSON.stringify(PROFILE),
  'vllm.log': 'x Available KV cache memory: 2 GiB\nx GPU KV cache size: 1,600 tokens\n',
  'results/stage_0_lifecycle_metrics.json': JSON.stringify(lifecycle(80), null, 1),
  'results/stage_1_lifecycle_metrics.json': JSON.stringify(lifecycle(100), null, 1),
  'results/summary_lifecycle_metrics.json': JSON.stringify(lifecycle(180), null, 1),
});

const inFolder = (folder: string, files: Files): [string, string | Uint8Array][] =>
  Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]);

/** `changes` replaces files of experiment 7; experiment 8 stays sound. */
export function measurements(
  name: string,
  changes: Files,
  told: HostileCase['told'],
  folder = FOLDER,
): HostileCase {
  return {
    name,
    door: 'measurements',
    told,
    files: {
      'experiments.json': JSON.stringify([manifestEntry(7), manifestEntry(8)], null, 1),
      ...Object.fromEntries([
        ...inFolder(folder, { ...soundExperiment(), ...changes }),
        ...inFolder(OTHER_FOLDER, soundExperiment()),
      ]),
    },
  };
}

/** The whole manifest replaced. */
export const manifest = (
  name: string,
  content: string | Uint8Array,
  told: HostileCase['told'],
): HostileCase => {
  const sound = measurements(name, {}, told);
  return { ...sound, files: { ...sound.files, 'experiments.json': content } };
};

/** Stage 0 as JSON text with one replacement. */
export const stage = (from: string, to: string): Files => ({
  'results/stage_0_lifecycle_metrics.json': JSON.stringify(lifecycle(80), null, 1).replace(from, to),
});
