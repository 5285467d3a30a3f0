// `node bench/compare.mjs [--case W] [--pairs 5] -- COMMAND …`: our replay and any other command on the same trace, in turn, in
// one session. In COMMAND, {header} and {data} stand for the trace's files, {flags} for the flags of the case as the
// reference's replay takes them. Times are CPU seconds (user + system) of each fresh process.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const separator = process.argv.indexOf('--');
const own = process.argv.slice(2, separator < 0 ? undefined : separator);
const other = separator < 0 ? [] : process.argv.slice(separator + 1);
const flag = (name, otherwise) => {
  const at = own.indexOf(`--${name}`);
  return at < 0 ? otherwise : own[at + 1];
};
const caseName = flag('case', 'W');
const pairs = Number(flag('pairs', '5'));
if (other.length === 0) {
  console.error(
    'usage: node bench/compare.mjs [--case W] [--pairs 5] -- COMMAND with {header}, {data} and {flags}',
  );
  process.exit(1);
}
if (!existsSync('dist/headless/plumbline.mjs')) {
  console.error('dist/headless/plumbline.mjs is missing: run npm run build first.');
  process.exit(1);
}

await build({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: 'bench/trace.ts',
    outDir: 'build/bench',
    emptyOutDir: false,
    target: 'node20',
    minify: false,
  },
  ssr: { noExternal: true },
});
const { yardstickTrace, caseFlags } = await import('../build/bench/trace.js');

const folder = mkdtempSync(join(tmpdir(), 'plumbline-compare-'));
const files = { header: join(folder, 'header.yaml'), data: join(folder, 'data.csv') };
try {
  const trace = yardstickTrace(caseName);
  writeFileSync(files.header, trace.header);
  writeFileSync(files.data, [...trace.data].join(''));
  const flags = caseFlags(caseName);
  const replay = ['--trace-header', files.header, '--trace-data', files.data, ...flags];
  const ours = [process.execPath, 'dist/headless/plumbline.mjs', 'replay', ...replay];
  const theirs = other.flatMap((part) =>
    part === '{flags}' ? flags : [part.replace('{header}', files.header).replace('{data}', files.data)],
  );
  const seconds = { ours: [], theirs: [] };
  for (let pair = 0; pair < pairs; pair++) {
    seconds.ours.push(cpuSeconds(ours));
    seconds.theirs.push(cpuSeconds(theirs));
  }
  const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const list = (values) => values.map((value) => value.toFixed(2)).join(' ');
  console.log(`case ${caseName}, ${pairs} pairs, CPU seconds of a fresh process`);
  console.log(`ours    median ${median(seconds.ours).toFixed(2)}  (${list(seconds.ours)})`);
  console.log(`theirs  median ${median(seconds.theirs).toFixed(2)}  (${list(seconds.theirs)})`);
  console.log(`ratio   ${(median(seconds.theirs) / median(seconds.ours)).toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function cpuSeconds(command) {
  // The shell's `time` is the only clock of a child's CPU time that Node offers.
  const quoted = command.map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
  const run = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time ${quoted} >/dev/null 2>&3`], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', 'inherit'],
  });
  const last = run.stderr.trim().split('\n').at(-1) ?? '';
  const [user, system] = last.split(' ').map(Number);
  if (run.status !== 0 || !Number.isFinite(user))
    throw new Error(`${command.join(' ')} failed: ${run.stderr}`);
  return user + system;
}
