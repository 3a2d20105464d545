#!/usr/bin/env node
import { exitRefused, loadedPolicyFiles } from '../lab/policy-file/confined.js';
import { InputError } from '../model/index.js';
import { inPlainEnglish } from '../results/files/system-error.js';
import { VERSION } from '../results/files/version.js';
import { writeMessage } from './prose.js';

const exit: (code: number) => never = process.exit.bind(process);

// A reader such as `head` may close the pipe early. That is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') exit(0);
  throw error;
});

// Only a policy file calls process.exit(), such as in a timer.
process.exit = () => {
  process.stderr.write(`simulate: ${exitRefused([...loadedPolicyFiles].join(' or ')).message}\n`);
  return exit(2);
};

/** EX_SOFTWARE of sysexits.h. A constant below the await of `main` would have no value when an error is explained. */
const DEFECT = 70;

/**
 * 0 success; 1 a gate, a reproduction or a comparison failed; 2 invalid input or usage; 70 a defect in Fairground; 130 interrupted by
 * SIGINT or SIGTERM. A single run that leaves nothing behind is ended by the signal itself.
 */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    // Loading the parser would dominate the time of this command.
    if (args.length === 1 && args[0] === '--version') {
      process.stdout.write(`${VERSION}\n`);
      return 0;
    }
    const { runCommandLine } = await import('./command-line.js');
    return await runCommandLine(args);
  } catch (error) {
    return explain(error as Error);
  }
}

function explain(error: Error): number {
  if (error.name === 'AbortError') {
    writeMessage('simulate: interrupted; the incomplete file is removed');
    return 130;
  }
  if (error.name === 'Interrupted') {
    writeMessage('simulate: interrupted; the results of finished runs are kept');
    return 130;
  }
  if (error instanceof InputError) {
    writeMessage(`simulate: ${inPlainEnglish(error.message)}`);
    return 2;
  }
  const [what] = String(error?.message ?? error).split('\n');
  writeMessage(
    `simulate: a defect in Fairground (${what}); please report it with the stack that FAIRGROUND_DEBUG=1 prints`,
  );
  if (process.env.FAIRGROUND_DEBUG !== undefined) process.stderr.write(`${error?.stack ?? what}\n`);
  return DEFECT;
}
