/** The caps to press, in order: `Mod+Enter` → Ctrl, Enter; `G V` → G, V. */
export const keyCaps = (keys: string): string[] =>
  keys.split(/[ +]/).map((key) => ({ Mod: 'Ctrl', Enter: '↵', Escape: 'Esc' })[key] ?? key);
