// What the corrected mode changes in step times and KV capacity, one named switch each. The reference mode has all of them
// off and reproduces BLIS bit for bit; docs/differences.md shows the effect of each on a worked example.

import type { Mode } from './latency';

export const CORRECTIONS = {
  'stated-head-size': 'Head size is head_dim where config.json states one, not hidden size / heads.',
  'kv-per-gpu':
    'KV memory is counted on one GPU; the reference divides the memory of all GPUs by the bytes of one.',
  'kv-head-replication': 'With fewer KV heads than GPUs each GPU holds one whole head.',
  'latent-cache':
    'Latent attention (MLA) caches its latent, not full keys and values, and does so on every GPU.',
  'capacity-error':
    'A cache that cannot be computed, or a model that does not fit, is an error, not a million blocks.',
  'dense-layers-in-memory':
    'Dense layers of a mixture-of-experts model hold one FFN in memory, not all experts.',
  'default-dtype': 'A compute type that is not stated is 16 bits, as vLLM serves it.',
  'element-size':
    'KV, activations and weights count in their own precision in the trained models, not in 2 bytes.',
  'chunk-attention':
    'A prefill chunk attends to what it sees; the reference charges the whole prompt to every chunk.',
  'dense-fp8-peak': 'The FP8 peak is the dense one (L40S states the one with sparsity).',
  'three-ffn-matrices': 'Gated activations have three FFN matrices in roofline too, not two.',
  'shared-experts': 'Shared experts are computed and read.',
  'expert-size': 'trained-roofline computes and reads experts at their own FFN size.',
  'one-expert-is-dense': 'A model with one expert is dense in crossmodel.',
  'blackbox-context': 'The longest context is derived for blackbox too.',
} as const;

export type Correction = keyof typeof CORRECTIONS;
export const CORRECTION_NAMES = Object.keys(CORRECTIONS) as readonly Correction[];

export interface Corrected {
  readonly mode?: Mode;
  /** In corrected mode only these; absent = all. */
  readonly corrections?: readonly Correction[];
}

export const isCorrected = ({ mode, corrections }: Corrected, name: Correction): boolean =>
  mode === 'corrected' && (corrections === undefined || corrections.includes(name));
