import yargs, { type Argv } from 'yargs';
import { InputError } from '../model/index.js';
import { VERSION } from '../results/files/version.js';
import { proseWidth } from './prose.js';
import type { Exit } from './run-options.js';
import { checkSwitches, usageMistake, withNegativeValues } from './usage-mistakes.js';

/** Adds a command to the parser. */
type AddCommand = (cli: Argv, exit: Exit) => Promise<Argv>;

/** In the order of the help. Each command is loaded on demand, because start-up dominates the time of a short command. */
const COMMANDS: Readonly<Record<string, AddCommand>> = {
  run: async (cli, exit) => cli.command((await import('./commands/run.js')).runCommand(exit)),
  compare: async (cli) => cli.command((await import('./commands/compare.js')).compareCommand()),
  sweep: async (cli, exit) => cli.command((await import('./commands/sweep.js')).sweepCommand(exit)),
  worker: async (cli) => cli.command((await import('./commands/worker.js')).workerCommand()),
  playground: async (cli) => cli.command((await import('./commands/playground.js')).playgroundCommand()),
  explain: async (cli) => cli.command((await import('./commands/explain.js')).explainCommand()),
  query: async (cli) => cli.command((await import('./commands/query.js')).queryCommand()),
  report: async (cli) => cli.command((await import('./commands/report.js')).reportCommand()),
  serve: async (cli) => cli.command((await import('./commands/serve.js')).serveCommand()),
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
export async function runCommandLine(given: readonly string[]): Promise<number> {
  const args = withNegativeValues(given);
  let exitCode = 0;
  const exit: Exit = (code) => {
    exitCode = code;
  };
  const cli = yargs(args)
    .scriptName('simulate')
    .usage(
      '$0 [command]\n\nRuns a workload on a simulated cluster under scheduling policies, and compares them.',
    );
  await addCommands(cli, args, exit);
  // The types of yargs leave out this method.
  const optionsOf = () => (cli as unknown as { getOptions(): ParserOptions }).getOptions();
  await cli
    .version(VERSION)
    .alias('help', 'h')
    .strict()
    // Messages of the parser are rewritten, so they must be in English.
    .detectLocale(false)
    .wrap(proseWidth())
    .exitProcess(false)
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .middleware([() => checkSwitches(args, optionsOf().boolean), rejectRepeated, rejectEmpty], true)
    .fail((problem, error, usage) => {
      if (error !== undefined && error !== null) throw error;
      throw usageMistake(problem, {
        args,
        options: Object.keys(optionsOf().key),
        ...levelOf(usage as unknown as ParserUsage),
      });
    })
    .parseAsync();
  return exitCode;
}

interface ParserOptions {
  readonly key: Readonly<Record<string, boolean>>;
  readonly boolean: readonly string[];
}

/** The help of the command that was parsed. The types of yargs leave it out. */
interface ParserUsage {
  getUsage(): readonly (readonly string[])[];
  getCommands(): readonly (readonly string[])[];
}

function levelOf(usage: ParserUsage): { readonly usage: string; readonly commands: readonly string[] } {
  const names = usage.getCommands().map(([command]) => command.split(' ')[0]);
  return {
    usage: usage.getUsage()[0]?.[0] ?? '',
    // At the top, only the commands named in the arguments are known to the parser.
    commands: names.includes('run') ? Object.keys(COMMANDS) : names,
  };
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
  'metric',
  'explain',
  'vary',
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
const CHECKED_LATER = new Set(['_', '--', 'study', 'name', 'policy', 'workload']);

const POSITIONAL = new Set(['file', 'log', 'result', 'folder']);

/** `--out ''` and `--set` without a value are mistakes. */
function rejectEmpty(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    const isEmpty = value === '' || (Array.isArray(value) && (value.length === 0 || value.includes('')));
    // The help of a command comes before the check for missing arguments.
    if (isEmpty && name.length > 1 && !CHECKED_LATER.has(name) && args.help !== true)
      throw InputError.expected({ field: POSITIONAL.has(name) ? name : `--${name}` }, '', 'a value');
  }
}
