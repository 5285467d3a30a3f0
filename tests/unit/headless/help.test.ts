// Each command can be asked what it takes.
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/headless/commands';
import { nodeIo } from '../../../src/headless/io';

describe('--help', () => {
  it.each([...COMMANDS])('of %s names its options', async (name, load) => {
    const help = (await load())(nodeIo).helpInformation();
    expect(help).toContain(`Usage: ${name}`);
  });
});
