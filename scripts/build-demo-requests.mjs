// Makes public/demo/requests.bin, the request rows of two demonstration runs of one server, from a folder of measurements:
// node scripts/build-demo-requests.mjs <folder>. The folder is not part of the repository; without it the file stays as it is.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';

const TARGET = 'public/demo/requests.bin';
/** One server, two workloads: enough to fit on one and to predict the other. */
const RUNS = [2, 3];

const folder = process.argv[2];
if (folder === undefined || !existsSync(join(folder, 'experiments.json'))) {
  console.log(`${folder ?? 'No folder given'}: no experiments.json there, so ${TARGET} is left as it is.`);
  process.exit(0);
}

const server = await createServer({
  server: { middlewareMode: true, hmr: false },
  appType: 'custom',
  logLevel: 'error',
});
try {
  const { openFolder } = await server.ssrLoadModule('/src/headless/open-folder.ts');
  const { loadGroundTruth, readyExperiments } = await server.ssrLoadModule(
    '/src/sources/ground-truth/load.ts',
  );
  const { writeDemoRequests } = await server.ssrLoadModule('/src/sources/demo-requests.ts');
  const truth = await loadGroundTruth(await openFolder(folder), { requests: 'load' });
  if (!truth.ok) throw new Error(truth.error.message);
  const runs = readyExperiments(truth.value)
    .filter(({ expId }) => RUNS.includes(expId))
    .map((experiment) => ({ folder: experiment.folder, requests: experiment.requests }));
  const bytes = writeDemoRequests(runs);
  writeFileSync(TARGET, bytes);
  console.log(`${TARGET}: ${runs.length} runs, ${bytes.length} bytes`);
} finally {
  await server.close();
}
