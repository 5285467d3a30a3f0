// What every browser test shares: a page that must stay quiet (no console warning or error, no request to another origin),
// folders of made-up measurements, and the ways to hand them in.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { lifecycle, manifestEntry, PROFILE } from '../support/measured-folder';

interface Watched {
  /** Everything the page and its workers asked for. */
  readonly requests: string[];
  /** What the service worker asked for. */
  readonly copied: string[];
  /** Hosts that the page may come from. */
  readonly hosts: Set<string>;
  readonly complaints: string[];
}

export const test = base.extend<{ watched: Watched }>({
  watched: [
    async ({ page, context, baseURL }, use) => {
      const { host } = new URL(baseURL ?? 'http://127.0.0.1');
      const watched: Watched = { requests: [], copied: [], complaints: [], hosts: new Set([host]) };
      context.on('request', (request) =>
        (request.serviceWorker() ? watched.copied : watched.requests).push(request.url()),
      );
      context.on('console', (message) => {
        if (['warning', 'error'].includes(message.type()))
          watched.complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => watched.complaints.push(`thrown: ${error.message}`));
      await use(watched);
      expect(watched.complaints).toEqual([]);
      const foreign = [...watched.requests, ...watched.copied].filter(
        (url) => !/^(blob|data):/.test(url) && !watched.hosts.has(new URL(url).host),
      );
      expect(foreign).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Paths and texts of a folder with so many experiments; models and workloads vary so that groups exist. */
export function measurements(count: number, durationS = 60): Record<string, string> {
  const models = [
    'meta-llama/Llama-2-70b-hf',
    'codellama/CodeLlama-34b-Instruct-hf',
    'mistralai/Mixtral-8x7B-v0.1',
  ];
  const workloads = ['general', 'codegen', 'roleplay'];
  const files: Record<string, string> = {};
  const manifest = Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    const model = models[index % models.length] ?? '';
    const tp = index % 3 === 0 ? 4 : 2;
    const folder = `${id}-made-tp${tp}`;
    const workload = workloads[Math.floor(index / 3) % workloads.length] ?? '';
    const profile = { ...PROFILE, load: { stages: [{ rate: 4, duration: durationS }] } };
    files[`${folder}/exp-config.yaml`] =
      `model: ${model}\ntensor_parallelism: ${tp}\nmax_model_len: 4096\nmax_num_batched_tokens: 2048\nmax_num_seqs: 128\n`;
    files[`${folder}/profile.yaml`] = JSON.stringify(profile);
    files[`${folder}/vllm.log`] =
      'INFO Available KV cache memory: 38.97 GiB\nINFO GPU KV cache size: 425,648 tokens\n';
    const measured = JSON.stringify(lifecycle(4 * durationS, 4));
    files[`${folder}/results/stage_0_lifecycle_metrics.json`] = measured;
    files[`${folder}/results/summary_lifecycle_metrics.json`] = measured;
    return { ...manifestEntry(id), workload, cpu_offload: false };
  });
  files['experiments.json'] = JSON.stringify(manifest);
  return files;
}

export function writeFolder(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** By `<input webkitdirectory>`, where the browser has no folder picker. */
export async function openByInput(page: Page, root: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(root);
}

/** A file in the hand of whoever drags it over the page; its bytes are made there. Gives what drops it. */
export async function dragFile(page: Page, name: string, bytes: Uint8Array): Promise<() => Promise<void>> {
  const transfer = await page.evaluateHandle(
    async ([fileName, base64]) => {
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([content], fileName));
      return data;
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  // In a task of its own, as the browser would: one that counts as the page's.
  return () =>
    page.evaluate((dataTransfer) => {
      const drop = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer });
      setTimeout(() => document.body.dispatchEvent(drop));
    }, transfer);
}

export const dropFile = async (page: Page, name: string, bytes: Uint8Array): Promise<void> =>
  (await dragFile(page, name, bytes))();

/** A directory handle in the page's own file system stands in for a picked folder. */
export async function preparePicker(
  page: Page,
  files: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  await page.evaluate(
    async ([texts, folderName]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(folderName, { create: true });
      for (const [path, text] of Object.entries(texts)) {
        const parts = path.split('/');
        const fileName = parts.pop() ?? '';
        let at = folder;
        for (const part of parts) at = await at.getDirectoryHandle(part, { create: true });
        const writable = await (await at.getFileHandle(fileName, { create: true })).createWritable();
        await writable.write(text);
        await writable.close();
      }
      Object.assign(window, { showDirectoryPicker: () => Promise.resolve(folder) });
    },
    [files, name] as const,
  );
}

export async function openByPicker(
  page: Page,
  files: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  await preparePicker(page, files, name);
  await page.getByRole('button', { name: 'Choose folder' }).click();
}

/** No serious finding of axe on what is on screen. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
  ).toEqual([]);
}

/** A file as a drag from the desktop would hand it over, onto a part of the page. */
export async function drop(
  page: Page,
  name: string,
  content: Uint8Array | string,
  onto = 'main',
): Promise<void> {
  const bytes = [...(typeof content === 'string' ? new TextEncoder().encode(content) : content)];
  await page.evaluate(
    ([fileName, data, selector]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(data)], fileName));
      document
        .querySelector(selector)
        ?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    [name, bytes, onto] as const,
  );
}
