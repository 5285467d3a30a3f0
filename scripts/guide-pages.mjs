// The user guide as part of the page: docs/guide/README.md lists its pages, in order, and each becomes a Svelte component
// (markdown-component.mjs). `virtual:guide` is the list with titles and the text of every section, for contents and palette; its
// pages load when opened. A link to a page or section that does not exist stops the build.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { componentOf, parseMarkdown, plainText, slugOf } from './markdown-component.mjs';

const GUIDE = 'docs/guide';
const CONTENTS = `${GUIDE}/README.md`;
/** Written from the Catalogue's definitions for readers of the repository (tests/unit/guide.test.ts); the page has the originals. */
const DEFINITIONS = `${GUIDE}/definitions.md`;
const DEFINITIONS_PLACE = '#/catalogue/definitions';
const VIRTUAL = 'virtual:guide';

/** Every link below a node. */
const linksOf = (node) => [
  ...(node.type === 'link' ? [node] : []),
  ...(node.children ?? []).flatMap(linksOf),
];

const pageId = (file) => (file === CONTENTS ? 'contents' : basename(file, '.md'));

/**
 * @param {(file: string) => string} read
 * @returns {{ id: string, file: string, title: string, tree: import('./markdown-component.mjs').Node, sections: { id: string, title: string, text: string }[] }[]}
 */
export function readGuide(read = (file) => readFileSync(file, 'utf8')) {
  const listed = linksOf(parseMarkdown(read(CONTENTS)))
    .map(({ url }) => normalize(join(GUIDE, url)))
    .filter((file) => file.endsWith('.md') && file !== DEFINITIONS);
  return [CONTENTS, ...new Set(listed)].map((file) => {
    const tree = parseMarkdown(read(file));
    return { id: pageId(file), file, tree, ...outlineOf(tree) };
  });
}

/** The first heading is the title; text before the next heading belongs to a section without a name. */
function outlineOf(tree) {
  const [first, ...nodes] = tree.children;
  if (first?.type !== 'heading' || first.depth !== 1)
    throw new Error('A page of the guide begins with "# title".');
  const sections = [{ id: '', title: '', text: '' }];
  for (const node of nodes) {
    const text = plainText(node);
    if (node.type === 'heading') sections.push({ id: slugOf(text), title: text, text: '' });
    else sections.at(-1).text += `${text}\n`;
  }
  return { title: plainText(first), sections };
}

/** How the links of one page lead: to pages and definitions by their address here; others stay text, for the page leads nowhere else. */
export function addressesOf(pages, page) {
  const known = new Map(pages.map((each) => [each.file, each]));
  return (url) => {
    if (/^[a-z]+:/i.test(url)) return undefined;
    const [path = '', section = ''] = url.split('#', 2);
    const file = path === '' ? page.file : normalize(join(dirname(page.file), path));
    if (file === DEFINITIONS) return section === '' ? DEFINITIONS_PLACE : `${DEFINITIONS_PLACE}/${section}`;
    const target = known.get(file);
    if (target === undefined) {
      if (!existsSync(file)) throw new Error(`${page.file} links to ${url}, which does not exist.`);
      return undefined;
    }
    if (section === '') return `#/guide/${target.id}`;
    if (!target.sections.some(({ id }) => id === section))
      throw new Error(`${page.file} links to ${url}: ${target.file} has no such heading.`);
    return `#/guide/${target.id}/${section}`;
  };
}

/**
 * For the Svelte plugin: turns a page of the guide into a component's source.
 * @type {import('svelte/compiler').PreprocessorGroup}
 */
export const markdownPages = {
  name: 'markdown-pages',
  markup({ content, filename }) {
    if (!filename?.endsWith('.md')) return undefined;
    const pages = readGuide();
    const page = pages.find(({ file }) => filename.endsWith(`/${file}`));
    if (page === undefined) throw new Error(`${filename} is not listed in ${CONTENTS}.`);
    return { code: componentOf(parseMarkdown(content), addressesOf(pages, page)) };
  },
};

/** @returns {import('vite').Plugin} */
export function guidePages() {
  /** @type {string} */
  let root;
  return {
    name: 'guide-pages',
    configResolved(config) {
      root = config.root;
    },
    resolveId: (source) => (source === VIRTUAL ? `\0${VIRTUAL}` : undefined),
    load(id) {
      if (id !== `\0${VIRTUAL}`) return undefined;
      const pages = readGuide();
      for (const { file } of pages) this.addWatchFile(join(root, file));
      const entries = pages.map(
        ({ id: page, file, title, sections }) =>
          `{ ...${JSON.stringify({ id: page, title, sections })}, load: () => import(${JSON.stringify(join(root, file))}) }`,
      );
      return `export const pages = [\n${entries.join(',\n')}\n];`;
    },
  };
}
