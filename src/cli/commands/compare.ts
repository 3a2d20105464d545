import type { CommandModule } from 'yargs';
import type { Exit } from './command.js';
export function compareCommand(_exit: Exit): CommandModule {
  return { command: 'compare', describe: 'compare', handler: () => {} };
}
