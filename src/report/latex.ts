// Tables as LaTeX: `tabular` environments with booktabs rules, ready to be included.

import { pythonFixed } from '../base/python-numbers';

export interface RuntimeLine {
  /** As printed. */
  readonly name: string;
  readonly medianRuntimeS: number;
  /** Real seconds ÷ simulated; may be Infinity. */
  readonly speedup: number;
}

/** Below this a speedup shows one decimal. */
const ONE_DECIMAL_BELOW = 10;

/** Table 1 of the published paper: runtime of each simulator against the real run (sim-to-real dcec3fd, validator spec 13.9). */
export function runtimeTableLatex(lines: readonly RuntimeLine[]): string {
  return latexTable(
    'lrr',
    ['Simulator', 'Median Runtime (s)', 'Speedup vs.\\ Real'],
    lines.map((line) => [
      latexText(line.name),
      pythonFixed(line.medianRuntimeS, 1),
      `${speedupText(line.speedup)}$\\times$`,
    ]),
  );
}

function speedupText(speedup: number): string {
  if (!Number.isFinite(speedup)) return '$\\infty$';
  return pythonFixed(speedup, speedup < ONE_DECIMAL_BELOW ? 1 : 0);
}

/** Cells are LaTeX already. No line end after the last line. */
export function latexTable(
  columns: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  return [
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    line(header),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
  ].join('\n');
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '∞': '$\\infty$',
  '−': '$-$',
  '\u202f': '\\,',
  // Other letters in the fonts that TeX starts with.
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
};

/** A text from a file as LaTeX prints it, on one line: an empty one would end the paragraph inside a table. */
export function latexText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\\~^<>|&%$#_{}∞−\u202f]/g, (character) => SPECIAL[character] ?? `\\${character}`);
}
