// What the page reads of its own: links, run files, calibrated servers, settings; and the result files of the figures.

import { deflateSync } from 'fflate';
import { utf8, type Door, type HostileCase } from './case';

const text =
  (door: Door, kind: string, file: string) =>
  (name: string, content: string, told: HostileCase['told']): HostileCase => ({
    name: `${kind}: ${name}`,
    door,
    files: { [file]: content },
    told,
  });

const base64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const packed = (content: string): string => `1.${base64Url(deflateSync(utf8(content), { level: 9 }))}`;
const linkText = text('link', 'link', 'link');
const link = (
  name: string,
  content: string,
  told: HostileCase['told'] = /The link is damaged/,
): HostileCase => linkText(name, content, told);

const runFile = text('run-file', 'run file', 'run.json');
const RUN = {
  format: 'plumbline-run',
  formatVersion: 1,
  settings: {},
  name: 'x',
  workloadHash: 'a',
  resultHash: 'b',
  modelVersion: '1',
};
const run = (name: string, changes: object, told: HostileCase['told']): HostileCase =>
  runFile(name, JSON.stringify({ ...RUN, ...changes }), told);

const serverFile = text('server', 'calibrated server', 'server.json');
const SERVER = {
  format: 'plumbline-calibrated-server',
  formatVersion: 1,
  name: 'mine',
  models: ['m'],
  gpu: 'H100',
  tp: 1,
  precision: 'FP16',
  pipelinedScheduling: false,
  prefixCaching: true,
  blockSizeTokens: 16,
  calibratedOn: [],
  parameters: {},
};
const server = (name: string, changes: object, told: HostileCase['told']): HostileCase =>
  serverFile(name, JSON.stringify({ ...SERVER, ...changes }), told);

const settings = text('settings', 'settings', 'settings.yaml');

const errors = text('records', 'result file', 'error_records.csv');
const HEADER = 'simulator,experiment_folder,model,workload,stage_index,metric_name,mape\n';
const runtimes = text('records', 'runtime file', 'runtime.csv');

const judge = text('judge', 'replay results', 'results.json');

export const pageCases: readonly HostileCase[] = [
  link('of nothing', ''),
  link('without a version', 'abc'),
  link('of a version to come', '99.abc', /newer version/),
  link('of a version beyond all numbers', `${'9'.repeat(400)}.abc`, /newer version/),
  link('that is not base64', '1.%%%'),
  link('that is not deflated', `1.${base64Url(utf8('hello'))}`),
  link('that is no JSON', packed('hello')),
  link('of a list', packed('[1, 2]')),
  link('of null', packed('null')),
  link('cut off', packed('{"model": "meta-llama/llama-3.1-8b-instruct", "tp": "2"}').slice(0, 20)),
  link('that unpacks to 20 MB', packed(`{"x": "${'a'.repeat(20_000_000)}"}`)),
  link('longer than any', `1.${'A'.repeat(1_000_000)}`),
  link(
    'with keys nobody knows',
    packed('{"toString": "x", "constructor": "y", "tpp": "2"}'),
    /toString, constructor, tpp/,
  ),
  link('of prototypes', packed('{"__proto__": {"polluted": true}, "tp": "2"}'), /__proto__/),
  link('with a number where a text belongs', packed('{"tp": 2}'), /tp/),
  link('of markup', packed('{"model": "<img src=x onerror=alert(1)>"}'), 'read'),
  link('with a preset nobody knows', packed('{"preset": "__proto__"}'), 'read'),
  link(
    'with a workload of brackets',
    packed(JSON.stringify({ 'workload-spec': '['.repeat(20_000) })),
    'read',
  ),

  runFile('empty', '', /run\.json, line 1, column 1/),
  runFile('of another kind', '{"format": "other"}', /run\.json is not a saved run/),
  runFile('null', 'null', /run\.json is not a saved run/),
  runFile('nested 200,000 deep', '['.repeat(200_000), /run\.json.*nest deeper/),
  run('of a version to come', { formatVersion: 99 }, /newer Plumbline/),
  run('of a version that is a text', { formatVersion: '1' }, /run\.json is not a saved run/),
  run('without settings', { settings: undefined }, /run\.json has no settings/),
  run(
    'with settings of a list',
    { settings: [1] },
    /run\.json, settings: expected an object of texts, found a list/,
  ),
  run('with a setting of a number', { settings: { tp: 2 } }, /settings\.tp: expected a text/),
  run(
    'with a setting nobody knows',
    { settings: { toString: 'x' } },
    /settings\.toString: this page knows no such setting/,
  ),
  runFile(
    'with a setting called __proto__',
    JSON.stringify({ ...RUN, settings: {} }).replace('"settings":{}', '"settings":{"__proto__":"x"}'),
    /settings\.__proto__: this page knows no such setting/,
  ),
  run('whose name is a list', { name: ['x'] }, /name: expected a text/),

  serverFile('empty', '', /server\.json, line 1, column 1/),
  serverFile('of another kind', '{}', /server\.json is not a calibrated server/),
  server('of a version to come', { formatVersion: 99 }, /reads up to 1/),
  server('with half a GPU', { tp: 0.5 }, /server\.json: tp should be a whole number/),
  server('with a name of 10,000 letters', { name: 'n'.repeat(10_000) }, /name should be a text of 1 to 120/),
  server('with models of numbers', { models: [1] }, /models should be/),
  server('with an endless context', { contextRange: [1, 'x'] }, /contextRange/),
  server('without parameters', {}, /parameters\.\w+ should be a number between/),
  serverFile(
    'with an error beyond all numbers',
    JSON.stringify({ ...SERVER, heldOutE2ePercent: 0 }).replace(
      '"heldOutE2ePercent":0',
      '"heldOutE2ePercent":1e999',
    ),
    /heldOutE2ePercent should be/,
  ),

  settings('of a list', '- 1\n', /Expected keys with values/),
  settings('with an unknown key', 'tpp: 2\n', /Did you mean `tp`/),
  settings('called like methods of objects', 'toString: 2\n', /Unknown key `toString`/),
  settings('of prototypes', '__proto__: {polluted: true}\n', /Unknown key `__proto__`/),
  settings('with a map where a value belongs', 'tp: {a: 1}\n', /`tp` takes one value/),
  settings('with the same key twice', 'tp: 1\ntp: 2\n', /unique|twice/i),
  settings('with a quote left open', 'model: "x\n', /line|closed|quote/i),
  settings('nested 20,000 deep', `model: ${'['.repeat(20_000)}`, /nest|deep/i),
  settings('longer than a person writes', `model: ${'x'.repeat(100_000)}`, /up to 65536/),
  settings('an alias bomb', `a: &a [x,x]\nb: &b [*a,*a]\nmodel: *b\n`, /Unknown key/),
  settings(
    'a bundle with unknown keys',
    'policy-config:\n  admission:\n    toString: 5\n',
    /no key|Unknown key/,
  ),
  settings('a scorer that is a text', 'routing-scorers: [a, {b: 1}]\n', /takes/),
  settings('null bytes', 'model: "a\u0000b"\n', 'read'),

  errors('empty', '', /error_records\.csv lacks the columns .*it is empty/),
  errors('with another header', 'a,b\n1,2\n', /error_records\.csv lacks the columns/),
  errors(
    'of a thousand broken rows',
    `${HEADER}${'a,b,c,d,x,y,z\n'.repeat(1000)}`,
    /1000 lines \(2, 3, 4, …\), each is skipped: stage_index/,
  ),
  errors('with errors beyond all numbers', `${HEADER}s,f,m,w,0,e2e_mean,1e999\n`, 'read'),
  errors('with names of formulas and markup', `${HEADER}=cmd|x,<b>f</b>,"m,""n",w,0,e2e_mean,5\n`, 'read'),
  errors('of a single quote', `${HEADER}"`, /line 2, field 1: a quoted field is not closed/),
  errors('with a thousand columns', `${'c,'.repeat(1000)}\n`, /lacks the columns/),
  runtimes(
    'with a time below zero',
    'simulator,experiment_folder,model,workload,wall_clock_seconds\ns,f,m,w,-1\n',
    /line 2 is skipped: wall_clock_seconds/,
  ),
  runtimes('with zero bytes', 'simulator\u0000,experiment_folder\n', /runtime\.csv/),

  judge(
    'of a million nulls',
    `[${'null,'.repeat(999_999)}null]`,
    /results\.json, line 1: \[0\]: expected an object, found null/,
  ),
  judge('of texts', '[{"request_id": "x", "ttft_us": 5}]', /results\.json, line 1.*request_id/),
  judge('cut off', '[{"request_id": 1, "ttft', /results\.json, line 1, column/),
];
