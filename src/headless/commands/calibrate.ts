// `calibrate`: how close a simulated replay came to the measured trace, as a JSON report in the reference's form.

import { Command } from 'commander';
import { parseChunkTimes, parseReplayResults } from '../../sources/replay-results';
import { judgeReplay, replayReport } from '../../validation/judge-replay/report';
import type { Io } from '../io';
import { numberOption, wholeOption } from '../option-values';
import { demand } from '../demand';
import { readTrace } from '../workload/read-trace';

interface CalibrateOptions {
  readonly traceHeader: string;
  readonly traceData: string;
  readonly simResults: string;
  readonly report: string;
  readonly warmupRequests: number;
  readonly networkRttUs: number;
  readonly networkBandwidthMbps: number;
  readonly itlData?: string;
}

/** The reference's "take it from the header". */
const FROM_HEADER = -1;

export const calibrateCommand = (io: Io): Command =>
  new Command('calibrate')
    .description('Compares a simulated replay with the measured trace it replays.')
    .requiredOption('--trace-header <file>', 'header of the measured trace')
    .requiredOption('--trace-data <file>', 'data of the measured trace')
    .requiredOption('--sim-results <file>', 'results file of the replay')
    .requiredOption('--report <file>', 'report to write (JSON)')
    .option(
      '--warmup-requests <count>',
      'records left out; -1 = as the header says',
      wholeOption('warmup-requests', FROM_HEADER),
      FROM_HEADER,
    )
    .option(
      '--network-rtt-us <µs>',
      'round trip added to simulated times; -1 = as the header says',
      wholeOption('network-rtt-us', FROM_HEADER),
      FROM_HEADER,
    )
    .option(
      '--network-bandwidth-mbps <Mbit/s>',
      'adds transfer times; 0 = none',
      numberOption('network-bandwidth-mbps'),
      0,
    )
    .option('--itl-data <file>', 'per-chunk times of the measured trace')
    .action(async (options: CalibrateOptions) => {
      const trace = await readTrace(io, options.traceHeader, options.traceData);
      const results = demand(parseReplayResults(await io.readText(options.simResults), options.simResults));
      const chunks =
        options.itlData === undefined
          ? undefined
          : demand(parseChunkTimes(await io.readText(options.itlData), options.itlData));
      const verdict = demand(
        judgeReplay(trace, results, chunks, {
          ...(options.warmupRequests < 0 ? {} : { warmUpRequests: options.warmupRequests }),
          ...(options.networkRttUs < 0 ? {} : { networkRttUs: options.networkRttUs }),
          bandwidthMbps: options.networkBandwidthMbps,
        }),
      );
      await io.writeText(options.report, `${JSON.stringify(replayReport(verdict), null, 2)}\n`);
      for (const [metric, comparison] of verdict.metrics) {
        io.stderr(
          `${metric}: ${comparison.count} pairs, MAPE ${(comparison.mape * 100).toFixed(1)} %, ` +
            `r ${comparison.pearsonR.toFixed(3)}, ${comparison.bias || 'no bias'}, ${comparison.quality}\n`,
        );
      }
    });
