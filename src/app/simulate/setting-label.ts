// The friendly label of a setting, wherever it stands in the form.

import { labelOf } from './fields';
import type { SettingName } from './setting-table';

/** Without what the form adds in parentheses. */
export const settingLabel = (name: SettingName): string => labelOf(name).replace(/ \(.*\)$/, '');
