// What can be done right now, once: buttons, keys, the command palette and the key list all read this registry. A place adds
// its actions while it is open. Keys are written as shown: `D`, `G V` (one after the other), `Mod+K` (Ctrl or Cmd).

import { untrack } from 'svelte';

export interface Action {
  readonly id: string;
  readonly label: string;
  /** Heading in the palette and the key list. */
  readonly group: string;
  readonly keys?: string;
  /** Further text by which the palette finds it. */
  readonly words?: string;
  readonly isEnabled?: () => boolean;
  run(): void;
}

const SEQUENCE_MS = 1200;

/** The name under which a key event is registered, or nothing for a bare modifier. */
export function keyName(event: KeyboardEvent): string | undefined {
  if (['Control', 'Meta', 'Shift', 'Alt', 'AltGraph'].includes(event.key)) return undefined;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (event.altKey) return undefined;
  return event.ctrlKey || event.metaKey ? `Mod+${key}` : key;
}

export class ActionRegistry {
  #actions = $state.raw<readonly Action[]>([]);
  #areLettersOn = $state(true);
  #first: { readonly key: string; readonly at: number } | undefined;

  get all(): readonly Action[] {
    return this.#actions;
  }

  /** Single-letter keys can be switched off (WCAG 2.1.4). */
  get areLettersOn(): boolean {
    return this.#areLettersOn;
  }

  setLetters(areOn: boolean): void {
    this.#areLettersOn = areOn;
  }

  /** Registers actions; call the answer to take them back. Later registrations win a shared key. */
  add(actions: readonly Action[]): () => void {
    // Untracked, so that an effect that registers does not depend on what others register.
    untrack(() => {
      this.#actions = [...actions, ...this.#actions];
    });
    return () => {
      untrack(() => {
        this.#actions = this.#actions.filter((action) => !actions.includes(action));
      });
    };
  }

  /** Runs the action of a key event; true when there was one. Letters are left alone while typing. */
  handleKey(event: KeyboardEvent): boolean {
    const name = keyName(event);
    if (name === undefined) return false;
    const isPlain = !name.startsWith('Mod+');
    if (isPlain && (!this.#areLettersOn || isTyping(event.target)) && name !== 'Escape') return false;
    const first = this.#first;
    this.#first = undefined;
    const isSecond = first !== undefined && event.timeStamp - first.at < SEQUENCE_MS;
    const wanted = isSecond ? `${first.key} ${name}` : name;
    const action = this.#find(wanted) ?? (isSecond ? this.#find(name) : undefined);
    if (action) {
      action.run();
      return true;
    }
    if (this.#actions.some((candidate) => candidate.keys?.startsWith(`${name} `)))
      this.#first = { key: name, at: event.timeStamp };
    return false;
  }

  #find(keys: string): Action | undefined {
    return this.#actions.find((action) => action.keys === keys && (action.isEnabled?.() ?? true));
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
  );
}
