import type { CommandModule } from 'yargs';
import type { Exit } from './command.js';
export function traceCommand(_exit: Exit): CommandModule {
  return { command: 'trace', describe: 'trace', handler: () => {} };
}
