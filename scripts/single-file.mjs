// Vite plugin: folds the built page into one HTML file that opens from a disk, without a host. The bundler has already put all
// modules into one script and all files into it; here script and style move into the page, and its policy names them by their
// hashes instead of by where they come from.

import { createHash } from 'node:crypto';

/** In place of `'self'`, which means nothing in a page from a disk. */
const SOURCES = { 'font-src': () => 'data:', 'img-src': () => 'data: blob:', 'worker-src': () => 'blob:' };

/** @returns {import('vite').Plugin} */
export function singleFile(fileName) {
  return {
    name: 'single-file',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const parts = Object.values(bundle);
        const page = only(parts, (name) => name.endsWith('.html'));
        // Inside a script element these two character sequences would end it, or hide its end; in JavaScript both escapes mean the same.
        const script = only(parts, (name) => name.endsWith('.js'))
          .code.replaceAll('</script', '<\\/script')
          .replaceAll('<!--', '<\\x21--');
        const style = String(only(parts, (name) => name.endsWith('.css')).source);
        const icon = only(parts, (name) => name.endsWith('.svg'));
        if (parts.length !== 4)
          throw new Error(`Not all of the page is in one script: ${Object.keys(bundle).join(', ')}`);

        page.source = replaced(String(page.source), [
          [`./${icon.fileName}`, `data:image/svg+xml;base64,${Buffer.from(icon.source).toString('base64')}`],
          [/<script type="module"[^>]* src="[^"]*"><\/script>/, `<script type="module">${script}</script>`],
          [/<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`],
          [
            /(?<=http-equiv="Content-Security-Policy"\s+content=")[^"]*/,
            (policy) => policyFor(policy, script, style),
          ],
        ]);
        for (const name of Object.keys(bundle))
          if (bundle[name] !== page) Reflect.deleteProperty(bundle, name);
        page.fileName = fileName;
      },
    },
  };
}

function policyFor(policy, script, style) {
  return policy
    .split(/;\s*/)
    .map((directive) => {
      const [name, ...values] = directive.split(' ');
      if (name === 'script-src')
        return [name, hashOf(script), ...values.filter((value) => value !== "'self'")].join(' ');
      if (name === 'style-src') return `${name} ${hashOf(style)}`;
      return SOURCES[name] ? `${name} ${SOURCES[name]()}` : directive;
    })
    .join('; ');
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function only(parts, isIt) {
  const found = parts.filter(({ fileName }) => isIt(fileName));
  if (found.length !== 1)
    throw new Error(
      `Expected one such file, found ${found.map(({ fileName }) => fileName).join(', ') || 'none'}`,
    );
  return found[0];
}

/** Each pattern must occur. Replacements are functions, because `$` in a script is no reference. */
function replaced(text, pairs) {
  return pairs.reduce((result, [pattern, by]) => {
    if (result.search(pattern) < 0) throw new Error(`${pattern} does not occur in the page`);
    return result.replace(pattern, typeof by === 'function' ? by : () => by);
  }, text);
}
