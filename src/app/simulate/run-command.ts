// The whole form as the command that does the same: `plumbline run …`, or `replay` for a recorded load, with the files it reads
// written before it.

import { bundleYaml } from './bundle-yaml';
import { heldLoads } from './held-loads';
import { heldModels } from './held-models';
import { expandServer } from './held-servers';
import { isGiven, isRead, sourceOf } from './relevance';
import { RUN_FLAGS } from '../../adapters/blis/run-flags';
import { FLAG_SETTINGS, type FleetSettings } from './setting-table';

const quoted = (text: string): string =>
  /^[\w./:,@+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const hereFile = (name: string, text: string): string => `cat > ${name} <<'END'\n${text.trimEnd()}\nEND\n`;

/** Flags that differ from the defaults; a calibrated server as its coefficients. */
function flagsOf(typed: FleetSettings): string[] {
  const expanded = expandServer(typed);
  const settings = expanded.ok ? expanded.value.settings : typed;
  return FLAG_SETTINGS.flatMap(([name, flag]) => {
    if (!isGiven(name, settings)) return [];
    const text = settings[name].trim();
    const kind = RUN_FLAGS.get(flag)?.kind;
    if (kind === 'switch') return text === 'true' ? [`--${flag}`] : [`--${flag}=false`];
    return [`--${flag} ${quoted(kind === 'numbers' ? text.replace(/\s+/g, '') : text)}`];
  });
}

/** A shell script of one command and the files it reads. */
export function runCommandText(settings: FleetSettings): string {
  const files: string[] = [];
  const flags = flagsOf(settings);
  const bundle = bundleYaml(settings);
  if (bundle.ok && bundle.value !== '') {
    files.push(hereFile('policy.yaml', bundle.value));
    flags.push('--policy-config policy.yaml');
  }
  if (isRead('fitnessWeights', settings) && settings.fitnessWeights.trim() !== '') {
    flags.push(`--fitness-weights ${quoted(settings.fitnessWeights.trim())}`);
  }
  if (heldModels.facts(settings.model) !== undefined) {
    files.push(`# config.json is that of ${settings.model.trim()}.\n`);
    flags.push('--model-config-folder .');
  }
  const source = sourceOf(settings);
  if (source === 'spec') {
    files.push(hereFile('workload.yaml', settings.workloadSpec));
    flags.push('--workload-spec workload.yaml');
  }
  let command = 'run';
  if (source === 'recorded') {
    const held = heldLoads.get(settings.recordedLoad);
    if (held?.format.startsWith('Five-column') === true) {
      flags.push('--workload traces', `--workload-traces-filepath ${quoted(held.name)}`);
    } else {
      command = 'replay';
      if (held?.format !== 'BLIS TraceV2') files.push('# Convert writes this load as TraceV2.\n');
      const data = held?.format === 'BLIS TraceV2' ? held.name : 'trace_data.csv';
      flags.push('--trace-header trace_header.yaml', `--trace-data ${quoted(data)}`);
      if (settings.sessionMode === 'closed-loop') flags.push('--session-mode closed-loop');
    }
  }
  return `${files.join('')}plumbline ${command} ${flags.join(' \\\n  ')}\n`;
}
