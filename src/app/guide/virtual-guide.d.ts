/** The pages of docs/guide, in the order of its README.md (scripts/guide-pages.mjs). */
declare module 'virtual:guide' {
  import type { Component } from 'svelte';

  export interface GuideSection {
    /** Anchor of the heading; empty for what stands before the first. */
    readonly id: string;
    readonly title: string;
    /** Without markup, for searching. */
    readonly text: string;
  }

  export interface GuidePage {
    readonly id: string;
    readonly title: string;
    readonly sections: readonly GuideSection[];
    load(): Promise<{ readonly default: Component }>;
  }

  export const pages: readonly GuidePage[];
}
