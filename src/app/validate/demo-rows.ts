// The bundled demonstration is delivered without its request rows; they are fetched when something needs them.

import type { Problem } from '../../base/problem';
import { readDemoRequests } from '../../sources/demo-requests';
import { ownBytes } from '../own-files';
import type { ValidateProject } from './project.svelte';

const DEMO_ROWS = 'demo/requests.bin';

/** Whether request rows are there, or can be had. */
export const canHaveRows = (project: ValidateProject): boolean =>
  isDemo(project) || project.rows.some(({ experiment }) => experiment.requests !== undefined);

const isDemo = ({ source }: ValidateProject): boolean => source.kind === 'open' && source.origin === 'demo';

/** Fetches and attaches the demonstration's rows where it is open without them. */
export async function needRows(project: ValidateProject): Promise<Problem | undefined> {
  if (!isDemo(project)) return undefined;
  if (project.rows.some(({ experiment }) => experiment.requests !== undefined)) return undefined;
  const bytes = await ownBytes(DEMO_ROWS);
  const read = bytes.ok ? readDemoRequests(bytes.value, DEMO_ROWS) : bytes;
  if (!read.ok) return read.error;
  project.attachRequests(new Map(read.value.map((run) => [run.folder, run.requests])));
  return undefined;
}
