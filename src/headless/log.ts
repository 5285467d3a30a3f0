// Diagnostics on stderr in the reference tools' form `LEVEL - logger - message`; INFO only when asked for.

import type { Io } from './io';

export interface Log {
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

export function openLog(io: Pick<Io, 'stderr'>, logger: string, isVerbose: boolean): Log {
  const write = (level: string) => (message: string) => io.stderr(`${level} - ${logger} - ${message}\n`);
  return {
    info: isVerbose ? write('INFO') : () => undefined,
    warning: write('WARNING'),
    error: write('ERROR'),
  };
}
