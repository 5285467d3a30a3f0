import { expect, it } from 'vitest';
import { formatProblem, type Problem } from '../../src/base/problem';

const problem = (message: string, place: Partial<Problem> = {}): Problem => ({
  code: 'malformed',
  message,
  ...place,
});

it.each([
  [problem('No GPU fits.'), 'No GPU fits.'],
  [problem('no latency', { file: 'a.json' }), 'a.json: no latency'],
  [problem('no latency', { file: 'a.json', line: 3, column: 4 }), 'a.json:3:4: no latency'],
  [problem('a.json, line 3: no latency', { file: 'a.json', line: 3, column: 4 }), 'a.json:3:4: no latency'],
  [problem('a.json, line 3, column 4: no', { file: 'a.json', line: 3, column: 4 }), 'a.json:3:4: no'],
  [problem('a.csv, line 3, field 2: no', { file: 'a.csv', line: 3 }), 'a.csv, line 3, field 2: no'],
  [problem('Nothing in a.json.', { file: 'a.json' }), 'Nothing in a.json.'],
])('names the place once: %j', (given, text) => {
  expect(formatProblem(given)).toBe(text);
});
