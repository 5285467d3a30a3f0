import { describe, expect, it } from 'vitest';
import { keyCaps } from '../../../src/app/overlays/key-caps';
import { bestMatches, matchScore } from '../../../src/app/overlays/match';
import { requestsByOrigin } from '../../../src/app/storage/network-log';
import { heatStep } from '../../../src/app/ui/heat';
import { ratioText } from '../../../src/app/charts/ratio-text';
import { failureReport } from '../../../src/app/validate/failure-report';

describe('the palette’s search', () => {
  it('wants every word, and likes word beginnings', () => {
    expect(matchScore('Open the verdict', 'verd open')).toBeDefined();
    expect(matchScore('Open the verdict', 'plan')).toBeUndefined();
    expect(bestMatches(['Reopen', 'Go to open', 'Open plan'], 'open', (text) => text)).toEqual([
      'Open plan',
      'Go to open',
      'Reopen',
    ]);
  });

  it('keeps the order of equals, and shows all for an empty query', () => {
    expect(bestMatches(['b', 'a'], '', (text) => text)).toEqual(['b', 'a']);
  });
});

describe('small texts', () => {
  it('names keys as they are printed', () => {
    expect(keyCaps('Mod+Enter')).toEqual(['Ctrl', '↵']);
    expect(keyCaps('G V')).toEqual(['G', 'V']);
  });

  it('says factors, not percentages, beyond the edges', () => {
    expect([14.2, 2, 1 / 4, 1 / 11, 0].map(ratioText)).toEqual(['×14', '×2', '÷4', '÷11', '0']);
  });

  it('counts requests by origin and ignores addresses that stay in the tab', () => {
    const entries = ['http://a/x.js', 'http://a/y', 'blob:http://a/1', 'data:text/plain,x', 'http://b/z'];
    expect(
      requestsByOrigin(
        entries.map((name) => ({ name })),
        'http://a',
      ),
    ).toEqual([
      { origin: 'http://a', isOwn: true, count: 2 },
      { origin: 'http://b', isOwn: false, count: 1 },
    ]);
  });

  it('puts errors on fixed heat steps, by size', () => {
    expect([0, 5, 5.01, -20, 100, 101, Infinity].map(heatStep)).toEqual([0, 0, 1, 2, 4, 5, 5]);
    expect(heatStep(undefined)).toBeUndefined();
  });

  it('copies no message of an expected failure, which may name files', () => {
    const failure = { problem: { code: 'malformed', message: 'secret/name.json is not JSON.' } } as const;
    const report = failureReport('vidur', failure, '0.1.0+abc', 'Browser 1');
    expect(report).not.toContain('secret');
    expect(report).toContain('0.1.0+abc');
    expect(report).toContain('Browser 1');
  });
});
