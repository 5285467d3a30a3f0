// Folders opened before, as handles that the browser can re-open after asking. The permission question is behind an interface,
// because a test cannot revoke the permission of a real handle.

import { fail, ok, type Result } from '../../base/result';
import type { Shelf } from './shelf';
import type { StoredFolder } from './shelves';

export interface PermissionGate {
  query(handle: FileSystemDirectoryHandle): Promise<PermissionState>;
  /** Must be called from a user's gesture. */
  request(handle: FileSystemDirectoryHandle): Promise<PermissionState>;
}

export const browserPermissions: PermissionGate = {
  query: (handle) => handle.queryPermission({ mode: 'read' }),
  request: (handle) => handle.requestPermission({ mode: 'read' }),
};

/** More would only be a longer list to read. */
const KEPT = 8;

export interface RecentFolder extends StoredFolder {
  readonly id: string;
}

export class RecentFolders {
  #shelf: Shelf<StoredFolder>;
  #gate: PermissionGate;

  constructor(shelf: Shelf<StoredFolder>, gate: PermissionGate = browserPermissions) {
    this.#shelf = shelf;
    this.#gate = gate;
  }

  /** Latest first; none where nothing can be kept. */
  async list(): Promise<readonly RecentFolder[]> {
    const entries = await this.#shelf.entries();
    if (!entries.ok) return [];
    return entries.value
      .map(([id, folder]) => ({ id, ...folder }))
      .sort((left, right) => right.openedAt - left.openedAt);
  }

  async remember(handle: FileSystemDirectoryHandle, now: number): Promise<void> {
    const known = await this.list();
    let id = String(now);
    for (const folder of known) if (await handle.isSameEntry(folder.handle)) id = folder.id;
    await this.#shelf.set(id, { name: handle.name, handle, openedAt: now });
    for (const old of known.filter((folder) => folder.id !== id).slice(KEPT - 1))
      await this.#shelf.delete(old.id);
  }

  /** Asks for permission where it has lapsed. */
  async reopen(folder: RecentFolder): Promise<Result<FileSystemDirectoryHandle>> {
    const before = await this.#gate.query(folder.handle);
    const state = before === 'prompt' ? await this.#gate.request(folder.handle) : before;
    if (state === 'granted') return ok(folder.handle);
    return fail({
      code: 'unreadable-file',
      file: folder.name,
      message: `The browser does not allow reading ${folder.name}. Choose the folder again to grant access.`,
    });
  }

  async forget(folder: RecentFolder): Promise<void> {
    await this.#shelf.delete(folder.id);
  }
}
