// Swept parameters that made no difference: whatever their value, every request fared the same.

import type { Axis, Cell } from './grid';
import type { CellState } from './run-state';

/** Labels of such parameters; none before every cell that did not fail is finished, or where nothing can be compared. */
export function parametersWithoutEffect(
  axes: readonly Axis[],
  cells: readonly Cell[],
  states: readonly CellState[],
): readonly string[] {
  if (states.some(({ kind }) => kind === 'waiting' || kind === 'running')) return [];
  return axes.flatMap(({ parameter, values }, axis) => {
    if (values.length < 2) return [];
    // Cells that differ in this parameter alone.
    const byOthers = new Map<string, string[]>();
    for (const { index, at } of cells) {
      const state = states[index];
      if (state?.kind !== 'done') continue;
      const key = at.filter((_, other) => other !== axis).join();
      const results = state.runs.map(({ resultHash }) => resultHash).join();
      byOthers.set(key, [...(byOthers.get(key) ?? []), results]);
    }
    const groups = [...byOthers.values()].filter((results) => results.length > 1);
    const isSame = groups.length > 0 && groups.every((results) => new Set(results).size === 1);
    return isSame ? [parameter.label] : [];
  });
}
