// Where settings stand in the document.

import {
  BUNDLE_SETTINGS,
  FLAG_SETTINGS,
  OWN_SETTINGS,
  SETTING_NAMES,
  type SettingName,
} from '../setting-table';

export const BUNDLE_KEY = 'policy-config';

/** How a value is written: as one scalar, a list of numbers, a map of numbers, or lines of YAML. */
export type Shape = 'scalar' | 'numbers' | 'pairs' | 'scorers' | 'block';

export interface Place {
  readonly name: SettingName;
  /** Key at the top; absent for what only bundles know. */
  readonly key?: string;
  /** Keys below `policy-config`. */
  readonly bundlePath?: readonly string[];
  readonly shape: Shape;
}

const ALL: readonly Place[] = [
  ...FLAG_SETTINGS.map((row): Place => {
    const [name, key] = row;
    const shape = name === 'alpha' || name === 'beta' ? 'numbers' : 'scalar';
    const bundlePath = row.length === 4 ? row[3] : undefined;
    return { name, key, shape, ...(bundlePath === undefined ? {} : { bundlePath }) };
  }),
  ...BUNDLE_SETTINGS.map(([name, bundlePath, kind]): Place => ({
    name,
    bundlePath,
    shape: kind === 'pairs' ? 'pairs' : kind === 'list' ? 'block' : 'scalar',
  })),
  ...OWN_SETTINGS.map(([name, key]): Place => ({
    name,
    key,
    shape: name === 'workloadSpec' ? 'block' : 'scalar',
  })),
];

/** In the order in which a document that is written anew lists them. */
export const PLACES: readonly Place[] = ALL;

export function placeOf(name: SettingName): Place {
  const place = ALL.find((one) => one.name === name);
  if (place === undefined) throw new Error(`${name} has no place in the document.`);
  return place;
}

export const keyPlaces: ReadonlyMap<string, Place> = new Map(
  ALL.flatMap((place) => (place.key === undefined ? [] : [[place.key, place] as const])),
);

export const order = (name: SettingName): number => SETTING_NAMES.indexOf(name);

/** Stable name of a setting outside this version's code: its key, or its place in a bundle. */
export const outsideName = ({ key, bundlePath }: Place): string =>
  key ?? `${BUNDLE_KEY}.${(bundlePath ?? []).join('.')}`;
