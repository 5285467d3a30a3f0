// The user guide: what it becomes in the page, that its definitions are the Catalogue's, and that the folder it describes can be read.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressesOf, readGuide } from '../../scripts/guide-pages.mjs';
import { componentOf, parseMarkdown, slugOf } from '../../scripts/markdown-component.mjs';
import { DEFINITION_GROUPS } from '../../src/app/catalogue/definitions';
import { loadGroundTruth } from '../../src/sources/ground-truth/load';
import { definitionsPage } from '../support/definitions-page';
import { treeOf } from '../support/measured-folder';

const nowhere = (): undefined => undefined;
const shown = (markdown: string): string => componentOf(parseMarkdown(markdown), nowhere);

describe('Markdown as a component', () => {
  it('text is text: nothing in it is markup or an expression', () => {
    expect(shown('a {1 + 1} `<b>{x}</b>` & **c**')).toBe(
      '<p>a &#123;1 + 1&#125; <code>&lt;b&gt;&#123;x&#125;&lt;/b&gt;</code> &amp; <strong>c</strong></p>',
    );
  });

  it.each(['<script>x</script>', 'a <b>bold</b>', '![picture](a.png)'])('refuses %s', (markdown) => {
    expect(() => shown(markdown)).toThrow('cannot show');
  });

  it('headings carry the anchor that a reader of the repository gets', () => {
    expect(shown('## What is `kept`?')).toBe(
      '<h2 data-section="what-is-kept" tabindex="-1">What is <code>kept</code>?</h2>',
    );
    expect(slugOf('MAPE and MPE')).toBe('mape-and-mpe');
  });

  it('tables have heads, and numbers stand right', () => {
    const markup = shown('## Sizes\n\n| a | b |\n|---|--:|\n| 1 | 2 |');
    expect(markup).toContain('aria-label="Table of Sizes"');
    expect(markup).toContain('<th scope="col">a</th><th scope="col" class="num">b</th>');
    expect(markup).toContain('<td>1</td><td class="num">2</td>');
  });
});

describe('the guide', () => {
  const pages = readGuide();

  it('lists every file of its folder', () => {
    const files = pages.map(({ file }) => file);
    for (const name of readdirSync('docs/guide'))
      if (name !== 'definitions.md') expect(files).toContain(`docs/guide/${name}`);
  });

  it.each(pages.map((page) => [page.id, page] as const))('every link of %s leads somewhere', (_, page) => {
    const addressOf = addressesOf(pages, page);
    expect(componentOf(page.tree, addressOf)).toContain('<h1');
  });

  it('links to definitions by their ids', () => {
    const ids = new Set(DEFINITION_GROUPS.flatMap(({ definitions }) => definitions.map(({ id }) => id)));
    const linked = pages.flatMap(({ file }) => [
      ...readFileSync(file, 'utf8').matchAll(/definitions\.md#([\w-]+)/g),
    ]);
    expect(linked.length).toBeGreaterThan(5);
    for (const [, id] of linked) expect(ids).toContain(id);
  });

  it('a link to a page, a section or a file that does not exist is an error', () => {
    const [page] = pages;
    if (page === undefined) throw new Error('The guide has no pages.');
    const addressOf = addressesOf(pages, page);
    expect(addressOf('verdict.md#mape-and-mpe')).toBe('#/guide/verdict/mape-and-mpe');
    expect(addressOf('definitions.md#mape')).toBe('#/catalogue/definitions/mape');
    expect(addressOf('../deploy.md')).toBeUndefined();
    expect(() => addressOf('verdict.md#nothing')).toThrow('no such heading');
    expect(() => addressOf('nothing.md')).toThrow('does not exist');
  });

  it('its definitions are those of the Catalogue', async () => {
    const file = 'docs/guide/definitions.md';
    await expect(await definitionsPage(file)).toMatchFileSnapshot(`../../${file}`);
  });

  it('the folder that it describes can be read as it stands', async () => {
    const text = readFileSync('docs/guide/validate.md', 'utf8');
    const block = (language: string, beginning: string): string => {
      const found = [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].find(
        ([, own, content]) => own === language && content?.startsWith(beginning),
      );
      if (found?.[2] === undefined) throw new Error(`validate.md has no block of ${language}: ${beginning}`);
      return found[2];
    };
    const folder = '1-qwen3-14b-general';
    const measured = block('json', '{');
    const tree = treeOf('my-data', {
      'experiments.json': block('json', '['),
      [`${folder}/exp-config.yaml`]: block('yaml', 'model:'),
      [`${folder}/profile.yaml`]: block('yaml', 'load:'),
      [`${folder}/vllm.log`]: block('', 'INFO'),
      [`${folder}/results/summary_lifecycle_metrics.json`]: measured,
      [`${folder}/results/stage_0_lifecycle_metrics.json`]: measured,
    });
    const loaded = await loadGroundTruth(tree);
    if (!loaded.ok) throw new Error(loaded.error.message);
    expect(loaded.value.discovery.warnings).toEqual([]);
    expect(loaded.value.entries).toMatchObject([
      { kind: 'ready', experiment: { totalKvBlocks: 15909, maxNumSeqs: 128, warnings: [] } },
    ]);
  });
});
