// What the page may ask the simulate worker about a finished run, by its key. Types only. `undefined` = the worker no longer
// holds that run.

import type { Result } from '../base/result';
import type {
  DecisionRow,
  RegretColumns,
  RequestPage,
  RequestQuery,
  RequestStory,
  TargetQuestion,
  TargetShare,
} from '../domain/run-answers';
import type { KvStrips, LaneColumns, Window } from '../domain/timeline';

export interface RunQuestions {
  /** @param instance index; undefined = the fleet. */
  lanes(key: number, instance: number | undefined, window: Window): Promise<LaneColumns | undefined>;
  /** @param most at most so many instances, those with the highest peak. */
  strips(key: number, window: Window, most: number): Promise<KvStrips | undefined>;
  /** Decisions about a time, in order. */
  decisions(key: number, aroundUs: number, rows: number): Promise<readonly DecisionRow[] | undefined>;
  regrets(key: number, window: Window): Promise<RegretColumns | undefined>;
  requests(key: number, query: RequestQuery, from: number, count: number): Promise<RequestPage | undefined>;
  /** Runs the scenario again and watches one request. */
  story(key: number, row: number): Promise<Result<RequestStory>>;
  /** All requests first, then by SLO class. */
  targetShares(key: number, question: TargetQuestion): Promise<readonly TargetShare[] | undefined>;
  /** Forgets older runs that are not among these. */
  keepOnly(keys: readonly number[]): Promise<void>;
}
