import { describe, expect, it } from 'vitest';
import { pythonBoolean, pythonFixed2, pythonFloat } from '../../src/base/python-numbers';

describe('repr(float)', () => {
  it.each([
    [5, '5.0'],
    [0.9, '0.9'],
    [-12.25, '-12.25'],
    [0, '0.0'],
    [-0, '-0.0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [-2.5e-100, '-2.5e-100'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1e22, '1e+22'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('spells %d as %s', (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });
});

describe("'%.2f'", () => {
  it.each([
    [0.125, '0.12'],
    [0.375, '0.38'],
    [-0.125, '-0.12'],
    [2.625, '2.62'],
    [1.005, '1.00'],
    [2.675, '2.67'],
    [28576.243, '28576.24'],
    [0, '0.00'],
    [-0, '-0.00'],
    [-0.001, '-0.00'],
    [1e21, '1000000000000000000000.00'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('prints %d as %s', (value, text) => {
    expect(pythonFixed2(value)).toBe(text);
  });
});

it('spells booleans with a capital', () => {
  expect([pythonBoolean(true), pythonBoolean(false)]).toEqual(['True', 'False']);
});
