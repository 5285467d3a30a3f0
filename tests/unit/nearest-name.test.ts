import { expect, it } from 'vitest';
import { nearestName } from '../../src/base/nearest-name';

const NAMES = ['vidur', 'llm-optimizer-estimate', 'llmservingsim', 'blis-roofline', 'blis-trained-roofline'];

it.each([
  ['vidurr', 'vidur'],
  ['llm-optimiser', 'llm-optimizer-estimate'],
  ['roofline', 'blis-roofline'],
  ['trained-roofline', 'blis-trained-roofline'],
  ['llmservngsim', 'llmservingsim'],
])('takes %s for %s', (text, name) => {
  expect(nearestName(text, NAMES)).toBe(name);
});

it('has no answer without names', () => {
  expect(nearestName('a', [])).toBe('');
});
