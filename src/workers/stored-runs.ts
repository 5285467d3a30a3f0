// Finished runs as the worker keeps them: columns by the request, by the decision and by the state, and the answers to what the
// page asks about them. Bounded: states are merged when they get too many, and the oldest run goes when requests do.

import { textAt } from '../base/columns';
import { fail, ok, type Result } from '../base/result';
import type { ClusterConfig } from '../domain/cluster-config';
import type { ClusterResult } from '../domain/cluster-result';
import { requestNames, type RequestNames } from '../domain/request-names';
import type {
  RequestQuery,
  RequestRow,
  RequestStory,
  TargetQuestion,
  TargetShare,
} from '../domain/run-answers';
import type { FleetDetail } from '../domain/run-detail';
import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES } from '../domain/run-result';
import type { KvStrip, KvStrips, LaneColumns, Window } from '../domain/timeline';
import type { Workload } from '../domain/workload';
import { SPAN_COLUMNS, type SpanSink } from '../engine/step-log';
import { decisionsAround, regretsIn } from '../report/run-detail/decision-rows';
import { latencyColumn, sloClassesOf, UNNAMED_CLASS } from '../report/run-detail/distributions';
import { fleetDetail } from '../report/run-detail/fleet-detail';
import { orderedRows } from '../report/run-detail/request-order';
import { addUp } from '../report/timeline/fleet-series';
import { countsIn, extremesIn, preemptionsIn } from '../report/timeline/pixel-columns';
import { SpanSeries } from '../report/timeline/span-series';
import type { RunQuestions } from './run-questions';

/** States kept of all instances together (36 B each), and of the fleet. */
const MOST_SPANS = 1 << 21;
const MOST_FLEET_SPANS = 1 << 18;
const LEAST_SPANS = 1 << 12;
/** Requests of all kept runs together; the newest run stays whatever its size. */
const MOST_REQUESTS = 2_000_000;
/** Routing decisions are recorded with this many alternatives unless the configuration says otherwise (232 B a decision) … */
const ALTERNATIVES = 3;
/** … up to this many requests. */
const MOST_TRACED_REQUESTS = 250_000;
const US_PER_MS = 1000;

/** The configuration with decisions recorded, where that is affordable. */
export function traced(cluster: ClusterConfig, requests: number): ClusterConfig {
  if (cluster.recordDecisions && cluster.counterfactualK > 0) return cluster;
  if (requests > MOST_TRACED_REQUESTS) return cluster;
  return { ...cluster, recordDecisions: true, counterfactualK: ALTERNATIVES };
}

/** Takes an engine's log in spans as it comes. */
export class SpanRecorder {
  readonly series: readonly SpanSeries[];
  readonly blocks: readonly number[];
  readonly #preemptions: Float64Array;

  constructor(cluster: ClusterConfig, instance: EngineConfig) {
    const pairs = Math.floor(Math.max(MOST_SPANS / cluster.instances, LEAST_SPANS) / 2);
    this.series = Array.from({ length: cluster.instances }, () => new SpanSeries(2 * pairs));
    this.blocks = blocksOf(cluster, instance);
    this.#preemptions = new Float64Array(cluster.instances);
  }

  readonly sink: SpanSink = (index, rows) => {
    const series = this.series[index];
    if (series === undefined) return;
    const total = this.blocks[index] ?? 0;
    for (let at = 0; at < rows.length; at += SPAN_COLUMNS) {
      const startUs = rows[at] ?? 0;
      const preemptions = rows[at + 9] ?? 0;
      series.push(
        startUs,
        startUs + (rows[at + 1] ?? 0),
        rows[at + 5] ?? 0,
        rows[at + 4] ?? 0,
        total - (rows[at + 7] ?? 0),
        total - (rows[at + 6] ?? 0),
        preemptions - (this.#preemptions[index] ?? 0),
      );
      this.#preemptions[index] = preemptions;
    }
  };
}

/** KV blocks of each instance: pools may have their own number. */
function blocksOf({ instances, disaggregation }: ClusterConfig, { totalKvBlocks }: EngineConfig): number[] {
  const prefill = disaggregation?.prefillInstances ?? 0;
  const decode = prefill + (disaggregation?.decodeInstances ?? 0);
  return Array.from({ length: instances }, (_, index) => {
    const pool =
      index < prefill ? disaggregation?.prefill : index < decode ? disaggregation?.decode : undefined;
    return pool?.totalKvBlocks ?? totalKvBlocks;
  });
}

export interface FinishedFleet {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly workload: Workload;
  readonly result: ClusterResult;
  readonly recorder: SpanRecorder;
  /** The same run once more, watching a request. */
  readonly again: (watch: number) => Promise<Result<ClusterResult>>;
}

interface StoredRun extends FinishedFleet {
  readonly nameOf: RequestNames;
  readonly arrivals: readonly Float64Array[];
  readonly fleetArrivals: Float64Array;
  /** Instances by falling peak of KV use. */
  readonly byPeak: readonly number[];
  fleet?: SpanSeries;
  order?: { readonly query: string; readonly rows: Uint32Array };
}

export class StoredRuns implements RunQuestions {
  readonly #runs = new Map<number, StoredRun>();
  #next = 1;

  /** Keeps a run and says what the page shows of it at once. */
  add(fleet: FinishedFleet): FleetDetail {
    const key = this.#next++;
    const { result, recorder } = fleet;
    const detail = fleetDetail(key, { ...fleet, series: recorder.series, blocks: recorder.blocks });
    this.#runs.set(key, {
      ...fleet,
      nameOf: requestNames(result.requests, fleet.workload),
      arrivals: arrivalsByInstance(result),
      fleetArrivals: result.requests.arrivalUs.slice().sort(),
      byPeak: detail.instances
        .map(({ kvPeak }, index) => ({ kvPeak, index }))
        .sort((a, b) => b.kvPeak - a.kvPeak || a.index - b.index)
        .map(({ index }) => index),
    });
    let requests = 0;
    for (const [other, run] of [...this.#runs].reverse()) {
      requests += run.result.requests.count;
      if (other !== key && requests > MOST_REQUESTS) this.#runs.delete(other);
    }
    return detail;
  }

  keepOnly(keys: readonly number[]): Promise<void> {
    const newest = Math.max(0, ...keys);
    for (const key of [...this.#runs.keys()]) if (key < newest && !keys.includes(key)) this.#runs.delete(key);
    return Promise.resolve();
  }

  lanes(key: number, instance: number | undefined, window: Window): Promise<LaneColumns | undefined> {
    const run = this.#runs.get(key);
    if (run === undefined) return Promise.resolve(undefined);
    const { series, blocks } = run.recorder;
    run.fleet ??= addUp(series, MOST_FLEET_SPANS);
    const asked = instance === undefined ? run.fleet : series[instance];
    if (asked === undefined) return Promise.resolve(undefined);
    const total =
      instance === undefined ? blocks.reduce((sum, each) => sum + each, 0) : (blocks[instance] ?? 0);
    const arrivals = instance === undefined ? run.fleetArrivals : run.arrivals[instance];
    return Promise.resolve({
      ...window,
      lanes: {
        waiting: extremesIn(asked, 'waiting', window),
        running: extremesIn(asked, 'running', window),
        kvUse: extremesIn(asked, 'usedBlocks', window, total),
      },
      preemptions: preemptionsIn(asked, window),
      arrivals: countsIn(arrivals ?? new Float64Array(), window),
      isExact: asked.isExact && (instance !== undefined || series.every((each) => each.isExact)),
    });
  }

  strips(key: number, window: Window, most: number): Promise<KvStrips | undefined> {
    const run = this.#runs.get(key);
    if (run === undefined) return Promise.resolve(undefined);
    const { series, blocks } = run.recorder;
    const shown = run.byPeak.slice(0, most);
    if (shown.length === series.length) shown.sort((a, b) => a - b);
    return Promise.resolve({
      ...window,
      instances: series.length,
      strips: shown.flatMap((index): KvStrip[] => {
        const own = series[index];
        if (own === undefined) return [];
        return [
          {
            instance: index,
            name: run.result.instances[index]?.name ?? '',
            peak: Float32Array.from(extremesIn(own, 'usedBlocks', window, blocks[index] ?? 1).greatest),
            preemptions: preemptionsIn(own, window),
          },
        ];
      }),
    });
  }

  decisions(key: number, aroundUs: number, rows: number): ReturnType<RunQuestions['decisions']> {
    const run = this.#runs.get(key);
    if (run === undefined) return Promise.resolve(undefined);
    return Promise.resolve(decisionsAround(run.cluster, run.result, run.nameOf, aroundUs, rows));
  }

  regrets(key: number, window: Window): ReturnType<RunQuestions['regrets']> {
    const trace = this.#runs.get(key)?.result.decisions;
    return Promise.resolve(trace === undefined ? undefined : regretsIn(trace, window));
  }

  requests(
    key: number,
    query: RequestQuery,
    from: number,
    count: number,
  ): ReturnType<RunQuestions['requests']> {
    const run = this.#runs.get(key);
    if (run === undefined) return Promise.resolve(undefined);
    const name = JSON.stringify(query);
    if (run.order?.query !== name) run.order = { query: name, rows: orderedRows(run.result.requests, query) };
    const { rows } = run.order;
    return Promise.resolve({
      matching: rows.length,
      rows: Array.from(rows.subarray(from, from + count), (row) => requestRow(run, row)),
    });
  }

  async story(key: number, row: number): Promise<Result<RequestStory>> {
    const run = this.#runs.get(key);
    if (run === undefined)
      return fail({ code: 'not-stored', message: 'This run is no longer held. Run it again.' });
    const watched = await run.again(row);
    if (!watched.ok) return watched;
    const { events, lost } = watched.value.life ?? { events: [], lost: 0 };
    const served = [...new Set(events.map(({ instance }) => instance))];
    return ok({
      request: requestRow(run, row),
      events,
      lostEvents: lost,
      instances: served.map((index) => run.result.instances[index]?.name ?? ''),
    });
  }

  targetShares(
    key: number,
    { metric, targetMs }: TargetQuestion,
  ): Promise<readonly TargetShare[] | undefined> {
    const run = this.#runs.get(key);
    if (run === undefined) return Promise.resolve(undefined);
    const { requests } = run.result;
    const column = latencyColumn(requests, metric);
    const targetUs = targetMs * US_PER_MS;
    const share = (sloClass: string | undefined): TargetShare => {
      let [within, measured, all] = [0, 0, 0];
      for (let row = 0; row < requests.count; row++) {
        if (sloClass !== undefined && (textAt(requests.sloClass, row) || UNNAMED_CLASS) !== sloClass)
          continue;
        all++;
        const value = column[row] ?? NaN;
        if (!Number.isNaN(value)) measured++;
        if (value <= targetUs) within++;
      }
      return { ...(sloClass === undefined ? {} : { sloClass }), within, measured, requests: all };
    };
    const classes = sloClassesOf(requests) ?? [];
    return Promise.resolve([share(undefined), ...(classes.length < 2 ? [] : classes.map(share))]);
  }
}

/** Times ascending, by the instance that serves the request. */
function arrivalsByInstance({ requests, instances }: ClusterResult): readonly Float64Array[] {
  const counts = new Uint32Array(instances.length);
  for (const index of requests.handledBy) if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
  const columns = Array.from(counts, (count) => new Float64Array(count));
  counts.fill(0);
  for (let row = 0; row < requests.count; row++) {
    const index = requests.handledBy[row] ?? -1;
    const column = columns[index];
    if (column === undefined) continue;
    const at = counts[index] ?? 0;
    column[at] = requests.arrivalUs[row] ?? NaN;
    counts[index] = at + 1;
  }
  for (const column of columns) column.sort();
  return columns;
}

function requestRow({ result, nameOf }: StoredRun, row: number): RequestRow {
  const { requests, instances } = result;
  return {
    row,
    id: nameOf(row),
    status: REQUEST_STATUSES[requests.status[row] ?? 0] ?? '',
    instance: instances[requests.handledBy[row] ?? -1]?.name ?? '',
    sloClass: textAt(requests.sloClass, row),
    tenant: textAt(requests.tenantId, row),
    arrivalUs: requests.arrivalUs[row] ?? NaN,
    inputTokens: requests.inputTokens[row] ?? 0,
    outputTokens: requests.outputTokens[row] ?? 0,
    schedulingDelayUs: requests.schedulingDelayUs[row] ?? NaN,
    ttftUs: requests.ttftUs[row] ?? NaN,
    itlMeanUs: requests.itlMeanUs[row] ?? NaN,
    e2eUs: requests.e2eUs[row] ?? NaN,
  };
}
