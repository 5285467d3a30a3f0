// What tells a saved run from other JSON files: the page writes it, the worker recognises it among files that were handed in.

export const SAVED_RUN_FORMAT = 'plumbline-run';
