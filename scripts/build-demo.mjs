// Makes public/demo/measurements.json from a folder of measurements: node scripts/build-demo.mjs <folder>. The folder is not part
// of the repository; without it the file that is there stays as it is.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';

const TARGET = 'public/demo/measurements.json';
const SOURCE = {
  title:
    'vLLM v0.15.1 on NVIDIA H100 SXM, loaded with inference-perf (constant rate, shared_prefix prompts, streaming)',
  origin:
    'github.com/inference-sim/training, commit ed5c1d2, default_args/: lifecycle metrics, exp-config.yaml, profile.yaml',
  remarks: [
    'Twelve of the sixteen published experiments, re-tabulated: latencies in ms, rates per second, stage -1 = all stages.',
    'KV blocks are the "GPU KV cache size" token counts of the upstream design document divided by 16; CPU blocks are derived from the 8 GiB of offloading space.',
    'itl_mean_ms is (E2E - TTFT) / (output tokens - 1) of the stage means; percentiles of ITL were not measured.',
    'Experiments marked unsafe were overloaded: more than a tenth of their requests failed, and their averages cover the survivors only.',
  ],
};

const folder = process.argv[2];
if (folder === undefined || !existsSync(join(folder, 'experiments.json'))) {
  console.log(
    `${folder ?? 'No folder given'}: no experiments.json there, so ${TARGET} is left as it is.\n` +
      'Usage: node scripts/build-demo.mjs <folder with experiments.json>',
  );
  process.exit(0);
}

const load = async (file) => (await runnerImport(file, { logLevel: 'error' })).module;
const { openFolder } = await load('/src/headless/open-folder.ts');
const { loadGroundTruth, readyExperiments } = await load('/src/sources/ground-truth/load.ts');
const { writeDemo } = await load('/src/sources/demo.ts');

const truth = await loadGroundTruth(await openFolder(folder), { all: true });
if (!truth.ok) throw new Error(truth.error.message);
const experiments = readyExperiments(truth.value);
mkdirSync('public/demo', { recursive: true });
writeFileSync(TARGET, writeDemo({ source: SOURCE, experiments }));
console.log(`${TARGET}: ${experiments.length} experiments`);
