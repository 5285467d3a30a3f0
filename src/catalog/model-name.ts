// Names that a model of the reader's own may have: as a repository is called.

const MODEL_NAME = /^[\w.-]+(\/[\w.-]+)?$/;
const MOST_CHARACTERS = 120;

/** True for `name` and `org/name` of letters, digits, `.`, `-` and `_`. */
export const isModelName = (name: string): boolean =>
  name.length <= MOST_CHARACTERS && MODEL_NAME.test(name) && !name.includes('..');
