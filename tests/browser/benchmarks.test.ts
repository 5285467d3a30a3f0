// Benchmark results as measurements on the page: dropped files, the server described once, plan, run, verdict, quality, reload; and none
// of their prompts and replies in what is stored or exported.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './support';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/same-20-requests', name);

/** Every file of the samples that holds private texts, and one that nothing is known of. */
const FILES = [
  'vllm-bench-2026.json',
  'sglang-bench.jsonl',
  'inference-perf-2026-per_request_lifecycle_metrics.json',
  'guidellm-v2-benchmarks.json',
  'aiperf-profile_export.jsonl',
  'perf-analyzer-profile_export.json',
];

async function dropFiles(page: Page, files: readonly { readonly name: string; readonly text: string }[]) {
  const data = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, text } of list) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

/** Everything that the page keeps, as text. */
const storedTexts = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const parts: string[] = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    const text = (value: unknown): string =>
      JSON.stringify(value, (_key, item: unknown) => {
        if (ArrayBuffer.isView(item))
          return String.fromCharCode(...new Uint8Array(item.buffer.slice(0, 1e4)));
        return item instanceof Map || item instanceof Set ? [...item] : item;
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(name));
      });
      for (const store of database.objectStoreNames) {
        const values = await new Promise<unknown>((resolve, reject) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(new Error(store));
        });
        parts.push(`${name}: ${text(values)}`);
      }
      database.close();
    }
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) parts.push(`cache ${request.url}`);
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) parts.push(`file ${name}`);
    return parts.join('\n');
  });

test('files of six tools become measurements once their server is described', async ({ page }) => {
  const dropped = FILES.map((name) => ({
    name,
    text: readFileSync(fixture(name), 'utf8').replaceAll(
      'example/model',
      'codellama/CodeLlama-34b-Instruct-hf',
    ),
  }));
  expect(dropped.filter(({ text }) => text.includes('CANARY')).length).toBeGreaterThanOrEqual(5);
  await page.goto('./');
  await dropFiles(page, [...dropped, { name: 'notes.json', text: '{"title": 1, "cells": []}' }]);

  await expect(
    page.getByRole('heading', { name: '5 benchmark results need a description of the server.' }),
  ).toBeVisible();
  await expect(page.locator('tr.left-out', { hasText: 'notes.json' })).toContainText('title, cells');
  await expect(page.locator('tr.left-out', { hasText: 'perf-analyzer' })).toContainText(
    'how many tokens its prompts have',
  );
  await page.getByLabel('How vllm-bench-2026.json was read').click();
  const figures = page.getByRole('region', { name: 'Figures of vllm-bench-2026.json' });
  await expect(figures.getByRole('row', { name: /TTFT mean, ms/ })).toContainText('140.146');
  await expectAccessible(page);

  // Without the needed facts nothing is used, and the first that lacks is where the typing goes.
  const forms = page.locator('form', { has: page.getByRole('button', { name: /^Use as/ }) });
  await expect(forms).toHaveCount(2);
  const first = forms.first();
  await first.getByRole('button', { name: /^Use as/ }).click();
  await expect(first.getByLabel('Model', { exact: true })).toBeFocused();
  const fill = async (form: typeof first, facts: Readonly<Record<string, string>>) => {
    for (const [label, value] of Object.entries(facts))
      await form.getByLabel(label, { exact: true }).fill(value);
    await form.getByRole('button', { name: /^Use as/ }).click();
  };
  const server = {
    Model: 'meta-llama/Llama-3.1-8B-Instruct',
    GPU: 'H100',
    'Tensor parallelism': '1',
    'Running sequences, most': '128',
    'Tokens of a step, most': '2048',
    'KV blocks': '26,603',
  };
  await fill(first, server);
  await expect(forms).toHaveCount(1);
  // What was said of the first server is proposed for the second, and can be changed.
  await expect(forms.first()).toContainText('Filled in as you described');
  await expect(forms.first().getByLabel('KV blocks', { exact: true })).toHaveValue('26603');
  await fill(forms.first(), { 'KV blocks': '20000' });
  await expect(page.getByRole('heading', { name: '5 of 7 experiments are ready.' })).toBeVisible();

  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('heading', { name: /^All \d+ runs are finished\.$/ })).toBeVisible();
  await page.getByRole('link', { name: 'Open the verdict' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('the measured end-to-end latency');

  const exported: string[] = [];
  for (const label of ['error_records.csv', 'Result bundle (zip)', 'Report (HTML)']) {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: label }).click(),
    ]);
    exported.push(readFileSync(await download.path(), 'latin1'));
  }
  expect(exported[0]).toContain('vllm-bench-2026.json');
  expect(exported.join('\n')).not.toContain('CANARY');

  await page.getByRole('link', { name: /^Quality/ }).click();
  await expect(page.getByRole('heading', { name: 'What the source does not say' })).toBeVisible();
  await expect(page.getByText('No start times: all requests are taken to arrive at once')).toBeVisible();

  // A reload brings everything back, and no prompt or reply was ever kept.
  await page.reload();
  await page.getByRole('link', { name: /^Sources/ }).click();
  await expect(page.getByRole('heading', { name: '5 of 7 experiments are ready.' })).toBeVisible();
  const kept = await storedTexts(page);
  expect(kept).toContain('vllm-bench-2026.json');
  expect(kept).not.toContain('CANARY');
  expect(page.url()).not.toContain('vllm-bench');

  await page.goto('./#/storage');
  await expect(page.getByText('Descriptions of measured servers')).toBeVisible();

  // The same file again: its server is known.
  await page.keyboard.press('Escape');
  await page.goto('./#/validate');
  await dropFiles(page, dropped.slice(0, 1));
  await expect(page.getByRole('heading', { name: 'One experiment is ready.' })).toBeVisible();
  await page.getByRole('button', { name: 'Change the server of vllm-bench-2026.json' }).click();
  await expect(page.getByLabel('KV blocks', { exact: true })).toHaveValue('20000');
});
