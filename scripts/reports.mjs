// Makes a report of each scenario, in reports/scenarios/, and reports/index.html with links to them and to pages in reports/notebooks/.
// Run it after `npm run build`. `npm run reports -- rack-outage drain` makes only these again; the index has all that are there. `--out DIR`
// writes to another folder than reports/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scenarioNotes } from './scenario-notes.mjs';
import { wantedFiles } from './wanted-files.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals } = parseArgs({
  options: { out: { type: 'string' } },
  allowPositionals: true,
});
const out = resolve(values.out ?? join(root, 'reports'));
const { names, wanted } = wantedFiles('reports', root, 'scenarios', '.yaml', positionals);

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
a { color: light-dark(#0b5394, #8ec5ff); }
dt { margin-top: 1.1rem; font-weight: 600; }
dd { margin: 0.2rem 0 0; }
ul { margin: 0.3rem 0 0; padding-left: 1.2rem; color: light-dark(#555b63, #aeb6c0); }
code { font-size: 0.9em; overflow-wrap: anywhere; }
`;

mkdirSync(join(out, 'scenarios'), { recursive: true });
let failed = 0;
for (const name of wanted) {
  const report = join(out, 'scenarios', `${name}.html`);
  process.stdout.write(`${name}\n`);
  const args = [
    join(root, 'dist', 'cli.js'),
    ...['--scenario', join('scenarios', `${name}.yaml`), '--report', report, '--quiet'],
  ];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) failed++;
}
writeFileSync(join(out, 'index.html'), indexPage());
process.stdout.write(`${join(out, 'index.html')}\n`);
process.exitCode = failed === 0 ? 0 : 1;

function indexPage() {
  const made = names.filter((name) => existsSync(join(out, 'scenarios', `${name}.html`)));
  const notebooks = pagesIn('notebooks');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fairground reports</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Fairground reports</h1>
<p>Made by <code>npm run reports</code> from the files in <code>scenarios/</code>.</p>
${section('Scenarios', made.map(scenarioEntry))}
${section(
  'Notebooks',
  notebooks.map((file) => entry(`notebooks/${file}`, titleOf(file), '')),
)}
</body>
</html>
`;
}

function section(heading, entries) {
  return entries.length === 0 ? '' : `<h2>${heading}</h2>\n<dl>\n${entries.join('\n')}\n</dl>`;
}

function scenarioEntry(name) {
  const { prose, expectations } = scenarioNotes(
    readFileSync(join(root, 'scenarios', `${name}.yaml`), 'utf8'),
  );
  const conditions = expectations.map(({ policy, formula }) => {
    const whose = policy === undefined ? '' : `${escaped(policy)}: `;
    return `<li>${whose}<code>${escaped(formula)}</code></li>`;
  });
  const list = conditions.length === 0 ? '' : `<ul>${conditions.join('')}</ul>`;
  return entry(`scenarios/${name}.html`, escaped(name), `${escaped(prose)}${list}`);
}

/** `title` and `content` are markup. */
function entry(link, title, content) {
  return `<dt><a href="${encodeURI(link)}">${title}</a></dt>\n<dd>${content}</dd>`;
}

/** The title of the page of a notebook, or the name of its file; as markup. */
function titleOf(file) {
  const page = readFileSync(join(out, 'notebooks', file), 'utf8');
  return /<title>(.+?)<\/title>/.exec(page)?.[1] ?? escaped(file.replace(/\.html$/, ''));
}

function pagesIn(folder) {
  const path = join(out, folder);
  return existsSync(path)
    ? readdirSync(path)
        .filter((file) => file.endsWith('.html'))
        .sort()
    : [];
}

function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
