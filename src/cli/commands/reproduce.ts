import type { CommandModule } from 'yargs';
import type { Exit } from './command.js';
export function reproduceCommand(_exit: Exit): CommandModule {
  return { command: 'reproduce', describe: 'reproduce', handler: () => {} };
}
