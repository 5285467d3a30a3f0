// Writes src/figures/font/stix-metrics.ts: the advance widths of STIX Two Text that figures measure text with, read from the
// font files of @fontsource/stix-two-text. Run it after updating that package; a unit test compares table and files.
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { runnerImport } from 'vite';

const FACES = { regular: '400-normal', bold: '700-normal', italic: '400-italic' };
/** Printable ASCII and Latin-1, then the few others that titles use. */
const RANGES = [
  [0x20, 0x7e],
  [0xa0, 0xff],
];
const OTHERS = [0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2026, 0x2191, 0x2193, 0x2212];

const { module } = await runnerImport('/src/figures/font/woff.ts', { logLevel: 'error' });
const codePoints = [
  ...RANGES.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
  ...OTHERS,
];
const faces = Object.entries(FACES).map(([name, file]) => {
  const font = module.readWoff(
    readFileSync(`node_modules/@fontsource/stix-two-text/files/stix-two-text-latin-${file}.woff`),
  );
  const widths = codePoints.map((code) => font.advanceOf(font.glyphOf(code)));
  return { name, font, widths };
});
const [{ font: regular }] = faces;

const text = `// Made by scripts/build-font-metrics.mjs from the fonts of @fontsource/stix-two-text (OFL-1.1). Font units.

export const UNITS_PER_EM = ${regular.unitsPerEm};

/** Characters of the width lists, in their order. */
export const CHARACTERS = ${JSON.stringify(String.fromCodePoint(...codePoints))};

export const WIDTHS = {
${faces.map(({ name, widths }) => `  // prettier-ignore\n  ${name}: [${wrapped(widths)}],`).join('\n')}
} as const;
`;

function wrapped(numbers) {
  const lines = [];
  for (let at = 0; at < numbers.length; at += 24) lines.push(numbers.slice(at, at + 24).join(', '));
  return `\n    ${lines.join(',\n    ')},\n  `;
}

const target = 'src/figures/font/stix-metrics.ts';
writeFileSync(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
