/** Arguments as one line for a POSIX shell: quoted only where the shell would read more than text. */
export const shellLine = (args: readonly string[]): string =>
  args.map((arg) => (/^[\w./:=@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
