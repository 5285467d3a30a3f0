import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const common = { environment: 'node', pool: 'forks', testTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'core',
          include: ['tests/{unit,golden,property}/**/*.test.ts'],
          exclude: ['tests/unit/app/**'],
        },
      },
      // State of the page is written in runes: compiled by Svelte, with its client side, but without a DOM.
      {
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: { ...common, name: 'app', include: ['tests/unit/app/**/*.test.ts'] },
      },
    ],
  },
});
