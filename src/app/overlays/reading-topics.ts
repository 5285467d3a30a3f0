// What can be looked up by typing: pages and sections of the guide, and definitions. Loaded with the palette.

import { pages } from 'virtual:guide';
import { DEFINITION_GROUPS } from '../catalogue/definitions';
import type { Action } from '../state/actions.svelte';
import type { Router } from '../state/router.svelte';

export function readingTopics(router: Router): readonly Action[] {
  const sections = pages.flatMap((page): Action[] =>
    page.sections.map(({ id, title, text }) => ({
      id: `guide-${page.id}-${id}`,
      label: title === '' ? page.title : title,
      group: title === '' ? 'Guide' : `Guide: ${page.title}`,
      words: text,
      run: () => router.go('guide', title === '' ? [page.id] : [page.id, id]),
    })),
  );
  const definitions = DEFINITION_GROUPS.flatMap((group) =>
    group.definitions.map(({ id, term, spelledOut = '', text }): Action => ({
      id: `definition-${id}`,
      label: term,
      group: 'Definition',
      words: `${spelledOut} ${text}`,
      run: () => router.go('catalogue', ['definitions', id]),
    })),
  );
  return [...definitions, ...sections];
}
