import type { CommandModule } from 'yargs';
import { runSpecs } from '../../lab/scenario/run-choices.js';
import { checkWritable, writeResult } from '../../results/files/result-files.js';
import { interactiveOf } from '../interactive.js';
import { writeMessage } from '../prose.js';
import { runShown } from '../run-shown.js';

interface PlaygroundArguments {
  file?: string;
  quiet?: boolean;
}

const FILE = 'playground.html';

/** `simulate playground`: a page with the simulator, for a first look. */
export function playgroundCommand(): CommandModule<object, PlaygroundArguments> {
  return {
    command: 'playground [file]',
    describe: 'write a page that simulates the default data centre in the browser, with fields to change it',
    builder: (argv) =>
      argv
        .positional('file', { type: 'string', default: FILE, describe: 'HTML file to write' })
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no progress and no messages' })
        .example('$0', `writes ${FILE}; open it in a browser`) as never,
    handler: (args) => performPlayground(args),
  };
}

async function performPlayground({ file = FILE, quiet = false }: PlaygroundArguments): Promise<void> {
  checkWritable(file, 'file');
  const specs = await runSpecs({ set: {} }, writeMessage);
  const interactive = await interactiveOf(specs, { report: file }, 'open');
  const records = await runShown(
    specs.map((spec) => ({ spec })),
    !quiet,
  );
  const { commandOf } = await import('../../report/playground/command.js');
  const { reportHtml } = await import('../../report/report.js');
  writeResult(file, reportHtml(records, { command: commandOf(interactive.experiment), interactive }));
  if (!quiet) writeMessage(`wrote ${file}: open it in a browser, change the runs, and make them again`);
}
