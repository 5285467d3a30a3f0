// The fields of the form, in groups. Friendly labels; the definitions are the reference's flags.

import type { SettingName } from './settings';

export const LATENCY_MODELS_OFFERED = [
  'trained-physics',
  'roofline',
  'crossmodel',
  'trained-roofline',
  'blackbox',
] as const;

export interface Field {
  readonly name: SettingName;
  readonly label: string;
  readonly unit?: string;
  readonly isText?: boolean;
  /** Shown only with this routing policy. */
  readonly whenRouting?: string;
}

export const FIELD_GROUPS: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  {
    title: 'Server',
    fields: [
      { name: 'tp', label: 'Tensor parallelism' },
      { name: 'totalKvBlocks', label: 'KV blocks (empty: derived)' },
      { name: 'maxNumRunningReqs', label: 'Batch slots' },
      { name: 'maxNumScheduledTokens', label: 'Tokens per step' },
      { name: 'alpha', label: 'α (empty: catalogue)', isText: true },
      { name: 'beta', label: 'β (empty: catalogue)', isText: true },
    ],
  },
  {
    title: 'Fleet',
    fields: [
      { name: 'instances', label: 'Instances' },
      { name: 'routingScorers', label: 'Scorers, name:weight', isText: true, whenRouting: 'weighted' },
    ],
  },
  {
    title: 'Load',
    fields: [
      { name: 'rateRps', label: 'Rate', unit: 'requests/s' },
      { name: 'numRequests', label: 'Requests' },
      { name: 'promptMean', label: 'Prompt mean', unit: 'tokens' },
      { name: 'promptStddev', label: 'Prompt deviation', unit: 'tokens' },
      { name: 'outputMean', label: 'Output mean', unit: 'tokens' },
      { name: 'outputStddev', label: 'Output deviation', unit: 'tokens' },
      { name: 'prefixTokens', label: 'Shared prefix', unit: 'tokens' },
      { name: 'seed', label: 'Seed' },
    ],
  },
];
