// Entry of the Node command line. Each command is a Commander command from commands/; this file only lists them and maps
// outcomes to exit codes: 0, or 1 with one clear line per problem on stderr.

import { CommanderError, Command } from 'commander';
import { COMMANDS } from './commands';
import { UsageError, nodeIo } from './io';

// A reader that has seen enough, as `| head`, is no fault: the command still writes its files.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = new Command('plumbline')
  .description('Checks LLM-serving simulators against measurements, and simulates LLM serving.')
  .showSuggestionAfterError(true)
  .exitOverride();

// Help and wrong names need all commands, for their descriptions and for the suggestion.
const asked = COMMANDS.get(process.argv[2] ?? '');
for (const load of asked === undefined ? COMMANDS.values() : [asked]) {
  program.addCommand((await load())(nodeIo).exitOverride());
}

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
