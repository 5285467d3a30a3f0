// The YAML view of the settings: what it says, and that changes of the form leave everything else as it was typed.

import { describe, expect, it } from 'vitest';
import { changeDocument, documentOf, withBundle } from '../../../src/app/simulate/document/edit-document';
import { readDocument } from '../../../src/app/simulate/document/read-document';
import { PRESETS } from '../../../src/app/simulate/presets';
import { isGiven } from '../../../src/app/simulate/relevance';
import { DEFAULT_SETTINGS, SETTING_NAMES } from '../../../src/app/simulate/setting-table';
import type { FleetSettings, SettingName } from '../../../src/app/simulate/settings';

function read(text: string): FleetSettings {
  const settings = readDocument(text);
  if (!settings.ok) throw new Error(`${settings.error.line}: ${settings.error.message}`);
  return settings.value;
}

/** What a text says beyond the defaults. */
const said = (text: string): Partial<FleetSettings> =>
  Object.fromEntries(
    Object.entries(read(text)).filter(([name, value]) => value !== DEFAULT_SETTINGS[name as SettingName]),
  );

const TYPED = `# What if: two GPUs each
routing-policy: weighted   # the point of it
model: qwen/qwen3-14b

tp: 2 # of eight
alpha-coeffs: [1, 2.50, 3]
policy-config:
  # the board's wish
  tenant_budgets: {acme: 0.25, beta: 0.5}
  routing:
    scorers:
      - {name: queue-depth, weight: 2}   # fresh
      - name: kv-utilization
        weight: 1
workload-spec:
  version: "2"
  # a comment inside
  clients: []
`;

describe('the document', () => {
  it('says what the settings are', () => {
    expect(said(TYPED)).toEqual({
      model: 'qwen/qwen3-14b',
      tp: '2',
      alpha: '1, 2.50, 3',
      routingPolicy: 'weighted',
      routingScorers: 'queue-depth:2, kv-utilization:1',
      tenantBudgets: 'acme:0.25, beta:0.5',
      workloadSpec: 'version: "2"\n# a comment inside\nclients: []',
    });
    expect(said('')).toEqual({});
    expect(said('# nothing\n')).toEqual({});
  });

  it('lets a flag beat the bundle, and a bundle that sheds tiers protect what it protects', () => {
    const both = 'scheduler: sjf\npolicy-config: {scheduler: fcfs, admission: {policy: tier-shed}}';
    expect(said(both)).toEqual({ scheduler: 'sjf', admissionPolicy: 'tier-shed', tierShedMinPriority: '3' });
    expect(said('admission-policy: tier-shed')).toEqual({ admissionPolicy: 'tier-shed' });
  });

  it.each([
    ['tp: 1\nrouting-polcy: weighted', 2, 'Unknown key `routing-polcy`. Did you mean `routing-policy`?'],
    ['policy-config:\n  admision: {}', 2, 'A policy bundle has no key `admision`.'],
    ['tp: [1, 2]', 1, '`tp` takes one value, not a list or a map.'],
    ['tp: 1\ntp: 2', 2, 'a key appears twice in one mapping; keep one.'],
    ['a:\n  b: [1', 2, 'a list or mapping in brackets is not closed by ].'],
    ['- 1', 1, 'Expected keys with values'],
  ])('says in which line it is wrong: %j', (text, line, message) => {
    const settings = readDocument(text);
    if (settings.ok) throw new Error('expected a problem');
    expect(settings.error.message).toContain(message);
    expect(settings.error.line).toBe(line);
  });
});

describe('a change of the form', () => {
  it('replaces a value where it stands', () => {
    const changed = changeDocument(TYPED, 'tp', '4');
    expect(changed).toBe(TYPED.replace('tp: 2 # of eight', 'tp: 4 # of eight'));
    expect(changeDocument(TYPED, 'routingPolicy', 'round-robin')).toBe(
      TYPED.replace('weighted   # the point', 'round-robin   # the point'),
    );
  });

  it('puts a new key behind the one before it in the form', () => {
    expect(changeDocument(TYPED, 'latencyModel', 'roofline')).toBe(
      TYPED.replace('tp: 2 # of eight\n', 'tp: 2 # of eight\nlatency-model: roofline\n'),
    );
    expect(changeDocument('', 'rateRps', '7')).toBe('rate: 7\n');
    expect(changeDocument('# mine', 'rateRps', '7')).toBe('# mine\nrate: 7\n');
  });

  it('keeps comments and order when a list, a map or a bundle changes', () => {
    let text = TYPED;
    text = changeDocument(text, 'alpha', '9, 8, 7');
    text = changeDocument(text, 'tenantBudgets', 'acme:0.75');
    text = changeDocument(text, 'routingScorers', 'vllm-dp:1');
    text = changeDocument(text, 'tierShedThreshold', '5');
    text = changeDocument(text, 'workloadSpec', 'version: "2"\nseed: 7 # mine');
    expect(said(text)).toEqual({
      ...said(TYPED),
      alpha: '9, 8, 7',
      tenantBudgets: 'acme:0.75',
      routingScorers: 'vllm-dp:1',
      tierShedThreshold: '5',
      workloadSpec: 'version: "2"\nseed: 7 # mine',
    });
    for (const comment of [
      '# What if: two GPUs each',
      '# the point of it',
      '# of eight',
      "# the board's wish",
    ]) {
      expect(text).toContain(comment);
    }
    const keys = [...text.matchAll(/^([\w-]+):/gm)].map((match) => match[1]);
    expect(keys).toEqual(['routing-policy', 'model', 'tp', 'alpha-coeffs', 'policy-config', 'workload-spec']);
  });

  it('takes a key out with its empty parents', () => {
    const text = 'tp: 2\npolicy-config:\n  autoscaler:\n    analyzer: {scale_up_threshold: 0.7}\n';
    expect(changeDocument(text, 'analyzerScaleUpThreshold', '')).toBe('tp: 2\n');
    expect(read(changeDocument('tp: 2', 'tp', ''))).toEqual(DEFAULT_SETTINGS);
    expect(changeDocument(text, 'seed', '')).toBe(text);
  });

  it.each([
    ['routingScorers', 'prefix-affinity:3, queue-depth:2'],
    ['model', 'true'],
    ['tp', 'no number: at all'],
    ['workloadSpec', 'version: [1'],
    ['nodePools', '- {name: a}\n- {name: b}'],
    ['fitnessWeights', 'throughput:0.5, p99_ttft:0.5'],
    ['alpha', '1, x'],
    ['sloPriorities', 'batch:-1'],
  ] as const)('is read back as it was typed: %s = %j', (name, value) => {
    expect(read(changeDocument('tp: 2\n', name, value))[name]).toBe(value);
    expect(read(changeDocument(TYPED, name, value))[name]).toBe(value);
  });
});

describe('a document made from settings', () => {
  it.each(
    PRESETS.flatMap(({ id, start }) => (start.kind === 'fleet' ? [[id, start.settings] as const] : [])),
  )('says the same: %s', (_, settings) => {
    const again = read(documentOf(settings));
    for (const name of SETTING_NAMES) {
      if (isGiven(name, settings)) expect([name, again[name]]).toEqual([name, settings[name]]);
    }
  });
});

describe('a policy bundle that was handed in', () => {
  it('stands below policy-config with its comments, and flags no longer hide it', () => {
    const text = withBundle(
      'routing-policy: round-robin # mine\ntp: 2\n',
      '# theirs\nrouting: {policy: least-loaded}\n',
    );
    expect(said(text)).toEqual({ tp: '2', routingPolicy: 'least-loaded' });
  });
});
