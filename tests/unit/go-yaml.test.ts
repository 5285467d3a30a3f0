// The typing of Go's yaml.v3, places in problems, and hostile documents.
import { describe, expect, it } from 'vitest';
import { parseGoYaml, YamlScalar, MAX_YAML_CHARACTERS } from '../../src/base/go-yaml';
import type { YamlObject, YamlTree } from '../../src/base/go-yaml';
import {
  goBoolean,
  goDocument,
  goInteger,
  goList,
  goMap,
  goNumber,
  goNumberMap,
  goText,
  yamlProblems,
} from '../../src/base/go-yaml-schema';
import { compareKeys, goFloat, writeGoYaml } from '../../src/base/go-yaml-writer';

function tree(text: string): YamlTree {
  const document = parseGoYaml(text, 'f.yaml');
  if (!document.ok) throw new Error(document.error.message);
  return document.value.tree;
}

function plain(value: YamlTree): unknown {
  if (value instanceof YamlScalar)
    return value.type === 'int' || value.type === 'float' ? value.number : value.text;
  if (Array.isArray(value)) return (value as readonly YamlTree[]).map(plain);
  return Object.fromEntries(Object.entries(value as YamlObject).map(([key, item]) => [key, plain(item)]));
}

const problemOf = (text: string) => {
  const document = parseGoYaml(text, 'f.yaml');
  if (document.ok) throw new Error('was accepted');
  return document.error;
};

describe('plain scalars', () => {
  it.each([
    ['7', 'int', 7],
    ['-7', 'int', -7],
    ['+7', 'int', 7],
    ['1_000', 'int', 1000],
    ['0x1f', 'int', 31],
    ['0o17', 'int', 15],
    ['010', 'int', 8],
    ['0b101', 'int', 5],
    ['08', 'float', 8],
    ['1.5', 'float', 1.5],
    ['1e3', 'float', 1000],
    ['.5', 'float', 0.5],
    ['.inf', 'float', Infinity],
    ['-.Inf', 'float', -Infinity],
    ['.nan', 'float', NaN],
    ['1.2.3', 'string', NaN],
    ['inf', 'string', NaN],
    ['"7"', 'string', NaN],
    ["'7'", 'string', NaN],
    ['!!str 7', 'string', NaN],
    ['!!float 7', 'float', 7],
    ['true', 'bool', NaN],
    ['yes', 'string', NaN],
    ['~', 'null', NaN],
    ['NULL', 'null', NaN],
  ])('%s is %s', (text, type, number) => {
    const value = (tree(`a: ${text}`) as YamlObject)['a'];
    expect(value).toBeInstanceOf(YamlScalar);
    expect([(value as YamlScalar).type, (value as YamlScalar).number]).toEqual([type, number]);
  });
});

describe('structure', () => {
  it('reads only the first document', () => {
    expect(plain(tree('a: 1\n---\n[broken'))).toEqual({ a: 1 });
  });

  it('merges, with explicit keys winning whatever their place, and earlier sources over later ones', () => {
    expect(
      plain(tree('x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  a: 9\n  <<: [*x, *y]\nw: {<<: *y, c: 5}')),
    ).toMatchObject({ z: { a: 9, b: 2, c: 4 }, w: { b: 3, c: 5 } });
  });

  it('keeps __proto__ and constructor as keys', () => {
    const value = tree('__proto__: {polluted: 1}\nconstructor: 2') as YamlObject;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['a: 1\na: 2', 2, 'appears twice'],
    ['a: [1, 2', 1, ''],
    ['a: *nowhere', 1, 'nowhere'],
    ['a: &a [*a]', 1, 'contains itself'],
    ['a: 1\n<<: 3', 2, 'merge key'],
    ['? [1]\n: 2', 1, 'mapping key'],
    ['', undefined, 'empty'],
    ['# only a comment\n', undefined, 'empty'],
    ['---\n---\na: 1', undefined, 'empty'],
  ])('refuses %j', (text, line, reason) => {
    const problem = problemOf(text);
    expect(problem.code).toBe('malformed');
    expect(problem.line).toBe(line);
    expect(problem.message).toContain('f.yaml');
    expect(problem.message).toContain(reason);
  });
});

describe('hostile documents end at once with a reason', () => {
  it('a text beyond the limit', () => {
    expect(problemOf(`a: ${'x'.repeat(MAX_YAML_CHARACTERS)}`).code).toBe('too-large');
  });

  it('aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'l0: &l0 [x,x,x,x,x,x,x,x,x,x]'
        : `l${level}: &l${level} [${`*l${level - 1},`.repeat(10)}]`,
    );
    const started = performance.now();
    expect(problemOf(levels.join('\n')).code).toBe('too-large');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each([
    ['flow', `a: ${'['.repeat(20_000)}`],
    ['closed flow', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['block', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n') + ' 1'],
    ['maps in flow', `${'{a: '.repeat(3_000)}1${'}'.repeat(3_000)}`],
  ])('deep nesting, %s', (_, text) => {
    expect(['too-large', 'malformed']).toContain(problemOf(text).code);
  });

  it('many keys without quadratic time', () => {
    const started = performance.now();
    tree(Array.from({ length: 20_000 }, (_, at) => `k${at}: ${at}`).join('\n'));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('typed decoding', () => {
  const schema = goDocument({
    text: goText(),
    count: goInteger(),
    rate: goNumber(),
    flag: goBoolean(),
    nested: goMap({ inner: goInteger() }),
    list: goList(goMap({ x: goInteger() })),
    weights: goNumberMap(),
  });
  const decode = (text: string) => {
    const document = parseGoYaml(text, 'f.yaml');
    if (!document.ok) throw new Error(document.error.message);
    const parsed = schema.safeParse(document.value.tree);
    return parsed.success ? parsed.data : yamlProblems(document.value, parsed.error);
  };

  it('fills what is absent or null', () => {
    const empty = {
      text: '',
      count: 0,
      rate: 0,
      flag: false,
      nested: undefined,
      list: [],
      weights: new Map(),
    };
    expect(decode('text: null')).toEqual(empty);
    expect(decode('nested: ~\nlist:\nweights: null')).toEqual(empty);
  });

  it('cuts fractions, takes any scalar as text, and yes as true', () => {
    expect(decode('text: 2\ncount: 2.7\nrate: 3\nflag: yes\nweights: {b: 1, 10: 2}')).toMatchObject({
      text: '2',
      count: 2,
      rate: 3,
      flag: true,
      weights: new Map([
        ['10', 2],
        ['b', 1],
      ]),
    });
  });

  it('names path and line of everything wrong', () => {
    expect(
      decode(
        'text: [1]\ncount: "1"\nrate: fast\nflag: 2\nnested:\n  inner: 1\n  other: 2\nlist:\n  - x: 1\n  - x: y\nnew: 1',
      ),
    ).toMatchObject([
      { field: 'text', line: 1 },
      { field: 'count', line: 2 },
      { field: 'rate', line: 3 },
      { field: 'flag', line: 4 },
      { field: 'nested.other', line: 7 },
      { field: 'list[1].x', line: 10 },
      { field: 'new', line: 11 },
    ]);
  });
});

describe('writing', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [0.1, '0.1'],
    [100000, '100000'],
    [1000000, '1e+06'],
    [1234567.5, '1.2345675e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-0.022222222222222223, '-0.022222222222222223'],
    [1e100, '1e+100'],
    [Infinity, '.inf'],
  ])('%d as %s', (value, text) => {
    expect(goFloat(value)).toBe(text);
  });

  it('sorts keys by the numbers in them', () => {
    expect(
      ['100', 'b', '50', '7', 'a10', 'a9', 'a', '1.5', 'max', 'mean', '010', '10'].sort(compareKeys),
    ).toEqual(['1.5', '7', '10', '010', '50', '100', 'a', 'a9', 'a10', 'b', 'max', 'mean']);
  });

  it('quotes texts only where their plain form means something else', () => {
    const texts = [
      'plain',
      '2',
      '',
      'true',
      'yes',
      'null',
      'a: b',
      '- x',
      '#c',
      ' lead',
      "it's",
      'tab\there',
      '1:30',
      '2001-01-01',
      'ü',
      '<<',
    ];
    expect(writeGoYaml(new Map(texts.map((text, at) => [`k${at}`, text])))).toBe(
      [
        'plain',
        '"2"',
        '""',
        '"true"',
        '"yes"',
        '"null"',
        "'a: b'",
        "'- x'",
        "'#c'",
        "' lead'",
        "it's",
        '"tab\\there"',
        '"1:30"',
        '"2001-01-01"',
        'ü',
        '"<<"',
      ]
        .map((text, at) => `k${at}: ${text}\n`)
        .join(''),
    );
  });
});
