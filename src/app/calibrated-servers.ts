// Calibrated servers as files and on this device: Calibrate keeps them, Validate and Simulate use them.

import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import {
  readCalibratedServer,
  writeCalibratedServer,
  type CalibratedServer,
} from '../domain/calibrated-server';
import type { Shelf } from './storage/shelf';
import { saveText } from './ui/save-file';

export async function keptServers(
  shelf: Shelf<CalibratedServer>,
): Promise<Result<readonly CalibratedServer[], Problem>> {
  const kept = await shelf.entries();
  return kept.ok ? ok(kept.value.map(([, server]) => server)) : kept;
}

/** Offers the server as a file. */
export function exportServer(host: Window, server: CalibratedServer): void {
  const file = `${server.name.replace(/[^\w.-]+/g, '-')}.plumbline-server.json`;
  saveText(host, file, writeCalibratedServer(server), 'application/json');
}

/** Reads an exported server and keeps it under its name. */
export async function importServer(
  file: File,
  shelf: Shelf<CalibratedServer>,
): Promise<Result<CalibratedServer, Problem>> {
  return keepServer(await file.text(), file.name, shelf);
}

/** The same, of a file's text. @param name of the file, for messages. */
export async function keepServer(
  text: string,
  name: string,
  shelf: Shelf<CalibratedServer>,
): Promise<Result<CalibratedServer, Problem>> {
  const read = readCalibratedServer(text, name);
  if (!read.ok) return read;
  const kept = await shelf.set(read.value.name, read.value);
  return kept.ok ? ok(read.value) : fail(kept.error);
}
