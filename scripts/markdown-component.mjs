// Markdown of our own docs → the source of a Svelte component: static markup that is compiled with the page, so that the guide needs
// no Markdown library at run time and no markup from text. Parsed by Prettier's Markdown parser, which formats the docs already.
// Only what is listed here is understood; raw HTML, pictures and whatever else a page might hold stop the build.

import { parsers } from 'prettier/plugins/markdown';

/** @typedef {{ type: string, children?: Node[], value?: string, url?: string, depth?: number, ordered?: boolean, align?: (string | null)[] }} Node */

/** @returns {Node} the tree of a Markdown text */
export const parseMarkdown = (text) => parsers.markdown.parse(text, {});

/** The anchor that GitHub gives a heading. */
export const slugOf = (title) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** What a node says, without its markup. */
export const plainText = (node) => node.value ?? (node.children ?? []).map(plainText).join('');

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '{': '&#123;', '}': '&#125;' };
/** As text of a Svelte template, in an element or in a quoted attribute. */
export const escapeText = (text) => text.replace(/[&<>"{}]/g, (character) => ENTITIES[character]);

/**
 * @param {Node} tree
 * @param {(url: string) => string | undefined} addressOf where a link leads inside the page; nothing: it stays text
 * @returns {string} source of a Svelte component
 */
export function componentOf(tree, addressOf) {
  let section = '';

  const all = (nodes) => (nodes ?? []).map(one).join('');
  const inside = (tag, node) => `<${tag}>${all(node.children)}</${tag}>`;

  /** @param {Node} node */
  function one(node) {
    switch (node.type) {
      case 'root':
        return (node.children ?? []).map(one).join('\n');
      case 'heading':
        return heading(node);
      case 'paragraph':
        return inside('p', node);
      case 'text':
        return escapeText(node.value);
      case 'inlineCode':
        return `<code>${escapeText(node.value)}</code>`;
      case 'code':
        return focusable(`<pre tabindex="0"><code>${escapeText(node.value)}</code></pre>`);
      case 'strong':
        return inside('strong', node);
      case 'emphasis':
        return inside('em', node);
      case 'list':
        return inside(node.ordered ? 'ol' : 'ul', node);
      case 'listItem':
        return item(node);
      case 'table':
        return table(node);
      case 'link':
        return link(node);
      default:
        throw new Error(`The guide cannot show Markdown of the kind "${node.type}": ${plainText(node)}`);
    }
  }

  function heading(node) {
    section = plainText(node);
    const tag = `h${node.depth}`;
    return `<${tag} data-section="${escapeText(slugOf(section))}" tabindex="-1">${all(node.children)}</${tag}>`;
  }

  /** An item of one paragraph needs none. */
  function item(node) {
    const [first, ...others] = node.children ?? [];
    return first?.type === 'paragraph'
      ? `<li>${all(first.children)}${all(others)}</li>`
      : `<li>${all(node.children)}</li>`;
  }

  function table(node) {
    const [head, ...body] = node.children ?? [];
    const cells = (row, tag, attributes = '') =>
      (row.children ?? [])
        .map((cell, column) => {
          const number = node.align?.[column] === 'right' ? ' class="num"' : '';
          return `<${tag}${attributes}${number}>${all(cell.children)}</${tag}>`;
        })
        .join('');
    return focusable(
      `<div class="scroll-x" tabindex="0" role="region" aria-label="Table of ${escapeText(section)}">` +
        `<table><thead><tr>${cells(head, 'th', ' scope="col"')}</tr></thead>` +
        `<tbody>${body.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`,
    );
  }

  function link(node) {
    const address = addressOf(node.url);
    return address === undefined
      ? all(node.children)
      : `<a href="${escapeText(address)}">${all(node.children)}</a>`;
  }

  return one(tree);
}

/** What scrolls sideways must be reachable by keyboard. */
const focusable = (markup) => `<!-- svelte-ignore a11y_no_noninteractive_tabindex -->\n${markup}`;
