import { describe, expect, it } from 'vitest';
import {
  readCalibratedServer,
  serverMismatch,
  serverNotes,
  writeCalibratedServer,
  type CalibratedServer,
} from '../../src/domain/calibrated-server';
import { DEFAULT_PHYSICS } from '../../src/domain/physics';

const server: CalibratedServer = {
  name: 'My server',
  vector: { ...DEFAULT_PHYSICS, q: 7000 },
  models: ['meta-llama/llama-2-7b-hf'],
  gpu: 'H100',
  tp: 1,
  precision: 'FP16',
  pipelinedScheduling: true,
  prefixCaching: true,
  blockSizeTokens: 16,
  distinctPrompts: 100,
  calibratedOn: [{ name: '1-run', identity: 'abc' }],
  contextRange: [600, 700],
};
const text = writeCalibratedServer(server);
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(text), ...change });
const message = (document: string): string => {
  const read = readCalibratedServer(document, 'x.json');
  return read.ok ? 'accepted' : read.error.message;
};

describe('calibrated server documents', () => {
  it('come back as they were', () => {
    expect(readCalibratedServer(text, 'x.json')).toEqual({ ok: true, value: server });
    // Version 1 of the format, as it was exported first: it must stay readable.
    expect(text).toMatch(/"format": "plumbline-calibrated-server",\s+"formatVersion": 1/);
  });

  it('say what is wrong with them', () => {
    expect(message('{')).toMatch(/^x\.json, line 1, column 2/);
    expect(message('[]')).toMatch(/is not a calibrated server/);
    expect(message(changed({ formatVersion: 2 }))).toMatch(/format version 2; this Plumbline reads up to 1/);
    expect(message(changed({ tp: 0 }))).toMatch(/tp should be a whole number/);
    expect(message(changed({ name: '' }))).toMatch(/name should be/);
    expect(message(changed({ calibratedOn: ['run'] }))).toMatch(/calibratedOn should be/);
    expect(message(changed({ parameters: { ...DEFAULT_PHYSICS, eW: 40 } }))).toMatch(
      /parameters\.eW should be a number between 0\.5 and 1/,
    );
  });
});

describe('a calibrated server elsewhere', () => {
  const here = { model: 'meta-llama/Llama-2-7b-hf', hardware: 'H100', tp: 1 };

  it('holds for its own model, GPU and degree only', () => {
    expect(serverMismatch(server, here, 'this run')).toBeUndefined();
    expect(serverMismatch(server, { ...here, tp: 2 }, 'this run')).toEqual({
      what: 'hardware',
      reason: 'My server was calibrated on 1 × H100; this run runs on 2 × H100.',
    });
    expect(serverMismatch(server, { ...here, model: 'qwen/qwen3-14b' }, 'this run')?.what).toBe('model');
  });

  it('says what it rests on, and where a load leaves it', () => {
    expect(serverNotes({ ...server, heldOutE2ePercent: 1.26 }, 900)).toEqual([
      'Step times: My server, calibrated on 1-run; 1.3 % E2E error on what was held out.',
    ]);
    const [basis, far] = serverNotes({ ...server, prefixCaching: false }, 1100);
    expect(basis).toContain('its error is not known');
    expect(far).toMatch(/Extrapolated in context length: .* 1100 tokens .* saw 600 to 700/);
    expect(serverNotes({ ...server, prefixCaching: false }, 300)).toHaveLength(3);
  });
});
