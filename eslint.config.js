// Lint rules, and the one rule that keeps the house in shape: imports point one way (docs/architecture.md).
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** What each room of src/ may import, besides itself. */
const lower = ['base', 'domain'];
const readers = ['catalog', 'sources', 'workload', 'engine'];
const judged = [...lower, ...readers, 'adapters', 'validation'];
const presented = [...judged, 'calibration', 'report', 'figures'];
const mayImport = {
  base: [],
  domain: ['base'],
  catalog: lower,
  sources: lower,
  workload: lower,
  engine: lower,
  adapters: [...lower, ...readers],
  validation: [...lower, ...readers, 'adapters'],
  calibration: judged,
  report: judged,
  figures: judged,
  workers: presented,
  app: [...presented, 'workers'],
  headless: [...presented, 'workers'],
};
const rooms = Object.keys(mayImport);

const importDirection = rooms.map((room) => ({
  files: [`src/${room}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: rooms
              .filter((other) => other !== room && !mayImport[room].includes(other))
              .map((other) => `**/../${other}/**`),
            message: `src/${room} may import only: ${mayImport[room].join(', ') || 'nothing of ours'}.`,
          },
        ],
      },
    ],
  },
}));

/** Rooms below the workers are handed their window, files and clock; they do not reach for them. */
const pureRooms = {
  files: rooms
    .filter((room) => !['workers', 'app', 'headless'].includes(room))
    .map((room) => `src/${room}/**`),
  rules: {
    'no-restricted-globals': [
      'error',
      ...['window', 'document', 'fetch', 'localStorage', 'indexedDB', 'performance', 'navigator', 'process'],
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Math', property: 'random', message: 'Results are deterministic: use the seeded generator.' },
      { object: 'Date', property: 'now', message: 'Clocks are handed in.' },
    ],
  },
};

export default ts.config(
  { ignores: ['node_modules', 'dist', 'build', 'coverage', 'test-results', 'playwright-report', 'assembly'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node, ...globals.worker } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'svelte/no-at-html-tags': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  // In Svelte a type-checked `let` prop or state reads as unused to the core rule.
  { files: ['**/*.svelte', '**/*.ts'], rules: { 'no-undef': 'off' } },
  { files: ['tests/**', 'bench/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  ...importDirection,
  pureRooms,
);
