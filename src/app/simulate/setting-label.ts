// The friendly label of a setting, wherever it stands in the form.

import { FIELD_GROUPS } from './fields';
import type { SettingName } from './settings';

/** Fields with a place of their own in the form. */
const OTHERS: Readonly<Partial<Record<SettingName, string>>> = {
  model: 'Model',
  hardware: 'GPU',
  latencyModel: 'Latency model',
  routingPolicy: 'Routing',
};

/** Without what the form adds in parentheses. */
export function settingLabel(name: SettingName): string {
  const field = FIELD_GROUPS.flatMap(({ fields }) => fields).find((each) => each.name === name);
  return OTHERS[name] ?? field?.label.replace(/ \(.*\)$/, '') ?? name;
}
