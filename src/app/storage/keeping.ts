// Whether finished work is kept on this device. On until the reader turns it off; the choice itself is the one thing that
// stays then.

const KEY = 'plumbline.keep';

export interface Keeping {
  isOn(): boolean;
  set(isOn: boolean): void;
}

export function browserKeeping(host: Window): Keeping {
  const storage = (): Storage | undefined => {
    try {
      return host.localStorage;
    } catch (error) {
      if (error instanceof DOMException) return undefined; // the browser refuses storage altogether
      throw error;
    }
  };
  return {
    isOn: () => storage()?.getItem(KEY) !== 'off',
    set: (isOn) => {
      if (isOn) storage()?.removeItem(KEY);
      else storage()?.setItem(KEY, 'off');
    },
  };
}
