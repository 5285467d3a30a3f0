// What the Figures tab draws from: the project's own run, or the two CSV files of any run that were opened instead.

import type { Problem } from '../../../base/problem';
import type { FigureData } from '../../../figures/data/prepare';
import { readFigureFiles, type FigureFiles, type TextFile } from '../../../figures/inputs';
import type { Keep } from '../../state/keep';
import { isErrorRecords, isMatchedErrors, isMatchedRuntime, isRuntime } from './result-files';

export type FigureSource =
  | { readonly kind: 'run' }
  | {
      readonly kind: 'files';
      readonly name: string;
      readonly data: FigureData;
      readonly warnings: readonly string[];
    };

/** What is needed of a picked file. */
export interface PickedFile {
  readonly name: string;
  text(): Promise<string>;
}

export class FigureStudio {
  #source = $state.raw<FigureSource>({ kind: 'run' });
  #problem = $state.raw<Problem | undefined>();

  get source(): FigureSource {
    return this.#source;
  }

  /** Why the last files could not be opened. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  useRun(): void {
    this.#source = { kind: 'run' };
    this.#problem = undefined;
  }

  async open(files: readonly PickedFile[]): Promise<void> {
    const chosen = await chooseFiles(files);
    if ('code' in chosen) {
      this.#problem = chosen;
      return;
    }
    const read = readFigureFiles(chosen);
    if (!read.ok) {
      this.#problem = read.error;
      return;
    }
    const { data, warnings } = read.value;
    const noTimes =
      data.runtimes.length > 0
        ? []
        : ['No runtimes were opened, so figure 5 and the runtime table are missing.'];
    this.#problem = undefined;
    this.#source = { kind: 'files', name: chosen.errors.name, data, warnings: [...warnings, ...noTimes] };
  }
}

/** The one studio of the page. */
export function studioOf(kept: Keep): FigureStudio {
  return kept.get(
    'figures',
    () => new FigureStudio(),
    (value) => value instanceof FigureStudio,
  );
}

/** Which of the files is what. Runtimes may be missing: then only figure 5 and the table are. */
async function chooseFiles(files: readonly PickedFile[]): Promise<FigureFiles | Problem> {
  const read = async (isIt: (name: string) => boolean): Promise<TextFile | undefined> => {
    const file = files.find(({ name }) => isIt(name));
    return file && { name: file.name, text: await file.text() };
  };
  const errors = await read(isErrorRecords);
  if (errors === undefined) {
    return {
      code: 'missing-file',
      message: `No error_records.csv among ${files.map(({ name }) => name).join(', ')}. Choose it together with runtime.csv.`,
    };
  }
  const runtimes = (await read(isRuntime)) ?? { name: 'runtime.csv', text: NO_RUNTIMES };
  const matchedErrors = await read(isMatchedErrors);
  const matchedRuntimes = await read(isMatchedRuntime);
  const isOther = (name: string): boolean =>
    [isErrorRecords, isRuntime, isMatchedErrors, isMatchedRuntime].every((isKnown) => !isKnown(name));
  const metadata = await read((name) => /\.csv$/i.test(name) && isOther(name));
  return {
    errors,
    runtimes,
    ...(matchedErrors === undefined ? {} : { matchedErrors }),
    ...(matchedRuntimes === undefined ? {} : { matchedRuntimes }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

const NO_RUNTIMES = 'simulator,experiment_folder,model,workload,wall_clock_seconds\n';
