// Entry of the Node command line. Each command is a Commander command from commands/; this file only lists them and maps
// outcomes to exit codes: 0, or 1 with one clear line per problem on stderr.

import { CommanderError, Command } from 'commander';
import { COMMANDS } from './commands';
import { UsageError, nodeIo } from './io';

const program = new Command('plumbline')
  .description('Checks LLM-serving simulators against measurements, and simulates LLM serving.')
  .showSuggestionAfterError(true)
  .exitOverride();

for (const build of COMMANDS) program.addCommand(build(nodeIo).exitOverride());

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 1;
  } else if (error instanceof UsageError) {
    for (const line of error.lines) console.error(line);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
