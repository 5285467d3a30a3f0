// Words of the Convert place: names of forms, and the headless command that does the same.

import type { OutputOptions, ReadAnswer } from '../../workers/converter-protocol';
import type { Target } from '../../report/convert/write-load';

export const TARGET_LABELS: Readonly<Record<Target, { readonly label: string; readonly about: string }>> = {
  spec: { label: 'v2 YAML', about: 'The specification as it stands in the editor.' },
  clients: {
    label: 'v2 YAML, clients written out',
    about: 'inference_perf expanded into clients, as the reference’s convert does.',
  },
  tracev2: { label: 'TraceV2', about: 'Header YAML and data CSV, one row a request.' },
  'blis-22': {
    label: 'BLIS trace, 22 columns',
    about: 'The older column set that the sim-to-real study writes.',
  },
  vidur: { label: 'Vidur trace', about: 'Arrival, prompt and output tokens, one row a request.' },
};

/** Quotes what a shell would split. */
const shell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** What to type to get the same files without the page. */
export function commandFor(answer: ReadAnswer, options: OutputOptions, isEdited: boolean): string {
  const file = shell(isEdited || answer.format.startsWith('Preset') ? 'workload.yaml' : answer.file);
  if (options.target === 'clients') return `plumbline convert inference-perf --spec ${file}`;
  if (options.target === 'spec') {
    return answer.format === 'ServeGen data' && !isEdited
      ? `plumbline convert servegen --path ${file}`
      : `plumbline requests --workload-spec ${file}`;
  }
  const switches = [
    options.sortByStart ? ' --sort-by-start' : '',
    options.dropFailed ? ' --drop-failed' : '',
  ];
  const format = options.target === 'tracev2' ? '' : ` --format ${options.target}`;
  return `plumbline convert trace --file ${file}${format}${answer.kind === 'measured' ? switches.join('') : ''} --output-dir out`;
}

/** `12 400 of 16 800` style counts are the caller's; this names a share in percent. */
export const sharePercent = (part: number, whole: number): string =>
  whole === 0 ? '0' : ((part / whole) * 100).toFixed(part / whole < 0.1 ? 1 : 0);
