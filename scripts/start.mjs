// Builds the page and serves it as the plain static files that it is.
import { spawnSync } from 'node:child_process';
import { preview } from 'vite';

const build = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
if (build.status !== 0) process.exit(build.status ?? 1);

const server = await preview({ preview: { port: Number(process.env.PORT ?? 4173), strictPort: false } });
console.log(`\nPlumbline is ready: ${server.resolvedUrls?.local[0]}  (Ctrl C stops it)`);
