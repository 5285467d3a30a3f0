// AIConfigurator's measured tables on the built page: dropped as a zip anywhere, read in workers, shown with every number, kept over
// a reload; and what is dropped elsewhere on the window goes where it belongs by its content.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { drop, expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

/** Invented latencies above the roofline, on a grid that holds what two of the made-up experiments ask for. */
function systemsZip(): Uint8Array {
  const gemm = ['gemm_dtype,m,n,k,latency'];
  const sizes = [32, 512, 4096, 16384, 65536];
  for (const m of [1, 64, 1024, 16384])
    for (const n of sizes)
      for (const k of sizes) gemm.push(`bfloat16,${m},${n},${k},${0.004 + (2 * m * n * k) / 6e11}`);
  const head = 'attn_dtype,kv_cache_dtype,batch_size,isl,num_heads,num_key_value_heads,head_dim,step,latency';
  const [context, generation] = [[head], [head]];
  for (const kv of [2, 4])
    for (const heads of [4, 8, 16, 32, 64])
      for (const batch of [1, 16, 256, 2048])
        for (const length of [1, 256, 4096, 65536]) {
          const key = `bfloat16,bfloat16,${batch}`;
          context.push(
            `${key},${length},${heads},${kv},128,0,${0.005 + (batch * length * length * heads) / 4e11}`,
          );
          generation.push(`${key},1,${heads},${kv},128,${length - 1},${0.005 + (batch * length * kv) / 4e9}`);
        }
  const reduce = ['allreduce_dtype,num_gpus,message_size,latency,kernel_source'];
  for (const gpus of [2, 4, 8])
    for (const size of [128, 1_000_000, 500_000_000])
      reduce.push(`half,${gpus},${size},${0.01 + size / 1e8},vllm`);
  const tables = {
    gemm_perf: gemm,
    context_attention_perf: context,
    generation_attention_perf: generation,
    custom_allreduce_perf: reduce,
  };
  return zipSync(
    Object.fromEntries(
      Object.entries(tables).map(([stem, lines]) => [
        `systems/data/h100_sxm/vllm/0.14.0/${stem}.txt`,
        strToU8(`${lines.join('\n')}\n`),
      ]),
    ),
  );
}

test('tables make the estimate measured, are named with it, and can be removed again', async ({
  page,
}, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(3)));
  const card = page.getByRole('region', { name: 'Measured tables for AIConfigurator' });
  await expect(card).toContainText('none loaded: its estimates are analytic');
  await page.getByRole('button', { name: 'Open the plan' }).click();
  // Only the estimators: the others are switched off.
  for (const name of ['Blackbox', 'Roofline', 'CrossModel', 'Trained', 'Physics'])
    for (const head of await page.getByRole('columnheader', { name: new RegExp(name, 'i') }).all()) {
      const button = head.getByRole('button');
      if ((await button.getAttribute('aria-pressed')) === 'true') await button.click();
    }
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('button', { name: /^Run again/ })).toBeVisible();
  await page.getByRole('link', { name: 'Verdict', exact: true }).click();
  const table = page.getByRole('region', { name: 'Error by simulator' });
  const estimate = table.getByRole('row', { name: /AIConfigurator/ });
  await expect(estimate).toContainText('EMPIRICAL without measured tables');
  const analytic = await estimate.innerText();

  // Dropped on the verdict: recognised, read, and the pairs estimated before are stale.
  await drop(page, 'systems.zip', systemsZip());
  await expect(page).toHaveURL(/#\/validate\/sources/);
  await expect(card.getByRole('row', { name: /h100_sxm/ })).toContainText(
    'gemm_perf, context_attention_perf, generation_attention_perf, custom_allreduce_perf',
  );
  await expectAccessible(page);
  for (const [width, scheme] of [
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await card.scrollIntoViewIfNeeded();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.screenshot({ path: info.outputPath(`tables-${width}-${scheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: /^Run 2 left$/ }).click();
  await expect(page.getByRole('button', { name: /^Run again/ })).toBeVisible();
  await page.getByRole('button', { name: /^AIConfigurator, experiment 1:/ }).hover();
  await expect(page.getByRole('tooltip')).toHaveText('AIConfigurator: SILICON from h100_sxm/vllm/0.14.0.');
  await page.getByRole('link', { name: 'Verdict', exact: true }).click();
  await expect(estimate).toContainText('SILICON from h100_sxm/vllm/0.14.0');
  expect(await estimate.innerText()).not.toBe(analytic);
  await expect(
    page.getByText('measured tables h100_sxm/vllm/0.14.0; every tabulated operator'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /Tables as Markdown/ }).click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toContain('SILICON from h100');

  // Kept: tables and the numbers that rest on them.
  await page.reload();
  await expect(estimate).toContainText('SILICON from h100_sxm/vllm/0.14.0');
  await page.getByRole('link', { name: /^Sources/ }).click();
  await card.getByRole('button', { name: 'Remove' }).click();
  await expect(card).toContainText('none loaded');
  await page.getByRole('link', { name: 'Verdict', exact: true }).click();
  await expect(estimate).toContainText('EMPIRICAL without measured tables');
});

test('Parquet tables with gaps fail by name, or are estimated on request', async ({ page }, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(1)));
  const parquet = readFileSync(join(import.meta.dirname, '../fixtures/perf-tables/gemm_perf.parquet'));
  await drop(
    page,
    'tables.zip',
    zipSync({
      'data/h100_sxm/gemm/vllm/0.19.0/gemm_perf.parquet': new Uint8Array(parquet),
      'data/h100_sxm/moe/vllm/0.19.0/moe_perf.parquet': strToU8(
        'version https://git-lfs.github.com/spec/v1\n',
      ),
    }),
  );
  const card = page.getByRole('region', { name: 'Measured tables for AIConfigurator' });
  await expect(card.getByRole('row', { name: /h100_sxm/ })).toContainText('gemm_perf');
  await expect(card).toContainText('is a Git LFS pointer');
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  const failed = page.getByRole('button', { name: /! failed.*AIConfigurator failed on experiment 1/ });
  await expect(failed).toContainText('custom_allreduce_perf: num_gpus 4: not in the tables of h100_sxm');
  await expect(failed).toContainText('use HYBRID mode');
  await page.getByRole('link', { name: /^Sources/ }).click();
  await card.getByText('It is estimated').click();
  await page.getByRole('button', { name: /^Run \d+ left$/ }).click();
  const done = page.getByRole('button', { name: /^AIConfigurator, experiment 1:/ });
  await done.hover();
  await expect(page.getByRole('tooltip')).toHaveText('AIConfigurator: HYBRID from h100_sxm/vllm/0.19.0.');
});

test('results dropped beside their card are added to the project, not read as measurements', async ({
  page,
}, info) => {
  const vidur = [
    'Request Id,request_e2e_time,prefill_e2e_time,decode_time_execution_plus_preemption_normalized',
    ...Array.from({ length: 240 }, (_, row) => `${row},2.5,0.05,0.01`),
    '',
  ].join('\n');
  const archive = zipSync({ 'simulator_output/2026-01-01/request_metrics.csv': strToU8(vidur) });
  const records =
    'simulator,experiment_folder,model,workload,exp_id,stage_index,metric_name,predicted,actual,mape,mpe,absolute_error\n' +
    'elsewhere,1-made-tp4,m,general,1,-1,e2e_mean,1500,1000,50,50,500\n';
  await page.goto('./');
  await expect(page.getByRole('heading', { name: /How far are/ })).toBeVisible();
  await drop(page, 'vidur.zip', archive);
  await expect(page.getByRole('alert')).toContainText(
    'vidur.zip holds results of simulators, not measurements. Open the measurements first',
  );
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(2)));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await drop(page, 'vidur.zip', archive);
  await expect(page).toHaveURL(/#\/validate\/sources/);
  const card = page.getByRole('region', { name: 'Results of other simulators' });
  await expect(card.getByRole('row', { name: /request_metrics\.csv/ })).toContainText('240 requests');
  await page.getByRole('link', { name: /^Plan/ }).click();
  await drop(page, 'error_records.csv', records);
  await expect(card.getByRole('row', { name: /error_records\.csv/ })).toContainText('exp_id 1');
  await expect(page.getByRole('heading', { name: 'All 2 experiments are ready.' })).toBeVisible();
});
