// Faults in a catalogue table are problems with file and line.
import { describe, expect, it } from 'vitest';
import { loadCatalog, readTables } from '../../../src/catalog/load-catalog';
import { findBlackboxRow, findGpu, findModel } from '../../../src/catalog/look-ups';
import { checkedTable } from '../../../src/catalog/read-table';
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

describe('tables that the build has checked', () => {
  it('give the same catalogue as the YAML they were made from', () => {
    const tables = readTables(texts());
    if (!tables.ok) throw new Error(tables.error.message);
    const { gpus, models, coefficients, workloads } = tables.value;
    const checked = loadCatalog({
      gpus: checkedTable(gpus),
      models: checkedTable(models),
      coefficients: checkedTable(coefficients),
      workloads: checkedTable(workloads),
    });
    expect(checked).toEqual({ ok: true, value: shippedCatalog() });
  });

  it('are refused with their place when the file is damaged', () => {
    const damaged = loadCatalog({ ...texts(), gpus: '{"checked":{"gpus":[' });
    expect(damaged).toMatchObject({ ok: false, error: { code: 'malformed', file: 'gpus.yaml', line: 1 } });
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
