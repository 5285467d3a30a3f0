// Sentences about many items are bounded, and places in long lists stay cheap to find.

import { describe, expect, it } from 'vitest';
import { FirstFew } from '../../src/base/first-few';
import { JsonPlaces, jsonPlace } from '../../src/base/json';

describe('the first few sentences', () => {
  it('are all there are, where they are few', () => {
    const few = new FirstFew((count) => `${count} more`, 2);
    few.add(() => 'a');
    few.add(() => 'b');
    expect(few.finish()).toEqual(['a', 'b']);
  });

  it('are followed by the number of the rest, which are never worded', () => {
    const few = new FirstFew((count) => `${count} more`, 2);
    let worded = 0;
    for (let at = 0; at < 1_000_000; at++) few.add(() => `sentence ${++worded}`);
    expect(few.finish()).toEqual(['sentence 1', 'sentence 2', '999998 more']);
    expect(worded).toBe(2);
  });
});

describe('places in a list', () => {
  const text = '[\n {"a": 1},\n  {"b": {"c": [1, 2]}}, 7\n]';

  it.each([[[]], [[0]], [[0, 'a']], [[1, 'b', 'c', 1]], [[1, 'x']], [[2]], [[9, 'a']], [['a']]])(
    '%j is where one look finds it',
    (path) => {
      expect(new JsonPlaces(text).at(path)).toEqual(jsonPlace(text, path));
    },
  );

  it('are found for each of a hundred thousand items', () => {
    const long = `[${'[],\n'.repeat(99_999)}[]]`;
    const places = new JsonPlaces(long);
    for (let item = 0; item < 100_000; item++) {
      if (places.at([item]).line !== item + 1) throw new Error(`item ${item} is misplaced`);
    }
  });
});
