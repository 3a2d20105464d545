import yargs, { type Argv } from 'yargs';
import { InputError } from '../model/index.js';
import { VERSION } from '../results/files/version.js';
import { proseWidth } from './prose.js';
import type { Exit } from './run-options.js';

/** Adds a command to the parser. */
type AddCommand = (cli: Argv, exit: Exit) => Promise<Argv>;

/** In the order of the help. Each command is loaded on demand, because start-up dominates the time of a short command. */
const COMMANDS: Readonly<Record<string, AddCommand>> = {
  run: async (cli, exit) => cli.command((await import('./commands/run.js')).runCommand(exit)),
  compare: async (cli) => cli.command((await import('./commands/compare.js')).compareCommand()),
  compact: async (cli, exit) => cli.command((await import('./commands/compact.js')).compactCommand(exit)),
  gate: async (cli, exit) => cli.command((await import('./commands/gate.js')).gateCommand(exit)),
  reproduce: async (cli, exit) =>
    cli.command((await import('./commands/reproduce.js')).reproduceCommand(exit)),
  policy: async (cli, exit) => cli.command((await import('./commands/policy.js')).policyCommand(exit)),
  trace: async (cli) => cli.command((await import('./commands/trace.js')).traceCommand()),
  schema: async (cli) => cli.command((await import('./commands/schema.js')).schemaCommand()),
  master: async (cli) => cli.command((await import('./commands/master.js')).masterCommand()),
  replay: async (cli, exit) => cli.command((await import('./commands/replay.js')).replayCommand(exit)),
  rehearse: async (cli, exit) => cli.command((await import('./commands/rehearse.js')).rehearseCommand(exit)),
  submit: async (cli, exit) => cli.command((await import('./commands/submit.js')).submitCommand(exit)),
  agent: async (cli) => cli.command((await import('./commands/agent.js')).agentCommand()),
};

/** Adds the default command and the commands named in the arguments; for the help, adds all commands. */
async function addCommands(cli: Argv, args: readonly string[], exit: Exit): Promise<Argv> {
  const asksHelp = args.some((arg) => arg === '--help' || arg === '-h');
  for (const [name, add] of Object.entries(COMMANDS))
    if (asksHelp || name === 'run' || args.includes(name)) await add(cli, exit);
  return cli;
}

/** Parses the arguments, performs the command, and returns the exit code. @throws InputError for wrong usage. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const exit: Exit = (code) => {
    exitCode = code;
  };
  const cli = yargs([...args])
    .scriptName('simulate')
    .usage(
      '$0 [command]\n\nRuns a workload on a simulated cluster under scheduling policies, and compares them.',
    );
  await addCommands(cli, args, exit);
  await cli
    .version(VERSION)
    .alias('help', 'h')
    .strict()
    .wrap(proseWidth())
    .exitProcess(false)
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .middleware(rejectRepeated, true)
    .fail((message, error) => {
      if (error !== undefined && error !== null) throw error;
      throw new InputError({}, `${message} (simulate --help)`);
    })
    .parseAsync();
  return exitCode;
}

/** Options that may be repeated, and lists of arguments. */
const REPEATABLE = new Set([
  '_',
  'set',
  's',
  'fault',
  'operation',
  'add',
  'tolerance',
  'study',
  'result',
  'objective',
]);

/** `--seed 1 --seed 2` is a mistake, not a list. */
function rejectRepeated(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    if (Array.isArray(value) && !REPEATABLE.has(name))
      throw new InputError({ field: `--${name}` }, 'is given twice');
  }
}
