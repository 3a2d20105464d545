import { realpathSync, statSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { listen, stop } from '../../live/http/server.js';
import { InputError } from '../../model/index.js';
import { countOption, MAX_PORT, reportProblem, untilAskedToEnd } from '../service-options.js';

interface ServeArguments {
  folder?: string;
  port?: string;
}

const HOST = '127.0.0.1';
const PORT = 8080;

/** `simulate serve DIR`: shows the results in a folder in a browser of this computer. */
export function serveCommand(): CommandModule<object, ServeArguments> {
  return {
    command: 'serve <folder>',
    describe: `show the results in a folder in a browser, at http://${HOST}:${PORT}`,
    builder: (argv) =>
      argv
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'folder with folders that --out or simulate sweep wrote',
        })
        .option('port', { type: 'string', describe: `port; 0 is any free port [${PORT}]` })
        .example('$0 serve results', 'the list of results, and the report of each') as never,
    handler: (args) => serve(args),
  };
}

async function serve({ folder = '', port = `${PORT}` }: ServeArguments): Promise<void> {
  const wanted = countOption('port', port, 0, MAX_PORT);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) throw new InputError({ file: folder }, 'is no folder');
  const { makeResultServer } = await import('../result-server.js');
  const server = makeResultServer(realpathSync(folder), reportProblem);
  const ended = untilAskedToEnd();
  const taken = await listen(server, HOST, wanted);
  process.stdout.write(`http://${HOST}:${taken}/\n`);
  await ended;
  await stop(server, async () => {});
}
