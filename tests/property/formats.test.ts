// Invariants of reading files that other programs wrote.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryFile } from '../../src/sources/file-tree';
import { detect } from '../../src/sources/formats/detect';
import { importFile } from '../../src/sources/formats/import-file';
import { parseLenientJson } from '../../src/sources/formats/lenient-json';
import { plannedTotal, sampledStages } from '../../src/sources/pre-run/planned-requests';

const SEED = { seed: 20260718, numRuns: 300 };

it('lenient JSON reads whatever JSON.stringify writes, apart from private keys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value);
      const parsed = parseLenientJson(text, 'f', new Set());
      if (!parsed.ok) throw new Error(parsed.error.message);
      // A bare number at the very end of a file cannot be told from half of one.
      if (typeof value === 'number') return;
      const normal = JSON.stringify(parsed.value.values[0], (_, each: unknown) =>
        typeof each === 'bigint' ? Number(each) : each,
      );
      expect(JSON.parse(normal)).toEqual(JSON.parse(text));
    }),
    SEED,
  );
});

it('any prefix of a list of records keeps whole records only, in order', () => {
  const record = fc.record({ start_time: fc.integer(), name: fc.string() });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), fc.nat(), (records, cut) => {
      const whole = JSON.stringify(records);
      const text = whole.slice(0, 1 + (cut % whole.length));
      const parsed = parseLenientJson(text, 'f', new Set());
      if (!parsed.ok) throw new Error(parsed.error.message);
      const [list] = parsed.value.values as unknown as readonly (readonly object[])[];
      const kept = (list ?? []).filter((each) => !parsed.value.isCut(each as never));
      expect(kept.length).toBeLessThanOrEqual(records.length);
      expect(JSON.parse(JSON.stringify(kept))).toEqual(
        JSON.parse(JSON.stringify(records.slice(0, kept.length))),
      );
    }),
    SEED,
  );
});

it('no bytes at all make detection or import throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('{"', '[{"', 'a,b\n', '', '\x1f\x8b', 'PK\x03\x04'),
      async (bytes, head) => {
        const content = new Uint8Array([
          ...Uint8Array.from(head, (letter) => letter.charCodeAt(0)),
          ...bytes,
        ]);
        const detection = detect(content, new Uint8Array(0), 'x');
        if (detection.kind === 'unknown') expect(detection.reason.length).toBeGreaterThan(5);
        const outcome = await importFile(memoryFile('x', content));
        if (!outcome.ok) expect(outcome.error.message.length).toBeGreaterThan(5);
      },
    ),
    SEED,
  );
});

it('a sampled profile sends exactly the cap', () => {
  const stage = fc.record({
    rateRps: fc.integer({ min: 1, max: 40 }),
    durationS: fc.integer({ min: 1, max: 1200 }),
  });
  fc.assert(
    fc.property(
      fc.array(stage, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 2000 }),
      (stages, cap) => {
        const sampled = sampledStages(stages, cap);
        const total = plannedTotal(stages);
        if (total <= cap) expect(sampled).toBe(stages);
        // A last stage may be left with less than nothing when the halves before it all rounded up.
        else if (sampled.every(({ durationS }) => durationS >= 0)) expect(plannedTotal(sampled)).toBe(cap);
      },
    ),
    SEED,
  );
});
