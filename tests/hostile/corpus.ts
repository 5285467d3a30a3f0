// The whole corpus.

import { benchmarkCases } from './benchmarks';
import type { HostileCase } from './case';
import { csvCases } from './csv';
import { jsonCases } from './json';
import { logCases } from './logs';
import { nameCases } from './names';
import { numberCases } from './numbers';
import { packedCases } from './packed';
import { pageCases } from './pages';
import { yamlCases } from './yaml';

export const CORPUS: readonly HostileCase[] = [
  ...jsonCases,
  ...yamlCases,
  ...csvCases,
  ...packedCases,
  ...logCases,
  ...nameCases,
  ...numberCases,
  ...benchmarkCases,
  ...pageCases,
];
