// Rows of a long table that are in the page: those in sight, some around them, never outside of the table.

import { expect, it } from 'vitest';
import { fewRows, rowWindow } from '../../../src/app/ui/row-window';

it('keeps rows around those in sight, in steps', () => {
  expect(rowWindow({ from: 100, to: 126 }, 500)).toEqual({ from: 88, to: 144 });
  expect(rowWindow({ from: 101, to: 127 }, 500)).toEqual({ from: 88, to: 144 });
});

it('stays within the table, also when it is out of sight', () => {
  expect(rowWindow({ from: -900, to: -870 }, 500)).toEqual({ from: 0, to: 0 });
  expect(rowWindow({ from: -3, to: 20 }, 500)).toEqual({ from: 0, to: 32 });
  expect(rowWindow({ from: 480, to: 520 }, 500)).toEqual({ from: 464, to: 500 });
  expect(rowWindow({ from: 900, to: 930 }, 500)).toEqual({ from: 500, to: 500 });
});

it('leaves short tables whole', () => {
  expect([fewRows(60), fewRows(61)]).toEqual([true, false]);
});
