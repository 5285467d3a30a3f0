// The bundled demonstration, and the document format it is written in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDemo, writeDemo } from '../../../src/sources/demo';
import { madeExperiment } from '../../support/made-experiment';

const FILE = join(import.meta.dirname, '../../../public/demo/measurements.json');
const bundled = () => readDemo(readFileSync(FILE, 'utf8'), 'measurements.json');

describe('the bundled demo', () => {
  it('holds twelve experiments of four models, and names its source', () => {
    const demo = bundled();
    if (!demo.ok) throw new Error(demo.error.message);
    const { experiments, source } = demo.value;
    expect(experiments).toHaveLength(12);
    expect(new Set(experiments.map(({ model }) => model)).size).toBe(4);
    expect(experiments.filter(({ safe }) => safe === 'safe')).toHaveLength(9);
    expect(source.origin).toContain('inference-sim/training');
    const [first] = experiments;
    // The worked example of a stage: 8 requests per second for 600 s.
    expect(first?.stages[0]).toMatchObject({ rateRps: 8, durationS: 600, numRequests: 4800 });
    expect(first?.stages[0]?.e2e.mean).toBeCloseTo(3694.4, 1);
  });
});

describe('the document', () => {
  const source = { title: 't', origin: 'o', remarks: ['r'] };
  const experiment = madeExperiment({
    dp: 2,
    warnings: ['w'],
    profile: {
      stages: [
        { rateRps: 5, durationS: 10 },
        { rateRps: 5, durationS: 10 },
      ],
      hasSharedPrefixObject: true,
      dataType: 'shared_prefix',
      questionLen: 1,
      systemPromptLen: 2,
      outputLen: 3,
      numUniqueSystemPrompts: 4,
      numUsersPerSystemPrompt: 5,
      enableMultiTurnChat: true,
      ignoreEos: true,
    },
  });
  const text = writeDemo({ source, experiments: [experiment] });
  const problem = (changed: string): string => {
    const read = readDemo(changed, 'd.json');
    return read.ok ? 'read' : read.error.message;
  };

  it('reads back as it was written', () => {
    expect(readDemo(text, 'd.json')).toEqual({ ok: true, value: { source, experiments: [experiment] } });
  });

  it('says what is wrong with a newer, cut or incomplete one', () => {
    expect(problem(text.replace('"formatVersion": 1', '"formatVersion": 9'))).toContain('format version 9');
    expect(problem(text.slice(0, 400))).toContain('line');
    expect(problem(text.replace('"tp":2,', ''))).toContain('the key experiments[0].tp is missing');
    expect(problem(text.replace(/,\n {4}\[1,-1,.*\]/, ''))).toContain('experiment 1 has no summary row');
  });
});
