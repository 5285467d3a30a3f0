// Whether finished work is kept on this device. On until the reader turns it off; the choice itself is the one thing that
// stays then.

import { openLocalStorage } from './local-storage';

const KEY = 'plumbline.keep';

export interface Keeping {
  isOn(): boolean;
  set(isOn: boolean): void;
}

export function browserKeeping(host: Window): Keeping {
  const storage = openLocalStorage(host);
  return {
    isOn: () => storage?.getItem(KEY) !== 'off',
    set: (isOn) => {
      if (isOn) storage?.removeItem(KEY);
      else storage?.setItem(KEY, 'off');
    },
  };
}
