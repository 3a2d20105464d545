import type { CommandModule } from 'yargs';
import type { Exit } from './command.js';
export function policyCommand(_exit: Exit): CommandModule {
  return { command: 'policy', describe: 'policy', handler: () => {} };
}
