// Builds dist/: the command, the library, the worker, the policies bundle (no third-party code), the report's script,
// the types and the licence notices of bundled packages; and docs/policies.md and docs/summary.md.
// With --if-changed, it builds only when a source has changed since the last build. It builds into a new folder and then
// renames it, so that dist/ is complete at all times.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import ts from 'typescript';
import { bundledPackages, noticesOf } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const path = (...parts) => join(root, ...parts);

/** A hash of all inputs of the build. `npx simulate` runs the prepare script each time, which must then be fast. */
function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(path('src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const others = [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.types.json',
    'scripts/build.mjs',
    'scripts/notices.mjs',
  ].map((name) => path(name));
  for (const file of [...sources, ...others].sort())
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * Keeps packages out of the bundle, except `butFor`. Nearly every command uses the bundled packages, and opening their sixty
 * small files takes longer than a short run.
 */
function packagesStayOutside({ butFor }) {
  const isInside = (name) => butFor.some((inside) => name === inside || name.startsWith(`${inside}/`));
  return {
    name: 'packages-stay-outside',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^[a-z@]/ }, ({ path: name, importer }) =>
        importer.includes('node_modules') || isInside(name) ? undefined : { path: name, external: true },
      );
    },
  };
}

/**
 * Shortens the names inside of bundled packages, which saves a tenth of the command. Our own names are kept for readable stack traces.
 */
function shortNamesInPackages() {
  return {
    name: 'short-names-in-packages',
    setup: ({ onLoad }) => {
      onLoad({ filter: /node_modules.*\.[cm]?js$/ }, async ({ path: file }) => {
        const { code } = await transform(readFileSync(file, 'utf8'), {
          minifyIdentifiers: true,
          target: 'node20',
          logLevel: 'silent',
        });
        return { contents: code, loader: 'js' };
      });
    },
  };
}

/** Removes type files that no entry point references, because tsc writes the types of every source that it reads. */
function removeUnreachedTypes(entries) {
  const reached = new Set(entries.map((entry) => made('types', entry)));
  for (const file of reached) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles)
      if (fileName.startsWith('.')) reached.add(join(dirname(file), fileName.replace(/\.js$/, '.d.ts')));
  }
  for (const name of readdirSync(made('types'), { recursive: true }))
    if (name.endsWith('.d.ts') && !reached.has(made('types', name))) rmSync(made('types', name));
}

const stamp = path('dist', '.source-hash');
const wanted = sourceHash();
if (process.argv.includes('--if-changed') && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)
  process.exit(0);

const out = mkdtempSync(path('.build-'));
const made = (...parts) => join(out, ...parts);

const node = await build({
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/cli/main.ts',
    index: 'src/index.ts',
    worker: 'src/lab/run/node/worker.ts',
    conformance: 'src/conformance/index.ts',
    'doc-comment': 'src/lab/policy-file/doc-comment.ts',
  },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [
    packagesStayOutside({
      butFor: ['yargs', 'csv-parse', 'seedrandom', 'picocolors', 'mathjs', 'simple-statistics', 'fflate'],
    }),
    shortNamesInPackages(),
  ],
  chunkNames: 'chunks/[name]-[hash]',
  // Names are kept for readable stack traces. The rest is minified, because parsing takes half of a short run.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
});
chmodSync(made('cli.js'), 0o755);

await build({
  absWorkingDir: root,
  entryPoints: ['src/policies/index.ts'],
  outfile: made('policies.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});

const { docCommentsByName } = await import(pathToFileURL(made('doc-comment.js')).href);

/** The doc comments of the policies or placements in the files of a folder, by name. */
function docsOf(folder) {
  const files = readdirSync(path(folder)).filter((name) => name.endsWith('.ts'));
  return Object.assign(
    {},
    ...files.map((name) => docCommentsByName(readFileSync(path(folder, name), 'utf8'))),
  );
}

const docs = {
  policies: { ...docsOf('src/policies/presets'), ...docsOf('src/formulas') },
  placements: docsOf('src/policies/placement'),
};
writeFileSync(made('policy-docs.json'), `${JSON.stringify(docs, null, 2)}\n`);

/** One script for a page, without imports. */
function browserScript(entry, file) {
  return build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: made(file),
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    logLevel: 'warning',
  });
}

const client = await browserScript('src/report/client/main.ts', 'report-client.js');

// It runs in a worker of an interactive report.
const simulator = await browserScript('src/report/playground/simulator.ts', 'simulator.js');

// A report contains only the client's bundle, so it has only the notices of that bundle; an interactive one also contains the simulator's.
writeFileSync(made('report-client.txt'), noticesOf(root, bundledPackages([client.metafile])));
writeFileSync(made('simulator.txt'), noticesOf(root, bundledPackages([simulator.metafile])));
writeFileSync(
  made('THIRD-PARTY-NOTICES.txt'),
  noticesOf(root, bundledPackages([node.metafile, client.metafile, simulator.metafile])),
);

const tsc = path('node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', path('tsconfig.types.json'), '--outDir', made('types')], {
  stdio: 'inherit',
});
removeUnreachedTypes(['index.d.ts', 'policies/index.d.ts', 'conformance/index.d.ts']);

writeFileSync(made('.source-hash'), wanted);

const old = `${out}-old`;
if (existsSync(path('dist'))) renameSync(path('dist'), old);
renameSync(out, path('dist'));
rmSync(old, { recursive: true, force: true });

const pages = {
  'policies.md': ['policy', 'list', '--markdown'],
  'summary.md': ['schema', 'summary', '--markdown'],
};
for (const [page, command] of Object.entries(pages))
  writeFileSync(path('docs', page), execFileSync(process.execPath, [path('dist', 'cli.js'), ...command]));
