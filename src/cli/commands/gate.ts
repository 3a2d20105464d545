import type { CommandModule } from 'yargs';
import type { Exit } from './command.js';
export function gateCommand(_exit: Exit): CommandModule {
  return { command: 'gate', describe: 'gate', handler: () => {} };
}
