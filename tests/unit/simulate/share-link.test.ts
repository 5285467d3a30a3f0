// Links: what they hold, what they never hold, and that those made by earlier versions stay readable.

import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/app/simulate/presets';
import { DEFAULT_SETTINGS } from '../../../src/app/simulate/setting-table';
import { settingsOf, type FleetSettings } from '../../../src/app/simulate/settings';
import { decodeLink, encodeLink } from '../../../src/app/simulate/share-link';

function decoded(link: string): FleetSettings {
  const content = decodeLink(link);
  if (!content.ok) throw new Error(content.error.message);
  expect(content.value.ignored).toEqual([]);
  return content.value.settings;
}

/** What travels. */
const inside = (link: string): string =>
  strFromU8(inflateSync(Buffer.from(link.replace(/^\d+\./, ''), 'base64url')));

describe('a link', () => {
  it('holds what differs from the defaults, by the names of flags and bundle keys', () => {
    const settings: FleetSettings = { ...settingsOf(), tenantBudgets: 'acme:0.25', tp: '2' };
    const link = encodeLink(settings);
    expect(link).toMatch(/^1\.[\w-]+$/);
    expect(JSON.parse(inside(link))).toEqual({
      model: 'qwen/qwen3-14b',
      hardware: 'H100',
      tp: '2',
      'latency-model': 'trained-physics',
      'policy-config.tenant_budgets': 'acme:0.25',
      rate: '5',
      'num-requests': '500',
      seed: '42',
    });
    expect(decoded(link)).toEqual(settings);
  });

  it('of every preset comes back, and is short enough to send', () => {
    for (const { id, start } of PRESETS) {
      if (start.kind !== 'fleet') continue;
      const link = encodeLink(start.settings);
      expect([id, link.length < 1500]).toEqual([id, true]);
      // Comments and spacing of a specification may change.
      expect({ ...decoded(link), workloadSpec: '' }).toEqual({ ...start.settings, workloadSpec: '' });
      expect(decoded(link).workloadSpec === '').toBe(start.settings.workloadSpec === '');
    }
  });

  it('names a preset that has no settings', () => {
    const content = decodeLink(encodeLink(DEFAULT_SETTINGS, 'founding-readme'));
    expect(content.ok && content.value.preset).toBe('founding-readme');
  });

  it('carries no comments, no measured distribution and no folder', () => {
    const spec = '# of /home/ada/secret\nversion: "2"\nclients: # Ada\n  - id: a # note\n';
    const plain = inside(encodeLink({ ...settingsOf(), workloadSpec: spec }));
    expect(plain).toContain('clients');
    expect(plain).not.toMatch(/ada|Ada|note/);
    const measured = 'clients: [{input_distribution: {type: empirical, params: {"100": 0.5}}}]';
    for (const secret of [measured, 'servegen_data: {path: /home/ada}']) {
      const text = inside(encodeLink({ ...settingsOf(), workloadSpec: secret }));
      expect(text).not.toMatch(/empirical|ada|0\.5/);
      expect(text).toMatch(/"trace-data":"[0-9a-f]{16}"/);
    }
  });

  it('made by the first version stays readable', () => {
    const made =
      '1.TYzBDsIwDEP_JWc6NNhpPzNBE9pIXVOaVBNC_DuddtnFsmw_f2EVpAQzvDfK113ubpyecAErPb11U6UZ5-CKJPafHm7EIRrhqVMvlaruP40aOaRicR774qCcl_ziMDxwZVWWPBhTXTQSLhYraZSEnZ7g9wc';
    expect(decoded(made)).toEqual({
      ...DEFAULT_SETTINGS,
      model: 'qwen/qwen3-14b',
      tp: '2',
      routingPolicy: 'weighted',
      routingScorers: 'queue-depth:1',
      tierShedThreshold: '4',
    });
  });

  it('with keys of a later version opens without them, and names them', () => {
    const later = deflateSync(strToU8('{"model":"a/b","warp-drive":"on"}'));
    const content = decodeLink(`1.${Buffer.from(later).toString('base64url')}`);
    expect(content.ok && content.value.ignored).toEqual(['warp-drive']);
    expect(content.ok && content.value.settings.model).toBe('a/b');
  });

  it.each(['', 'x', '1.', '1.!!!!', '1.AAAA', `1.${'A'.repeat(40_000)}`])(
    'that is damaged says so: %.12s',
    (link) => {
      const content = decodeLink(link);
      expect(!content.ok && content.error.message).toMatch(/^The link is damaged/);
    },
  );

  it('of a newer format says what to do', () => {
    const content = decodeLink('2.AAAA');
    expect(!content.ok && content.error.message).toMatch(/newer version of this page \(format 2; this one/);
  });
});
