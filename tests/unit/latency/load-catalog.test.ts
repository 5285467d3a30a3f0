// Faults in a catalogue table are problems with file and line.
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/catalog/load-catalog';
import { findBlackboxRow, findGpu, findModel } from '../../../src/catalog/look-ups';
import { hardwareTable, shippedCatalog } from '../../support/catalog';

const texts = () => ({
  gpus: hardwareTable('gpus'),
  models: hardwareTable('models'),
  coefficients: hardwareTable('coefficients'),
  workloads: hardwareTable('workloads'),
});

describe('the shipped tables', () => {
  const catalog = shippedCatalog();

  it('state a source for every row', () => {
    const rows = [
      ...catalog.models.values(),
      ...catalog.gpus.values(),
      catalog.crossmodel,
      catalog.trainedPhysics,
    ];
    expect(rows.filter((row) => row.source === '')).toEqual([]);
    expect(catalog.blackboxSource).toMatch(/^BLIS/);
  });

  it('the first of equal rows is found, the later ones are marked', () => {
    const shadowed = catalog.blackboxRows.filter((row) => row.isShadowed);
    expect(shadowed).toHaveLength(24);
    for (const row of shadowed) {
      const found = findBlackboxRow(catalog, row);
      expect(found.ok && found.value.isShadowed).toBe(false);
    }
  });

  it('look-ups ignore the case of models and keep that of GPUs', () => {
    expect(findModel(catalog, 'Qwen/Qwen3-14B').ok).toBe(true);
    expect(findGpu(catalog, 'h100').ok).toBe(false);
    expect(findGpu(catalog, 'L40S', '0074c8c1').ok).toBe(false);
  });
});

describe('faulty tables', () => {
  const faultOf = (change: Partial<ReturnType<typeof texts>>) => {
    const result = loadCatalog({ ...texts(), ...change });
    return result.ok ? undefined : result.error;
  };

  it('broken YAML', () => {
    expect(faultOf({ gpus: 'formatVersion: 1\ngpus: [' })).toMatchObject({
      code: 'malformed',
      file: 'gpus.yaml',
    });
  });

  it('a misspelt key', () => {
    const fault = faultOf({ gpus: texts().gpus.replace('peakTflops:', 'peakTeraflops:') });
    expect(fault?.field).toBe('gpus.0.peakTflops');
    expect(fault?.message).toMatch(/expected number/);
    expect(fault?.line).toBeGreaterThan(10);
  });

  it('an unknown key, a newer format, an alias bomb', () => {
    expect(
      faultOf({ workloads: texts().workloads.replace('source:', 'extra: 1\n    source:') })?.message,
    ).toMatch(/presets\.0: the key "extra" is not known here/);
    expect(faultOf({ models: texts().models.replace('formatVersion: 1', 'formatVersion: 2') })?.field).toBe(
      'formatVersion',
    );
    expect(faultOf({ workloads: 'a: &a [1]\nb: [*a]' })?.message).toMatch(
      /no anchors and aliases; found \*a/,
    );
  });
});
