// Prints how large src/ is, per top folder: lines, files, and small files that one other file imports ("crumbs").
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src');

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();

/** The source files that a file imports or exports from, each once. */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const named = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g)].map(
    ([, specifier]) => specifier,
  );
  const paths = named.map((specifier) => resolve(dirname(file), specifier.replace(/\.js$/, '.ts')));
  return new Set(paths.filter((path) => path !== file && existsSync(path)));
}

const importers = new Map(files.map((file) => [file, 0]));
for (const file of files)
  for (const imported of importsOf(file))
    if (importers.has(imported)) importers.set(imported, importers.get(imported) + 1);

const measures = files.map((file) => ({
  folder: relative(source, file).includes('/') ? relative(source, file).split('/')[0] : '(top)',
  lines: readFileSync(file, 'utf8').split('\n').length - 1,
  hasOneImporter: importers.get(file) === 1,
}));

function rowOf(name, members) {
  const small = (limit) => members.filter(({ lines }) => lines < limit).length;
  const single = members.filter(({ hasOneImporter }) => hasOneImporter);
  return [
    name,
    members.reduce((sum, { lines }) => sum + lines, 0),
    members.length,
    small(30),
    single.length,
    single.filter(({ lines }) => lines < 30).length,
    single.filter(({ lines }) => lines < 40).length,
  ];
}

const folders = [...new Set(measures.map(({ folder }) => folder))].sort();
const rows = [
  ['folder', 'lines', 'files', '< 30 lines', 'one importer', '< 30 and one', '< 40 and one'],
  ...folders.map((name) =>
    rowOf(
      name,
      measures.filter(({ folder }) => folder === name),
    ),
  ),
  rowOf('total', measures),
];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
for (const row of rows) {
  const cells = row.map((cell, i) =>
    i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]),
  );
  process.stdout.write(`${cells.join('  ')}\n`);
}
