// Makes pages from notebooks/: runs the shell commands of each notebook in a folder of its own, and bundles the notebook with the files that
// it reads into one HTML file, which opens from disk. Run it after `npm run build`. `npm run notebooks -- rack-failure backfilling` makes only
// these. `--out DIR` writes to another folder than reports/notebooks/.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundlePage, filesOf, readNotebook } from './notebook-page.mjs';
import { wantedFiles } from './wanted-files.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
const out = resolve(values.out ?? join(root, 'reports', 'notebooks'));
const data = resolve(process.env.FAIRGROUND_DATA ?? join(root, '..', 'shared', 'data'));

const { wanted } = wantedFiles('notebooks', root, 'notebooks', '.html', positionals);

/** A folder with the command `npx` of the notebooks: it runs this project's build, and starts without npm. */
const bin = join(out, 'results', '.bin');
mkdirSync(bin, { recursive: true });
writeFileSync(
  join(bin, 'npx'),
  `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'dist', 'cli.js')}" "$@"\n`,
  { mode: 0o755 },
);

let failed = 0;
for (const name of wanted) {
  const problem = await makePage(name);
  if (problem === undefined) continue;
  process.stderr.write(`notebooks: ${name}: ${problem}\n`);
  failed++;
}
process.exitCode = failed === 0 ? 0 : 1;

/** Returns a problem, or undefined. A notebook that needs absent data is skipped with one line. */
async function makePage(name) {
  const source = join(root, 'notebooks', `${name}.html`);
  const notebook = readNotebook(source);
  const commands = commandsOf(notebook);
  if (commands.some((command) => command.includes('FAIRGROUND_DATA')) && !existsSync(data)) {
    process.stdout.write(`${name}: skipped, it reads traces in FAIRGROUND_DATA, and there is no ${data}\n`);
    return undefined;
  }
  const folder = join(out, 'results', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const command of commands) {
    process.stdout.write(`${name}: ${command.split('\n')[0]}\n`);
    const status = run(command, folder);
    if (status !== 0) return `exit code ${status} from:\n${command}`;
  }
  const absent = filesOf(notebook).find((file) => !existsSync(join(folder, file)));
  if (absent !== undefined) return `no command wrote ${absent}, which a cell reads`;
  cpSync(source, join(folder, 'notebook.html'));
  writeFileSync(join(out, `${name}.html`), await bundlePage(join(folder, 'notebook.html')));
  rmSync(join(folder, 'notebook.html'));
  process.stdout.write(`${join(out, `${name}.html`)}\n`);
  return undefined;
}

/** The commands that a reader sees, so they cannot differ from those that made the results: the `sh` blocks of the markdown cells. */
function commandsOf({ cells }) {
  return cells
    .filter(({ mode }) => mode === 'md')
    .flatMap(({ value }) => [...value.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block.trim()));
}

function run(command, cwd) {
  const { status } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd,
    env: { ...process.env, FAIRGROUND_DATA: data, PATH: `${bin}${delimiter}${process.env.PATH}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status;
}
