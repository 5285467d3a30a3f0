import { describe, expect, it } from 'vitest';
import { figuresCommand } from '../../src/headless/commands/figures';
import { errorRecordsCsv, runtimeCsv } from '../../src/report/record-csv';
import type { ErrorRecord, RuntimeRecord } from '../../src/domain/prediction';
import { runCommand } from '../support/captured-io';
import { FIGURE_ERRORS, FIGURE_RUNTIMES } from '../support/figure-rows';

const errors = FIGURE_ERRORS.map(
  (row) => ({ predicted: 1, actual: 1, mpe: 0, absoluteError: 0, ...row }) as ErrorRecord,
);
const FILES = {
  'r/error_records.csv': errorRecordsCsv(errors),
  'r/runtime.csv': runtimeCsv(FIGURE_RUNTIMES as RuntimeRecord[]),
};
const ARGUMENTS = ['--results-dir', 'r', '--output-dir', 'o', '--format', 'svg'];

describe('figures', () => {
  it('writes figures, table and numbers, one line each', async () => {
    const { stdout, written, problems } = await runCommand(figuresCommand, ARGUMENTS, FILES);
    expect(problems).toEqual([]);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      '  OK: fig1_model_sensitivity',
      '  OK: fig2_hardware_portability',
      '  OK: fig3_workload_sensitivity',
      '  OK: fig4a_config_dense',
      '  OK: fig4b_config_moe',
      '  OK: fig5_pareto',
    ]);
    expect(stdout.endsWith('  OK: table1_runtime\nFigures saved to o\n')).toBe(true);
    expect([...written.keys()]).toContain('o/sim_comparisons/blis_vs_llm_optimizer.svg');
    expect(written.get('o/table1_runtime.tex')).toBe(
      [
        '\\begin{tabular}{lrr}',
        '\\toprule',
        'Simulator & Median Runtime (s) & Speedup vs.\\ Real \\\\',
        '\\midrule',
        'BLIS & 2.0 & 600$\\times$ \\\\',
        'BLIS-Roofline & 1.5 & 800$\\times$ \\\\',
        'Vidur & 6.3 & 190$\\times$ \\\\',
        'LLM-Optimizer & 0.1 & 12000$\\times$ \\\\',
        'AIConfigurator & 2.7 & 444$\\times$ \\\\',
        'LLMServingSim & 190.0 & 6.3$\\times$ \\\\',
        '\\bottomrule',
        '\\end{tabular}',
      ].join('\n'),
    );
  });

  it('writes the same bytes again, PDF included, with all fonts embedded', async () => {
    const draw = () =>
      runCommand(
        figuresCommand,
        ['--results-dir', 'r', '--output-dir', 'o', '--only', 'fig1', 'fig5'],
        FILES,
      );
    const [first, second] = [await draw(), await draw()];
    expect([...first.written]).toEqual([...second.written]);
    const pdf = first.writtenBytes.get('o/fig1_model_sensitivity.pdf')!;
    expect(
      Buffer.from(pdf).equals(Buffer.from(second.writtenBytes.get('o/fig1_model_sensitivity.pdf')!)),
    ).toBe(true);
    const text = Buffer.from(pdf).toString('latin1');
    expect(text.startsWith('%PDF-1.')).toBe(true);
    expect(text).toContain('/FontFile2');
    expect(text).not.toMatch(/\/Type3|Helvetica/);
  });

  it('skips what has no data and says so', async () => {
    const none = { ...FILES, 'r/error_records.csv': errorRecordsCsv([]) };
    const { stdout, stderr } = await runCommand(figuresCommand, ARGUMENTS, none);
    expect(stdout).toContain('  SKIP: fig1_model_sensitivity (insufficient data)\n');
    expect(stderr).toContain('fig5_pareto: no simulator has both errors and runtimes');
  });

  it('hides excluded simulators, but not in figure 5', async () => {
    const args = [...ARGUMENTS, '--exclude-simulators=vidur'];
    const { written } = await runCommand(figuresCommand, args, FILES);
    expect(written.get('o/fig1_model_sensitivity.svg')).not.toContain('Vidur');
    expect(written.get('o/fig5_pareto.svg')).toContain('Vidur');
    expect(written.get('o/fig0b_aggregate_trace.svg')).toContain('Vidur');
  });

  it('takes the matched LLMServingSim rows instead of the others', async () => {
    const matched = errors
      .filter((row) => row.simulator === 'llmservingsim')
      .map((row) => ({ ...row, mape: 77 }));
    const files = { ...FILES, 'r/llmservingsim_error_records_matched.csv': errorRecordsCsv(matched) };
    const { written } = await runCommand(figuresCommand, ARGUMENTS, files);
    const { figures } = JSON.parse(written.get('o/figures.json')!) as {
      figures: { fig1_mape_by_model: { e2e_mean: Record<string, Record<string, number>> } };
    };
    expect(figures.fig1_mape_by_model.e2e_mean['Qwen/Qwen3-14B']!['llmservingsim']).toBe(77);
  });

  it('names missing files, and warns of missing metadata', async () => {
    const { problems } = await runCommand(figuresCommand, ARGUMENTS, {});
    expect(problems).toEqual(['error_records.csv not found in r']);
    const { stderr } = await runCommand(figuresCommand, [...ARGUMENTS, '--metadata', 'nowhere.csv'], FILES);
    expect(stderr).toContain('WARNING: Metadata file not found: nowhere.csv');
  });
});
