// The tabs of Validate, in the order of work. Each is its own chunk.

import type { Component } from 'svelte';
import type { AppState } from '../state/app-state.svelte';
import type { ValidateProject } from './project.svelte';

/** What every tab is given. */
export interface TabProps {
  readonly app: AppState;
  readonly project: ValidateProject;
  readonly onChooseFolder: () => void;
  readonly onDemo: () => void;
}

export interface ValidateTab {
  readonly id: string;
  readonly label: string;
  /** Has something to do without measurements. */
  readonly standsAlone?: boolean;
  load(): Promise<{ readonly default: Component<TabProps> }>;
}

export const VALIDATE_TABS: readonly ValidateTab[] = [
  { id: 'sources', label: 'Sources', load: () => import('./SourcesTab.svelte') },
  { id: 'plan', label: 'Plan', load: () => import('./PlanTab.svelte') },
  { id: 'calibrate', label: 'Calibrate', load: () => import('./calibrate/CalibrateTab.svelte') },
  { id: 'verdict', label: 'Verdict', load: () => import('./VerdictTab.svelte') },
  {
    id: 'figures',
    label: 'Figures',
    standsAlone: true,
    load: () => import('./figures/FiguresTab.svelte'),
  },
  { id: 'quality', label: 'Quality', load: () => import('./quality/QualityTab.svelte') },
];

/** The tabs with the count that stands beside each. */
export function tabsOf(
  project: ValidateProject,
): { id: string; label: string; href: string; count?: string }[] {
  return VALIDATE_TABS.map(({ id, label }) => {
    const count = countOf(id, project);
    return { id, label, href: `#/validate/${id}`, ...(count === undefined ? {} : { count }) };
  });
}

function countOf(tab: string, project: ValidateProject): string | undefined {
  if (tab === 'sources') return String(project.entries.length);
  if (tab === 'plan')
    return project.simulators.length === 0
      ? undefined
      : `${project.rows.length} × ${project.simulators.length}`;
  return tab === 'verdict' && project.isPartial && project.counts.done > 0 ? 'so far' : undefined;
}
