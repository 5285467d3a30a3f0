/** Absent where the browser refuses storage altogether (some private windows throw on access). */
export function openLocalStorage(host: Window): Storage | undefined {
  try {
    return host.localStorage;
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

/** Takes away what this page has set; other pages of the same origin keep theirs. */
export function clearSettings(host: Window): void {
  const storage = openLocalStorage(host);
  for (const key of Object.keys(storage ?? {})) if (key.startsWith('plumbline.')) storage?.removeItem(key);
}
