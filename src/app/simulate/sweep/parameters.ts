// Which settings a sweep can change, by the fields of the form.

import { calibratedName } from '../../../domain/calibrated-server';
import { FIELDS, type Field } from '../fields';
import { heldServers } from '../held-servers';
import { isRead } from '../relevance';
import { settingLabel } from '../setting-label';
import type { FleetSettings, SettingName } from '../settings';

export interface SweptParameter {
  readonly name: SettingName;
  readonly label: string;
  readonly unit?: string;
  /** `text`: one value a line, since the values hold commas. */
  readonly kind: 'number' | 'text' | 'choice';
  readonly choices?: readonly string[];
}

/** Names of the tables are known in the worker alone: they are typed, one a line. */
function kindOf({ isText, isSwitch, choices }: Field): SweptParameter['kind'] {
  if (isSwitch === true || Array.isArray(choices)) return 'choice';
  return isText === true || choices !== undefined ? 'text' : 'number';
}

export const SWEPT_PARAMETERS: readonly SweptParameter[] = FIELDS.filter(
  ({ isBlock }) => isBlock !== true,
).map((field) => {
  const { name, unit, isSwitch, choices } = field;
  const listed = isSwitch === true ? ['false', 'true'] : Array.isArray(choices) ? choices : undefined;
  return {
    name,
    label: settingLabel(name),
    ...(unit === undefined ? {} : { unit }),
    kind: kindOf(field),
    ...(listed === undefined ? {} : { choices: listed }),
  };
});

export function parameterNamed(name: SettingName): SweptParameter {
  const found = SWEPT_PARAMETERS.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`${name} cannot be swept.`);
  return found;
}

/** Parameters that make a difference beside the form's other settings, or beside some value that is swept with them. */
export const parametersReadWith = (
  base: FleetSettings,
  other?: { readonly name: SettingName; readonly values: readonly string[] },
): readonly SweptParameter[] =>
  SWEPT_PARAMETERS.filter(
    ({ name }) =>
      isRead(name, base) ||
      other?.values.some((value) => isRead(name, { ...base, [other.name]: value })) === true,
  );

/** What can be ticked; calibrated servers stand behind the latency models. Undefined where values are typed. */
export const choicesOf = ({ name, choices }: SweptParameter): readonly string[] | undefined =>
  choices === undefined || name !== 'latencyModel' ? choices : [...choices, ...heldServers.choices];

/** A value in words: calibrated servers are fingerprints in settings. */
export function valueText(name: SettingName, value: string): string {
  const server = name === 'latencyModel' ? heldServers.get(value.trim()) : undefined;
  return server === undefined ? value : calibratedName(server);
}

/** Values to start from: half and double of the form's, all choices, or what the form says. */
export function proposedValues(parameter: SweptParameter, settings: FleetSettings): string {
  const { kind, name } = parameter;
  if (kind === 'choice') return (choicesOf(parameter) ?? []).join('\n');
  const typed = settings[name].trim();
  if (kind === 'text') return typed;
  const value = Number(typed);
  if (typed === '' || !(value > 0)) return typed;
  if (value < 4 && Number.isInteger(value)) return `${value}, ${2 * value}, ${4 * value}`;
  return [value / 2, value, 2 * value]
    .map((each) => (Number.isInteger(value) ? Math.round(each) : Number(each.toPrecision(6))))
    .join(', ');
}
