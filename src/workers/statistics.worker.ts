// The statistics worker: quality checks and resampling off the page's thread.

import * as Comlink from 'comlink';
import { qualityFindings } from '../validation/quality/checks';
import { withoutRows } from '../validation/quality/leave-out';
import { pairLines, sureTable } from '../validation/statistics/tables';
import type { StatisticsApi } from './statistics-protocol';

const api: StatisticsApi = {
  findings: (experiment) => Promise.resolve(qualityFindings(experiment)),
  withoutRows: (experiment, rows) => {
    const rest = withoutRows(experiment, rows);
    return Promise.resolve(rest && { stages: rest.stages, summary: rest.summary });
  },
  sureTable: (rows, metrics, isCommon) => Promise.resolve(sureTable(rows, metrics, isCommon)),
  pairLines: (rows, metrics, first, second) => Promise.resolve(pairLines(rows, metrics, first, second)),
};

Comlink.expose(api);
