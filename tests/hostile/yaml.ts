import { bytes, utf16, type HostileCase } from './case';
import { measurements } from './measured';

const config = (name: string, content: string | Uint8Array, told: HostileCase['told']): HostileCase =>
  measurements(`YAML: ${name}`, { 'exp-config.yaml': content }, told);
const load = (name: string, content: string | Uint8Array, told: HostileCase['told']): HostileCase => ({
  name: `YAML: ${name}`,
  door: 'load',
  files: { 'load.yaml': content },
  told,
});

const KEYS = 'tensor_parallelism: 4\nmax_model_len: 4096\nmax_num_batched_tokens: 2048\nmax_num_seqs: 128\n';

const CLIENTS = `clients:
  - id: a
    rate_fraction: 1
    arrival: {process: poisson}
    input_distribution: {type: constant, params: {value: 10}}
    output_distribution: {type: constant, params: {value: 10}}
`;

/** Nine levels of nine: 387 million values if anyone follows the aliases. */
const BOMB = `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from(
  { length: 8 },
  (_, level) => `a${level + 1}: &a${level + 1} [${Array.from({ length: 9 }, () => `*a${level}`).join(',')}]`,
).join('\n')}\nclients: *a8\n`;

export const yamlCases: readonly HostileCase[] = [
  config('empty file', '', /exp-config\.yaml/),
  config('comments only', '# nothing\n# at all\n', /exp-config\.yaml/),
  config('a single word', 'model\n', /exp-config\.yaml/),
  config('a list', '- 1\n- 2\n', /exp-config\.yaml/),
  config('a tab as indentation', 'model: x\n\ttensor_parallelism: 4\n', /exp-config\.yaml, line/),
  config('an open quote', `model: "x\n${KEYS}`, /exp-config\.yaml/),
  config('an open bracket', `model: [x\n${KEYS}`, /exp-config\.yaml, line/),
  config('the same key twice', `model: x\nmodel: y\n${KEYS}`, /exp-config\.yaml/),
  config('an alias without anchor', `model: *nobody\n${KEYS}`, /exp-config\.yaml/),
  config('a value that contains itself', `model: &m [*m]\n${KEYS}`, /exp-config\.yaml/),
  config('a Python object', `model: !!python/object/apply:os.system ["x"]\n${KEYS}`, /exp-config\.yaml/),
  config('binary data', `model: !!binary "////"\n${KEYS}`, 'read'),
  config('bytes that are no text', bytes('model: ', [0xc3, 0x28, 0xff], `\n${KEYS}`), 'read'),
  config('UTF-16', utf16(`model: x\n${KEYS}`), 'read'),
  config('a null byte', `model: a\u0000b\n${KEYS}`, /exp-config\.yaml is no text: it holds zero bytes/),
  config('a zero parallelism', `model: x\n${KEYS.replace('4\n', '0\n')}`, /tensor_parallelism/),
  // The reference cuts the fraction off, too.
  config('a fraction of a GPU', `model: x\n${KEYS.replace('4\n', '1.5\n')}`, 'read'),
  config('a number beyond all numbers', `model: x\n${KEYS.replace('4096', '1e999')}`, /max_model_len/),
  config('a date as a number', `model: x\n${KEYS.replace('4096', '2026-01-01')}`, /max_model_len/),
  config('base 60', `model: x\n${KEYS.replace('4096', '1:08:16')}`, /max_model_len/),
  config(
    'flow lists 50,000 deep',
    `model: x\n${KEYS}extra: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`,
    /exp-config\.yaml nests deeper than 100 levels/,
  ),
  config(
    'blocks 1,000 deep',
    `model: x\n${KEYS}${Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n`,
    /exp-config\.yaml nests deeper than 100 levels/,
  ),
  config(
    '__proto__ as a key',
    `model: x\n${KEYS}__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n`,
    'read',
  ),
  load('an alias bomb', BOMB, /load\.yaml.*alias/is),
  load('a merge of itself', 'clients: &c\n  <<: *c\n', /load\.yaml/),
  load('no clients', 'version: "2"\nclients: []\naggregate_rate: 1\n', /client/),
  load(
    'a client that is a number',
    'version: "2"\nclients: [5]\naggregate_rate: 1\n',
    /clients\[0\]: expected a mapping, found "5"/,
  ),
  load('an unknown key', 'version: "2"\nclientz: []\nnum_requests: 5\n', /clientz/),
  load('a rate that is no number', `version: "2"\naggregate_rate: .nan\n${CLIENTS}`, /rate|client/),
  load(
    'endless requests',
    `version: "2"\naggregate_rate: 1e300\nnum_requests: 9000000000000000\n${CLIENTS}`,
    /more than 250000 requests/,
  ),
  load('two documents', 'version: "2"\n---\nversion: "2"\n', /load\.yaml/),
  load('a line of ten million letters', `version: "${'x'.repeat(10_000_000)}"\n`, /load\.yaml/),
  load('a trace header without its data', 'trace_version: 2\ntime_unit: microseconds\n', /data CSV/),
];
