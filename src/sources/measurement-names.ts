// Names that only folders of measurements use. Apart from their readers: the page asks them too, and must not load schemas.

export const MANIFEST_NAME = 'experiments.json';

/** Files that only folders of measurements have, by their own name in lower case. */
export const isMeasurement = (name: string): boolean =>
  name === MANIFEST_NAME ||
  name === 'exp-config.yaml' ||
  name === 'profile.yaml' ||
  /^(summary|stage_\d+|per_request)_lifecycle_metrics\.json$/.test(name);
