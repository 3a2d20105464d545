import yargs from 'yargs';
import { VERSION } from '../lab/version.js';
import { InputError } from '../model/index.js';
import { agentCommand } from './commands/agent.js';
import { compareCommand } from './commands/compare.js';
import { gateCommand } from './commands/gate.js';
import { masterCommand } from './commands/master.js';
import { policyCommand } from './commands/policy.js';
import { reproduceCommand } from './commands/reproduce.js';
import { runCommand } from './commands/run.js';
import { schemaCommand } from './commands/schema.js';
import { traceCommand } from './commands/trace.js';

/** Parses the arguments, performs the command, and returns the exit code. @throws InputError for wrong usage. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const exit = (code: number) => {
    exitCode = code;
  };
  await yargs([...args])
    .scriptName('simulate')
    .usage(
      '$0 [command]\n\nRuns a workload on a simulated cluster under scheduling policies, and compares them.',
    )
    .command(runCommand(exit))
    .command(compareCommand())
    .command(gateCommand(exit))
    .command(reproduceCommand(exit))
    .command(policyCommand())
    .command(traceCommand())
    .command(schemaCommand())
    .command(masterCommand())
    .command(agentCommand())
    .version(VERSION)
    .alias('help', 'h')
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
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

/** Options that may be given again and again, and lists of arguments. */
const REPEATABLE = new Set(['_', 'set', 's', 'tolerance', 'study', 'result']);

/** `--seed 1 --seed 2` is a mistake, not a list. */
function rejectRepeated(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    if (Array.isArray(value) && !REPEATABLE.has(name))
      throw new InputError({ field: `--${name}` }, 'is given twice');
  }
}
