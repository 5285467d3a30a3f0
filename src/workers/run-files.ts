// A scenario simulated once more for its files, which are made where the columns are; only bytes cross to the page. The run is
// the one on screen, for the same inputs give the same result.

import { fail, ok, type Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import { openRandomDoor } from '../engine/random-door';
import { simulateClassic } from '../engine/simulate-classic';
import type { SimulationHooks } from '../engine/simulate';
import { aggregateJson, stepsFile } from '../report/blis-output';
import { classicJson } from '../report/classic-output';
import { simulateOutput, type RunOutput } from '../report/run-output';
import { generateClassicRequests, parseClassicGenerator } from '../workload/classic-generator';
import { prepareFleet } from './prepare-fleet';
import type { RunFileKind, Scenario, WriteJob } from './simulate-protocol';

/** Texts are gathered into pieces of about this many letters, so that neither one long text nor many small pieces exist. */
const PIECE_LETTERS = 1 << 22;

const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv';

function blobOf(chunks: Iterable<string>, type: string): Blob {
  const pieces: Blob[] = [];
  let held: string[] = [];
  let letters = 0;
  const put = (): void => {
    pieces.push(new Blob(held));
    held = [];
    letters = 0;
  };
  for (const chunk of chunks) {
    held.push(chunk);
    letters += chunk.length;
    if (letters > PIECE_LETTERS) put();
  }
  put();
  return new Blob(pieces, { type });
}

export async function writeRunFile(
  wasm: WebAssembly.Module,
  tables: Catalog,
  { scenario, kind, resultHash }: WriteJob,
  hooks: SimulationHooks,
): Promise<Result<Blob>> {
  if (scenario.kind === 'classic') return writeClassicFile(wasm, scenario, kind);
  const fleet = await prepareFleet(wasm, tables, scenario);
  if (!fleet.ok) return fleet;
  const wants = {
    steps: kind === 'steps',
    decisions: kind === 'decisions',
    chromeTrace: kind === 'chrome-trace',
  };
  const { cluster, instance, workload, isReplay, summarizesTrace } = fleet.value;
  const { fitnessWeights } = scenario;
  const run = { cluster, instance, workload, isReplay, summarizesTrace, fitnessWeights };
  const output = await simulateOutput(wasm, run, wants, hooks);
  if (!output.ok) return output;
  if (output.value.resultHash() === resultHash) return fileOf(output.value, kind);
  return fail({
    code: 'engine-trap',
    message:
      'The run did not come out as before, so no file was written. Run it again; if this repeats, it is a defect of Plumbline.',
  });
}

function fileOf(output: RunOutput, kind: RunFileKind): Result<Blob> {
  switch (kind) {
    case 'text':
      return ok(blobOf([output.text], 'text/plain'));
    case 'aggregate':
      return ok(blobOf([aggregateJson(output.aggregate)], JSON_TYPE));
    case 'metrics':
      return ok(blobOf(output.metrics(), JSON_TYPE));
    case 'results':
      return ok(blobOf(output.results(), JSON_TYPE));
    case 'requests-csv':
      return ok(blobOf(output.requestsCsv(), CSV_TYPE));
    case 'chrome-trace':
      return ok(blobOf(output.chromeTrace(), JSON_TYPE));
    case 'trace-header':
      return ok(blobOf([output.trace().header()], 'application/yaml'));
    case 'trace-data':
      return ok(blobOf(output.trace().data(), CSV_TYPE));
    case 'steps':
      return output.steps === undefined ? notRecorded(kind) : ok(blobOf(output.steps(), CSV_TYPE));
    case 'decisions':
      return output.decisions === undefined ? notRecorded(kind) : ok(blobOf(output.decisions(), CSV_TYPE));
  }
}

const notRecorded = (kind: RunFileKind): Result<never> =>
  fail({ code: 'not-supported', message: `This run records no ${kind}.` });

/** The founding version's files, as the command `classic` writes them. */
async function writeClassicFile(
  wasm: WebAssembly.Module,
  scenario: Extract<Scenario, { kind: 'classic' }>,
  kind: RunFileKind,
): Promise<Result<Blob>> {
  const generator = parseClassicGenerator(scenario.generator, 'requestgenconfig.yaml');
  if (!generator.ok) return generator;
  const requests = generateClassicRequests(generator.value, scenario.config.horizonUs, openRandomDoor(wasm));
  if (!requests.ok) return requests;
  const result = await simulateClassic(wasm, scenario.config, requests.value, { stepLog: kind === 'steps' });
  if (!result.ok) return result;
  if (kind === 'metrics') return ok(blobOf([classicJson(result.value, generator.value.rateRps)], JSON_TYPE));
  const { steps } = result.value;
  return kind === 'steps' && steps !== undefined
    ? ok(blobOf(stepsFile(steps), CSV_TYPE))
    : fail({ code: 'not-supported', message: `The founding version writes no ${kind}.` });
}
