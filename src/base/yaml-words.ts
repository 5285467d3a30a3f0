// The YAML library's messages in words for a reader.

/** What is wrong with a text, without its place. */
export function yamlFault(message: string): string {
  if (isExhausted(message)) return 'it nests too deep';
  return (message.split('\n', 1)[0] ?? message)
    .replace(/ at line \d+, column \d+:?$/, '')
    .replace(/^Map keys must be unique$/, 'a key appears twice in one mapping; keep one')
    .replace(/^Missing closing (["'])quote$/, 'a text that starts with $1 is not closed')
    .replace(
      /^Flow (?:sequence|map) in block collection must be .* end with a (.)$/,
      'a list or mapping in brackets is not closed by $1',
    );
}

/** The library's composer recurses, and catches its own exhausted stack. */
export const isExhausted = (message: string): boolean => /call stack|recursion/i.test(message);
