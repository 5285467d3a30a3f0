// Recorded loads whose files were handed in since the page was opened, by fingerprint. Settings, links and documents hold the
// fingerprint alone; the files stay here and are read by whichever worker simulates them.

import type { FilesInput } from '../../workers/protocol';

export interface HeldLoad {
  readonly fingerprint: string;
  /** As the reader knows it. */
  readonly name: string;
  readonly format: string;
  readonly requests: number;
  readonly input: FilesInput;
}

class HeldLoads {
  readonly #byFingerprint = new Map<string, HeldLoad>();

  get(fingerprint: string): HeldLoad | undefined {
    return this.#byFingerprint.get(fingerprint);
  }

  add(load: HeldLoad): void {
    this.#byFingerprint.set(load.fingerprint, load);
  }
}

export const heldLoads = new HeldLoads();
