// Readers and writers of the validation over generated inputs: places of JSON faults, records cut into arbitrary chunks, numbers
// and texts that survive the CSV files.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPlace, parseJson } from '../../src/base/json';
import { pythonFixed2, pythonFloat } from '../../src/base/python-numbers';
import { errorRecordsCsv } from '../../src/report/record-csv';
import { JsonRecordReader, type JsonRecord } from '../../src/sources/json-records';
import { readErrorRecords } from '../../src/sources/records-csv';
import { compare, percentageErrors } from '../../src/validation/compare';
import { madeExperiment, madeResult } from '../support/made-experiment';

const SEEDED = { seed: 20260304, numRuns: 300 };

describe('JSON', () => {
  it('is accepted exactly where the engine accepts it, and every fault has a place inside the text', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '\n', 'NaN', '\\', '01', '{'))
      .map(([text, at, piece]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + piece + text.slice(cut + (at % 2));
      });
    fc.assert(
      fc.property(damaged, (text) => {
        let isValid = true;
        try {
          JSON.parse(text);
        } catch {
          isValid = false;
        }
        const parsed = parseJson(text, 'f.json');
        expect(parsed.ok).toBe(isValid);
        if (parsed.ok) return;
        const { line = 0, column = 0 } = parsed.error;
        const lines = text.split('\n');
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        // The scanner names the fault; it never falls back on saying nothing.
        expect(parsed.error.message).not.toContain('the text is not JSON');
      }),
      SEEDED,
    );
  });

  it('values are found at their path', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), fc.nat(), (numbers, pick) => {
        const index = pick % numbers.length;
        const text = JSON.stringify({ before: 'x', list: numbers }, null, 2);
        const { line, column } = jsonPlace(text, ['list', index]);
        const here = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
        expect(parseInt(here, 10)).toBe(numbers[index]);
      }),
      SEEDED,
    );
  });
});

it('records come out of a stream alike however it is cut', () => {
  const records = fc.array(fc.record({ a: fc.integer(), text: fc.string(), deep: fc.jsonValue() }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      records,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      fc.boolean(),
      (list, cuts, isPretty) => {
        const bytes = new TextEncoder().encode(JSON.stringify(list, null, isPretty ? 2 : 0));
        const found: unknown[] = [];
        const reader = new JsonRecordReader('f.json', (record: JsonRecord) => {
          found.push(record.value);
          return undefined;
        });
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          expect(reader.push(bytes.subarray(at, at + size))).toBeUndefined();
          at += size;
        }
        expect(reader.end()).toBeUndefined();
        expect(found).toEqual(JSON.parse(new TextDecoder().decode(bytes)));
      },
    ),
    SEEDED,
  );
});

describe('numbers', () => {
  it('read back as they were written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = pythonFloat(value);
        expect(Object.is(Number(text), value)).toBe(true);
        expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]\d{2,3})?$/);
        expect(/[.e]/.test(text)).toBe(true);
      }),
      SEEDED,
    );
  });

  it('rounded to two decimals stay within half a hundredth', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const text = pythonFixed2(value);
        expect(text).toMatch(/^-?\d+\.\d\d$/);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.005 + 1e-9);
      }),
      SEEDED,
    );
  });

  it('give errors that agree with each other', () => {
    const latency = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(latency, latency, (predicted, actual) => {
        const { mape, mpe, absoluteError } = percentageErrors(predicted, actual);
        expect(Math.abs(mpe)).toBe(mape);
        expect(Math.sign(mpe)).toBe(Math.sign(predicted - actual));
        expect(absoluteError).toBe(Math.abs(predicted - actual));
      }),
      SEEDED,
    );
  });
});

it('records survive the CSV file, whatever their names', () => {
  const [record] = compare(madeExperiment(), madeResult());
  if (record === undefined) throw new Error('no record');
  // Surrounding blanks are not kept, and an apostrophe before a formula sign is the neutralising one.
  const name = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => text === text.trim() && !text.startsWith("'"));
  fc.assert(
    fc.property(name, name, fc.double({ min: 0, noNaN: true }), (experimentFolder, model, predicted) => {
      const text = errorRecordsCsv([{ ...record, experimentFolder, model, predicted }]);
      const read = readErrorRecords(text, 'e.csv');
      if (!read.ok) throw new Error(read.error.message);
      expect(read.value.rows[0]).toMatchObject({ experimentFolder, model, predicted });
    }),
    SEEDED,
  );
});
