import { expect, it } from 'vitest';
import { optionsText } from '../../../src/report/options-text';

it('names what is not the default, and always mode and chat reading', () => {
  expect(optionsText({ mode: 'reference', multiTurn: 'as-profile' })).toBe(
    'mode reference, chat sessions as-profile',
  );
  expect(optionsText({ mode: 'corrected', multiTurn: 'off', arrivals: 'measured', study: 'dcec3fd' })).toBe(
    'mode corrected, chat sessions off, BLIS on measured requests, adapter rules of dcec3fd',
  );
  expect(
    optionsText({
      mode: 'reference',
      multiTurn: 'off',
      arrivals: 'both',
      study: '5b12a00',
      sampledRuns: 'matched',
      tableGaps: 'estimate',
      borrowVersions: true,
    }),
  ).toBe(
    'mode reference, chat sessions off, BLIS on generated and on measured requests, sampled runs against the same requests, gaps of operator tables estimated, shapes borrowed from other table versions',
  );
});
