// A static host as plain as they come: files of a folder under a sub-path, a content type, no other header of its own. It can be
// stopped, and what it serves can be exchanged.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export class StaticHost {
  root: string;
  url = '';
  #server: Server;

  private constructor(root: string, server: Server) {
    this.root = root;
    this.#server = server;
  }

  /** Serves `root` under `path`, which starts and ends with a slash. */
  static async start(root: string, path: string): Promise<StaticHost> {
    const server = createServer();
    const host = new StaticHost(root, server);
    server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      const name = pathname.slice(path.length) || 'index.html';
      const file = join(host.root, normalize(name));
      if (!pathname.startsWith(path) || !existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    return host;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
