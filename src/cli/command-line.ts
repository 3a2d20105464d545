import yargs, { type Argv } from 'yargs';
import { didYouMean, InputError } from '../model/index.js';
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
    .middleware([rejectRepeated, rejectEmpty], true)
    .fail((problem, error) => {
      if (error !== undefined && error !== null) throw error;
      const message = withoutTwin(problem);
      throw new InputError({}, `${message}${nearestOption(message, cli)} (simulate --help)`);
    })
    .parseAsync();
  return exitCode;
}

/** The parser reports an unknown `--jobs-ot` also as jobsOt. */
function withoutTwin(message: string): string {
  return message.replace(/^Unknown arguments: ([\w-]+), (\w+)$/, (all, name: string, twin: string) =>
    name.replaceAll('-', '').toLowerCase() === twin.toLowerCase() ? `Unknown argument: ${name}` : all,
  );
}

/** `; did you mean --policy?` for an unknown option that is close to an option of the command. */
function nearestOption(message: string, parser: Argv): string {
  const name = /^Unknown argument: ([\w-]+)$/.exec(message)?.[1];
  if (name === undefined) return '';
  // The types of yargs leave out this method.
  const { key } = (parser as unknown as { getOptions(): { key: Record<string, boolean> } }).getOptions();
  return didYouMean(
    name,
    Object.keys(key).filter((option) => option.length > 1),
  ).replace(/(\S+)\?$/, '--$1?');
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
  const [rest] = (args['--'] as readonly string[] | undefined) ?? [];
  if (rest !== undefined) throw new InputError({}, `Unknown argument: ${rest} (simulate --help)`);
  const twice = Object.entries(args)
    .filter(([name, value]) => Array.isArray(value) && !REPEATABLE.has(name))
    .map(([name]) => name);
  // An option with a letter occurs under both names.
  const name = twice.find((one) => one.length > 1) ?? twice[0];
  if (name !== undefined)
    throw new InputError({ field: name.length > 1 ? `--${name}` : `-${name}` }, 'is given twice');
}

/** Arguments without dashes, and options whose values are checked with a better message. */
const CHECKED_LATER = new Set(['_', '--', 'study', 'result', 'name', 'policy', 'workload']);

const POSITIONAL = new Set(['file', 'log']);

/** `--out ''` and `--set` without a value are mistakes. */
function rejectEmpty(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    const isEmpty = value === '' || (Array.isArray(value) && (value.length === 0 || value.includes('')));
    if (isEmpty && name.length > 1 && !CHECKED_LATER.has(name))
      throw InputError.expected({ field: POSITIONAL.has(name) ? name : `--${name}` }, '', 'a value');
  }
}
