#!/usr/bin/env node
import { InputError } from '../model/index.js';
import { VERSION } from '../results/files/version.js';

// A reader such as `head` may close the pipe before all is written; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** 0 done; 1 a gate or a reproduction fell short; 2 the input or the usage is wrong; 130 interrupted. */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    // Parsing a line that says no more than this would take most of the time.
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
  if (error.name === 'Interrupted') {
    process.stderr.write('simulate: interrupted; finished runs are kept\n');
    return 130;
  }
  if (error instanceof InputError) {
    process.stderr.write(`simulate: ${error.message}\n`);
    return 2;
  }
  process.stderr.write(`simulate: this is a defect of Fairground, please report it\n${error.stack}\n`);
  return 2;
}
