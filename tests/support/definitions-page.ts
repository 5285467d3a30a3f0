// docs/guide/definitions.md, written from what the Catalogue shows, so that the repository has the same text and no second one.

import { format, resolveConfig } from 'prettier';
import { DEFINITION_GROUPS, type Definition } from '../../src/app/catalogue/definitions';

const HEAD = `# Definitions

<!-- Written from src/app/catalogue/definitions.ts by \`npx vitest run tests/unit/guide.test.ts -u\`. Change it there. -->

What every number on the page means, as the Catalogue shows it under Definitions.`;

/** The page as it is to stand in the repository; \`file\` decides how it is formatted. */
export async function definitionsPage(file: string): Promise<string> {
  const groups = DEFINITION_GROUPS.map(({ title, definitions }) =>
    [`## ${title}`, ...definitions.map(definitionText)].join('\n\n'),
  );
  const options = await resolveConfig(file);
  return format([HEAD, ...groups].join('\n\n'), { ...options, parser: 'markdown' });
}

function definitionText({ id, term, spelledOut, text, formula, example, elsewhere }: Definition): string {
  return [
    `### ${term} <a id="${id}"></a>`,
    spelledOut === undefined ? text : `_${spelledOut}._ ${text}`,
    ...(formula === undefined ? [] : [`\`\`\`\n${formula}\n\`\`\``]),
    ...(example === undefined ? [] : [`Example: ${example}`]),
    ...(elsewhere === undefined
      ? []
      : [
          'The same word in other tools:',
          elsewhere.map(({ tool, meaning }) => `- ${tool}: ${meaning}`).join('\n'),
        ]),
  ].join('\n\n');
}
