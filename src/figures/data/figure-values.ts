// The numbers behind the figures as one JSON object, so that a figure can be checked, or drawn elsewhere, without reading its
// picture. Keys are simulator names and axis keys; missing bars are absent.

import type { BarFigureData, BarPanel } from './bars';
import { selectAggregate, selectPair, SIMULATOR_PAIRS, type ComparisonData } from './comparison';
import {
  selectConfigSensitivity,
  valueText,
  type ConfigFigureData,
  type ModelKind,
} from './config-sensitivity';
import { selectPareto, type ParetoData } from './pareto';
import type { FigureData } from './prepare';
import { PUBLISHED_REAL_SECONDS, selectRuntimeTable } from './runtime-table';
import {
  selectHardwarePortability,
  selectModelSensitivity,
  selectWorkloadSensitivity,
  type SelectionOptions,
} from './sensitivity';

type Numbers = Readonly<Record<string, number | null>>;

/** Everything that has data; a figure that would be skipped is absent. */
export function figureValues(data: FigureData, options: SelectionOptions = {}): Record<string, unknown> {
  const pairs = [{ first: 'blis-roofline', second: 'blis-trained-physics' }, ...SIMULATOR_PAIRS];
  const comparisons = pairs.flatMap(({ first, second }) => {
    const selected = selectPair(data, first, second, options);
    return selected === undefined ? [] : [[`${first}__vs__${second}`, pairValues(selected)] as const];
  });
  return withoutAbsent({
    fig1_mape_by_model: barValues(selectModelSensitivity(data, options)),
    fig2_median_mape_by_hardware: barValues(selectHardwarePortability(data, options)),
    fig3_median_mape_by_workload: barValues(selectWorkloadSensitivity(data, options)),
    fig4a_dense: configValues(data, 'dense', options),
    fig4b_moe: configValues(data, 'moe', options),
    fig5_pareto: paretoValues(selectPareto(data)),
    [`table1_real_${PUBLISHED_REAL_SECONDS}s`]: Object.fromEntries(
      selectRuntimeTable(data, PUBLISHED_REAL_SECONDS, options).map((row) => [
        row.simulator,
        { median_runtime_s: row.medianRuntimeS, speedup: finite(row.speedup) },
      ]),
    ),
    fig0a_analytical: aggregateValues(selectAggregate(data, 'analytical', options)),
    fig0b_trace: aggregateValues(selectAggregate(data, 'trace', options)),
    fig0c_llmservingsim: aggregateValues(selectAggregate(data, 'llmservingsim', options)),
    sim_comparisons: comparisons.length === 0 ? undefined : Object.fromEntries(comparisons),
  });
}

function barValues(figure: BarFigureData | undefined): unknown {
  return figure === undefined ? undefined : panelValues(figure.panels);
}

function panelValues(panels: readonly BarPanel[]): Record<string, Record<string, Numbers>> {
  return Object.fromEntries(
    panels.map((panel) => [
      panel.metric,
      Object.fromEntries(panel.groups.map((group) => [group.key, heights(group.bars)])),
    ]),
  );
}

function configValues(data: FigureData, kind: ModelKind, options: SelectionOptions): unknown {
  const figure: ConfigFigureData | undefined = selectConfigSensitivity(data, kind, options);
  if (figure === undefined) return undefined;
  const stated = (value: number | boolean): number | string =>
    typeof value === 'boolean' ? valueText(value) : value;
  return {
    model: figure.model,
    score: figure.score,
    baseline: Object.fromEntries([...figure.baseline].map(([name, value]) => [name, stated(value)])),
    entries: figure.parameters.flatMap((parameter) =>
      parameter.entries.map((entry) => ({
        param: parameter.name,
        value: stated(entry.value),
        mape: heights(entry.bars),
      })),
    ),
  };
}

function paretoValues(figure: ParetoData | undefined): unknown {
  if (figure === undefined) return undefined;
  return Object.fromEntries(
    figure.points.map((point) => [
      point.simulator,
      {
        mape_median: finite(point.mape.median),
        mape_q1: finite(point.mape.q1),
        mape_q3: finite(point.mape.q3),
        n: point.count,
        runtime_median_s: point.runtimeS.median,
        runtime_q1_s: point.runtimeS.q1,
        runtime_q3_s: point.runtimeS.q3,
        on_frontier: point.onFrontier,
      },
    ]),
  );
}

function aggregateValues(figure: ComparisonData | undefined): unknown {
  if (figure === undefined) return undefined;
  return {
    experiments: figure.experiments.map(experimentName),
    median_mape: aggregateHeights(figure),
  };
}

function pairValues(figure: ComparisonData): unknown {
  return {
    n: figure.experiments.length,
    aggregate_median: aggregateHeights(figure),
    by_model_median: figure.byModel === undefined ? {} : panelValues(figure.byModel.panels),
  };
}

function aggregateHeights(figure: ComparisonData): Record<string, Numbers> {
  return Object.fromEntries(
    figure.aggregate.map((panel) => [panel.metric, heights(panel.groups.flatMap((group) => group.bars))]),
  );
}

function heights(bars: readonly { simulator: string; value: number }[]): Numbers {
  return Object.fromEntries(bars.map((bar) => [bar.simulator, finite(bar.value)]));
}

/** JSON has no infinity; null says "not finite". */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The experiment's number where it has one, else its folder. */
function experimentName(key: string): number | string {
  return key.startsWith('#') ? Number(key.slice(1)) : key;
}

function withoutAbsent(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
